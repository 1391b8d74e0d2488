/** How it looks in the light, the dark and the high-contrast theme: screenshots to be looked at, and that nothing is cut off sideways. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { Person } from './person';

const themes = { light: 'Light 2026', dark: 'Dark 2026', 'high-contrast': 'Default High Contrast' };

describe('In every theme', () => {
  for (const [name, theme] of Object.entries(themes))
    it(`${name}: code, Training panel and Gradient inspector side by side`, async () => {
      const person = await Person.sitDown({
        settings: { 'workbench.colorTheme': theme },
        size: { width: 1680, height: 1000 },
      });
      try {
        const leaves: unknown = JSON.parse(readFileSync(join(person.window.workspace, 'leaves.run.json'), 'utf8'));
        await person.lens('Train with Adam').waitFor({ timeout: 60_000 });
        await person.page.locator('.activitybar .action-label[aria-label*="Optimizer Debugger"]').click();
        await person.startTraining('leaves-again.run.json', leaves);
        const panel = await person.window.frame('training');
        await person.waitForState(panel, ['ended']);
        const inspector = await person.window.frame('gradientInspector');
        await person.page.locator('.tab', { hasText: 'train_mlp.py' }).first().click();
        await sleep(1000); // the last drawing, and the notification gone
        await person.window.shot(`whole-${name}`);
        for (const frame of [panel, inspector]) {
          const { wide, window } = await frame.evaluate(() => ({ wide: document.documentElement.scrollWidth, window: innerWidth }));
          assert.ok(wide <= window, `nothing is cut off sideways: ${wide} of ${window} pixels`);
        }
      } finally {
        await person.window.close();
      }
    });
});
