/**
 * The stability limit that a rule tells, against what it does: on h·w²/2 the weights decay where the preconditioned sharpness h·rate/lr
 * is just below the limit, and grow where it is just above. Divisors of adaptive rules are held still by an ε far above the gradients,
 * since the limit is told for a divisor that changes slowly.
 */
import assert from 'node:assert/strict';
import { checkSettings, type TextRule } from '../../../src/engine/language/index';
import { noBatch, referenceUpdater } from '../../../src/engine/language/reference';
import { findRule } from '../../../src/engine/optimizers/index';
import { plainModel } from '../language/models';

type Given = Readonly<Record<string, number | boolean | string>>;

const eps = 1e3;
const cases: readonly (readonly [name: string, given: Given])[] = [
  ['acprop', { eps: 1e6, epsRoot: 0 }],
  ['adabelief', { eps, epsRoot: 0, beta1: 0.6 }],
  ['adabelief', { eps, epsRoot: 0, nesterov: true, beta1: 0.7 }],
  ['adadelta', { eps: 1e6 }],
  ['adafactor', { eps }],
  ['adafactorOptax', { eps: 1e6, multiplyByParameterScale: false, momentum: 0.5 }],
  ['adam', { eps, nesterov: true, beta1: 0.5 }],
  ['adamaxw', { eps, weightDecay: 0, beta1: 0.5 }],
  ['adamw', { eps, nesterov: true, beta1: 0.6, weightDecay: 0 }],
  ['adan', { eps, beta1: 0.6 }],
  ['adan', { eps, beta1: 0.8, beta2: 0.5, form: 'paper' }],
  ['ademamix', { eps, beta1: 0.5, beta3: 0.9, alpha: 3 }],
  ['amsgrad', { eps, beta1: 0.6 }],
  ['asgd', { weightDecay: 30 }],
  ['averagedMomentum', {}],
  ['fromage', { minNorm: 1e6, lr: 0.5 }],
  ['heavyBall', {}],
  ['nadam', { eps, momentumDecay: 100, beta1: 0.7 }],
  ['nadamw', { eps, weightDecay: 0, beta1: 0.7 }],
  ['noisySgd', { eta: 0 }],
  ['novograd', { eps }],
  ['novograd', { eps, beta1: 0.5, weightDecay: 3 }],
  ['optimisticAdam', { eps, beta1: 0.6 }],
  ['optimisticAdam', { eps, nesterov: false, alpha: 0.5, beta: 2 }],
  ['optimisticGradientDescent', {}],
  ['optimisticGradientDescent', { alpha: 0.3, beta: 0.7 }],
  ['rmsprop', { eps, momentum: 0.8, nesterov: true }],
  ['simplifiedAdemamix', { eps, beta1: 0.7, alpha: 2 }],
  ['sm3', { eps: 1e6, momentum: 0.7 }],
  ['sparseAdam', { eps, beta1: 0.6, beta2: 0 }],
  ['yogi', { eps, initialAccumulator: 0, beta1: 0.5 }],
];

const start = 1e-20;
const steps = 1500;
/** Far above what the first steps do, whose averages are being corrected, and still far below what would change a divisor. */
const enough = 1e9;

function textRule(name: string): TextRule {
  const rule = findRule(name);
  assert.ok(rule?.kind === 'text', name);
  return rule;
}

/** By what factor a tiny weight has changed after many steps, or when it has grown enough. */
function growth(name: string, given: Given, sharpness: number): number {
  const rule = textRule(name);
  const settings = checkSettings(rule, given);
  const model = plainModel([1]);
  const [[w], [g]] = [model.weights, model.gradients];
  const updater = referenceUpdater(rule, settings, model);
  w[0] = start;
  for (let t = 1; t <= steps && Math.abs(w[0]) < enough * start; t++) {
    g[0] = sharpness * w[0];
    updater.step(t, Number(settings.lr), 'nothing', noBatch);
  }
  return Math.abs(w[0]) / start;
}

/** The limit, and what rate/lr multiplies a sharpness by. */
function told(name: string, given: Given): { limit: number; scaling: number } {
  const rule = textRule(name);
  const settings = checkSettings(rule, given);
  const lr = Number(settings.lr);
  const updater = referenceUpdater(rule, settings, plainModel([1]));
  updater.step(1, lr, 'rates', noBatch);
  const rate = updater.rate(0);
  return { limit: updater.stabilityLimit(1, lr) ?? NaN, scaling: (typeof rate === 'number' ? rate : rate[0]) / lr };
}

describe('the stability limit that a rule tells', () => {
  for (const [name, given] of cases)
    it(`separates decay from growth: ${name} ${JSON.stringify(given)}`, () => {
      const { limit, scaling } = told(name, given);
      const below = growth(name, given, (0.98 * limit) / scaling);
      const above = growth(name, given, (1.02 * limit) / scaling);
      assert.ok(below < 1e-2, `below: ${below}`);
      assert.ok(above >= enough, `above: ${above}`);
    });
});
