/**
 * What a network computes number by number or row by row on a GPU: activations, losses, dropout, noise and the gathering of samples, each
 * beside the float64 code or the draws that define it. A browser without a WebGPU adapter fails.
 */
import assert from 'node:assert/strict';
import { activations } from '../../src/engine/network/activations';
import { losses } from '../../src/engine/network/losses';
import { openPage } from './browser';

describe('activations, losses, draws and samples on WebGPU are those that their definitions say', () => {
  let faults: Readonly<Record<string, string | null>> = {};

  before(async () => {
    const open = await openPage('elements.page.ts');
    try {
      faults = await open.page.evaluate(() => elements.run());
    } finally {
      await open.close();
    }
  });

  const holds = (title: string): void => {
    it(title, () => assert.equal(faults[title], null, faults[title] ?? 'the page did not check it'));
  };
  for (const { name } of activations) holds(`the activation ${name}`);
  for (const { name } of losses) holds(`the loss ${name}`);
  for (const rate of [0.1, 0.5, 0.999]) holds(`dropout of ${rate}`);
  for (const title of ['noise', 'normal numbers', 'samples']) holds(title);
});
