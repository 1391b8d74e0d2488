/**
 * Every update rule on WebGPU: each case of each fixture of test/oracle over 50 steps, and drawn settings for the rules that nothing
 * outside has, in float32 beside the float64 reference, held to the same tolerance as the CPU. A browser without a WebGPU adapter fails.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { Fixture } from '../engine/optimizers/follow';
import { openPage } from './browser';
import { batteryCases, type FixtureFile } from './cases';

const folder = 'test/oracle/optimizers';
const fixtures: readonly FixtureFile[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => ({ file, fixture: JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Fixture }));

describe('every update rule computes the same on WebGPU as on the reference', () => {
  // By place, not by title: the settings drawn in the page's JavaScript may differ from these in the last digit.
  let faults: readonly (string | null)[] = [];

  before(async () => {
    const open = await openPage('battery.page.ts');
    try {
      faults = await open.page.evaluate((given) => webgpuPage.battery(given), fixtures);
    } finally {
      await open.close();
    }
  });

  batteryCases(fixtures).forEach(({ title }, i) => it(title, () => assert.equal(faults[i], null, faults[i] ?? 'the page did not run it')));
});
