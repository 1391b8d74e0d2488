/**
 * One battery on three backends: every optimizer, wrapper, kind of layer, activation, loss and quantity in a whole run of 50 steps tells the same
 * on the float64 reference, on the CPU and on WebGPU, and on WebGPU the same bits when it is run again, also by way of an earlier
 * step.
 */
import assert from 'node:assert/strict';
import { openPage } from './browser';
import { runCases } from './runCases';

describe('a run tells the same on the reference, the CPU and WebGPU', () => {
  let faults: readonly (string | null)[] = [];

  before(async () => {
    const open = await openPage('runs.page.ts');
    try {
      faults = await open.page.evaluate(() => webgpuRuns());
    } finally {
      await open.close();
    }
  });

  runCases().forEach(({ title }, i) => it(title, () => assert.equal(faults[i], null, faults[i] ?? 'the page did not run it')));
});
