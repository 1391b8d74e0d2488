/**
 * Convolutions, pooling, batch norm and sums as their shaders compute them, beside the reference's float64: the way there and back, and
 * both along a direction, for software and for hardware.
 */
import assert from 'node:assert/strict';
import { openPage } from './browser';
import { windowCases } from './windowCases';

describe('operations over windows and channels compute on WebGPU what the reference computes', () => {
  let faults: readonly (string | null)[] = [];

  before(async () => {
    const open = await openPage('windows.page.ts');
    try {
      faults = await open.page.evaluate((cases) => windowsPage.windows(cases), windowCases);
    } finally {
      await open.close();
    }
  });

  windowCases.forEach(({ title }, i) => it(title, () => assert.equal(faults[i], null, faults[i] ?? 'the page did not run it')));
});
