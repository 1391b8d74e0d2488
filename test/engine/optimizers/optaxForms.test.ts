/**
 * Where Optax and the paper compute different things both forms exist. Optax's is followed in parity.test.ts; here is the paper's, with
 * numbers worked out by hand, and what can only be seen where a schedule changes the learning rate.
 */
import assert from 'node:assert/strict';
import { checkSettings } from '../../../src/engine/language/index';
import { noBatch, referenceUpdater } from '../../../src/engine/language/reference';
import { findRule } from '../../../src/engine/optimizers/index';
import { plainModel } from '../language/models';

type Given = Readonly<Record<string, number | boolean | string>>;

/** The single layer's weights after each gradient; `lrs` are the learning rates after a schedule, where there is one. */
function follow(name: string, given: Given, start: readonly number[], gradients: readonly (readonly number[])[], lrs?: readonly number[]) {
  const rule = findRule(name);
  assert.ok(rule?.kind === 'text', name);
  const settings = checkSettings(rule, given);
  const model = plainModel([start.length]);
  (model.weights[0] as Float64Array).set(start);
  const updater = referenceUpdater(rule, settings, model);
  return gradients.map((gradient, k) => {
    (model.gradients[0] as Float64Array).set(gradient);
    updater.step(k + 1, lrs?.[k] ?? Number(settings.lr), 'nothing', noBatch);
    return [...model.weights[0]];
  });
}

const close = (found: readonly number[], expected: readonly number[]): void =>
  found.forEach((x, i) =>
    assert.ok(Math.abs(x - expected[i]) <= 1e-14 * Math.abs(expected[i]), `${found.join()}, expected ${expected.join()}`),
  );

describe('the forms of papers that Optax lacks', () => {
  it('Adan weighs the change by β₂ and divides by the decay', () => {
    const given = { lr: 0.1, beta1: 0.5, beta2: 0.75, beta3: 0.5, eps: 0, epsRoot: 0, weightDecay: 0.5, form: 'paper' };
    const [[first], [second]] = follow('adan', given, [1], [[1], [3]]);
    // m = 1/2, v = 0, n = 1/2: all corrected to 1, 0, 1.
    close([first], [0.9 / 1.05]);
    // The gradient changed by 2: m = 7/4, v = 1/2, n = 1/4 + (3 + 3/4·2)²/2 = 83/8; corrected by 3/4, 7/16, 3/4.
    const step = (0.1 * (7 / 3 + (0.75 * 8) / 7)) / Math.sqrt(83 / 6);
    close([second], [(0.9 / 1.05 - step) / 1.05]);
  });

  it('LARS divides by the sum of the norms', () => {
    const given = { lr: 1, trustCoefficient: 0.5, weightDecay: 0.25, momentum: 0 };
    // ‖w‖ = 5, ‖g‖ = 13; gradient and decay together are (6, 13) of norm √205.
    const [paper] = follow('lars', { ...given, form: 'paper' }, [4, 3], [[5, 12]]);
    close(paper, [4 - (2.5 / 14.25) * 6, 3 - (2.5 / 14.25) * 12.75]);
    const [optax] = follow('lars', given, [4, 3], [[5, 12]]);
    const size = Math.hypot(6, 12.75);
    close(optax, [4 - (2.5 / size) * 6, 3 - (2.5 / size) * 12.75]);
  });

  it('Yogi corrects neither average', () => {
    const given = { lr: 1, beta1: 0.5, beta2: 0.75, eps: 0, initialAccumulator: 4, biasCorrection: 'none' };
    // m = 4/2 + 2/2 = 3; v = 4 falls towards 1 by a quarter of 4, and again in the next step towards 9 it grows by a quarter of 9.
    const [[first], [second]] = follow('yogi', given, [0], [[2], [3]]);
    close([first], [-3 / 2]);
    close([second], [-3 / 2 - 3 / Math.sqrt(4 + 9 / 4)]);
  });

  it('RMSprop’s momentum keeps the rate of its day where the rate stands inside', () => {
    const given = { lr: 0.5, beta: 0, eps: 0, momentum: 0.5 };
    const gradients = [[2], [-3], [4]];
    // Each gradient divided by itself is its sign; rates 0.5, 0.25, 0.125.
    const lrs = [0.5, 0.25, 0.125];
    const inside = follow('rmsprop', { ...given, lrInside: true }, [0], gradients, lrs).map(([w]) => w);
    close(inside, [-0.5, -0.5, -0.625]);
    const outside = follow('rmsprop', given, [0], gradients, lrs).map(([w]) => w);
    close(outside, [-0.5, -0.5 + 0.25 * 0.5, -0.375 - 0.125 * 0.75]);
  });
});
