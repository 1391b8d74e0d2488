/** Dense layers as their shaders compute them, beside the reference's float64, for software and for hardware. */
import assert from 'node:assert/strict';
import { openPage } from './browser';
import { denseCases } from './denseCases';

describe('dense layers compute on WebGPU what the reference computes', () => {
  let faults: readonly (string | null)[] = [];

  before(async () => {
    const open = await openPage('windows.page.ts');
    try {
      faults = await open.page.evaluate((cases) => windowsPage.windows(cases), denseCases);
    } finally {
      await open.close();
    }
  });

  denseCases.forEach(({ title }, i) => it(title, () => assert.equal(faults[i], null, faults[i] ?? 'the page did not run it')));
});
