/**
 * Rules at work on a network on WebGPU: many steps in one submission give the bits of the same steps one by one, and follow the reference.
 * Those that go on from answers of the GPU on the CPU follow it too.
 */
import assert from 'node:assert/strict';
import { openPage } from './browser';
import type { StreamCase } from './stream.page';

const streamed = { steps: 64, tolerance: 1e-4 };
const waiting = { steps: 6, tolerance: 1e-4, waits: true };

const cases: readonly (StreamCase & { readonly title: string })[] = [
  { title: 'Adam', rule: 'adam', settings: { lr: 0.01 }, ...streamed },
  { title: 'SGD with momentum', rule: 'sgd', settings: { lr: 0.1, momentum: 0.9, nesterov: true }, ...streamed },
  { title: 'SGD round which SAM asks for a second gradient', rule: 'sgd', settings: { lr: 0.1 }, wrappers: [{ name: 'sam' }], ...streamed },
  // Its mean rate is that of a few weights whose curvature is next to nothing.
  {
    title: 'Sophia, which multiplies draws by the Hessian every ten steps',
    rule: 'sophia',
    settings: { lr: 0.01 },
    ...streamed,
    figures: 0.05,
  },
  { title: 'Adam with Lookahead', rule: 'adam', settings: { lr: 0.01 }, wrappers: [{ name: 'lookahead' }], ...streamed },
  { title: 'noisy SGD, which draws', rule: 'noisySgd', settings: { lr: 0.01 }, ...streamed },
  // It leaps where the gradient is small, so that roundings grow from step to step.
  { title: "Polyak's SGD, which reads the loss", rule: 'polyakSgd', settings: { lr: 0.5 }, ...streamed, steps: 16 },
  { title: 'Adafactor, whose rates are by row and column', rule: 'adafactor', settings: { lr: 0.01 }, ...streamed },
  { title: 'Muon, which multiplies matrices', rule: 'muon', settings: { lr: 0.01 }, ...streamed },
  { title: 'Hessian-free, with solutions and losses elsewhere', rule: 'hessianFree', settings: { lr: 1 }, ...waiting },
  { title: 'K-FAC, with moments', rule: 'kfac', settings: { lr: 0.1 }, ...waiting },
  { title: 'L-BFGS, in TypeScript', rule: 'lbfgs', settings: { lr: 1, maxIterations: 3 }, ...waiting },
  { title: 'DP-SGD, with the gradient of every sample', rule: 'dpsgd', settings: { lr: 0.1 }, ...waiting },
];

describe('steps of a rule on WebGPU', () => {
  let faults: readonly (readonly string[])[] = [];
  let refusals: readonly string[] = [];

  before(async () => {
    const open = await openPage('stream.page.ts');
    try {
      refusals = await open.page.evaluate(() => streamPage.lost());
      faults = await open.page.evaluate((given) => streamPage.all(given), cases);
    } finally {
      await open.close();
    }
  });

  it('are refused as those of a machine that is lost when the device is, whatever was under way', () =>
    assert.deepEqual(refusals, Array(2).fill('MachineLost: The GPU was lost (Device was destroyed).')));

  cases.forEach(({ title, waits }, i) =>
    it(`${title}: ${waits ? 'as on the reference' : 'many in one submission, as one by one, as on the reference'}`, () =>
      assert.deepEqual(faults[i] ?? ['the page did not run it'], [])),
  );
});
