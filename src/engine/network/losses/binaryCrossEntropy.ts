import { exponential, logistic } from '../../backends/cpu/exponential';
import { f32x4 } from '../../backends/cpu/instructions';
import { logOnePlus } from '../../backends/cpu/logarithm';
import { meanOverOutputs } from '../../backends/cpu/lossRow';
import { meanOfEach } from '../../backends/reference/lossRows';
import * as shader from '../../backends/webgpu/functions';
import { meanOfOutputs } from '../../backends/webgpu/lossRow';
import type { Loss } from './definition';

/**
 * Binary cross-entropy of logits y, as `torch.nn.BCEWithLogitsLoss`: a sample's loss is the mean over outputs of
 * max(y, 0) − y·t + log(1 + e^−|y|), which is −t·log σ(y) − (1 − t)·log(1 − σ(y)) without overflow. Gradient σ(y) − t, curvature σ(1 − σ),
 * both over the number of outputs d. One output tells two classes, 0 and 1, apart; several are questions by themselves: of a class's
 * number one is 1 and the rest are 0, of numbers from 0 to 1 any may be (then there are no classes and no accuracy). The largest of
 * several logits names the class.
 *
 * Drawn targets are 1 with probability σ(y). The mean over d outputs makes the loss a d-th of a negative log-likelihood, so their
 * gradients are taken over √d: that gives them the loss's own curvature, σ(1 − σ)/d, as their second moment.
 */
export const binaryCrossEntropy: Loss = {
  name: 'binaryCrossEntropy',
  title: 'Binary cross-entropy',
  noun: 'binary cross-entropy',
  doc: 'Cross-entropy of each logit against 0 or 1; the mean over samples and outputs. For two classes with one output, or several labels a sample.',
  written: ['torch.nn.BCEWithLogitsLoss', 'torch.nn.functional.binary_cross_entropy_with_logits'],
  against: 'numbers',
  wants: [0, 1],
  threshold: 0,

  ...meanOfEach(entropy, (y, t) => sigmoid(y) - t),

  curvature({ values, count, columns, stride }, _wanted, weight, direction, out) {
    const factor = weight / columns;
    for (let row = 0; row < count; row++)
      for (let j = row * stride; j < row * stride + columns; j++) out[j] = factor * sigmoid(values[j]) * sigmoid(-values[j]) * direction[j];
  },

  drawn({ values, count, columns, stride }, random, gradient) {
    const factor = 1 / Math.sqrt(columns);
    for (let row = 0; row < count; row++)
      for (let j = row * stride; j < row * stride + columns; j++) {
        const chance = sigmoid(values[j]);
        gradient[j] = factor * (random.uniform() < chance ? -sigmoid(-values[j]) : chance);
      }
  },

  row: meanOverOutputs(
    (code, y, t) => {
      const small = code.local('v128', exponential(code, f32x4.neg(f32x4.abs(y))));
      return f32x4.add(f32x4.sub(f32x4.max(y, 0), f32x4.mul(y, t)), logOnePlus(code, small));
    },
    (code, y, t) => f32x4.sub(logistic(code, y), t),
  ),

  wgsl: meanOfOutputs({
    // max(y, 0) − y·t as y·(1 − t) above 0, which does not cancel either.
    value: (y, t) => `select(-${t}, 1.0f - ${t}, ${y} > 0.0f) * ${y} + logOnePlus(exponential(-abs(${y})))`,
    // σ(y) − t, above 0 as (1 − t) − σ(−y), which does not cancel where y is sure and right.
    slope: (y, t) => `select(-${t}, 1.0f - ${t}, ${y} > 0.0f) + select(1.0f, -1.0f, ${y} > 0.0f) * logistic(-abs(${y}))`,
    second: (y) => `logisticSlope(${y})`,
    helpers: [shader.exponential, shader.logOnePlus, shader.logistic, shader.logisticSlope],
  }),
};

const sigmoid = (y: number): number => 1 / (1 + Math.exp(-y));
function entropy(y: number, t: number): number {
  return Math.max(y, 0) - y * t + Math.log1p(Math.exp(-Math.abs(y)));
}
