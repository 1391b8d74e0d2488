/** Whether a line can be seen: contrast ratios that WCAG names, and the theme colour that made us ask. */
import assert from 'node:assert/strict';
import { contrast, legible, type Channels } from '../../../src/webview/charts/contrast';

const rgb = (hex: number, alpha = 1): Channels => [(hex >> 16) & 255, (hex >> 8) & 255, hex & 255, alpha];
const close = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 0.01, `${actual} is not ${expected}`);

describe('the contrast of a line', () => {
  it('is 21 for black on white, 1 for a colour on itself, and 4.54 for #767676 on white', () => {
    close(contrast(rgb(0x000000), rgb(0xffffff)), 21);
    close(contrast(rgb(0x3794ff), rgb(0x3794ff)), 1);
    close(contrast(rgb(0x767676), rgb(0xffffff)), 4.54);
  });

  it('counts what is seen of a translucent colour', () => {
    close(contrast(rgb(0xffffff, 0), rgb(0x1f1f1f)), 1);
    assert.ok(contrast(rgb(0xffffff, 0.5), rgb(0x000000)) < contrast(rgb(0xffffff), rgb(0x000000)));
  });

  it('tells a thin line that is lost from one that is not', () => {
    assert.equal(legible(rgb(0xea5c00, 0.33), rgb(0x1f1f1f)), false, 'a translucent overlay colour');
    assert.equal(legible(rgb(0xd18616), rgb(0x1f1f1f)), true);
  });
});
