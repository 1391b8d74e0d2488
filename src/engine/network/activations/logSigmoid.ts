import { logistic } from '../../backends/cpu/exponential';
import { f32x4 } from '../../backends/cpu/instructions';
import * as shader from '../../backends/webgpu/functions';
import type { Activation } from './definition';
import { softplus } from './softplus';

/** Logarithm of the sigmoid: f(z) = −log(1 + e^−z), which is −softplus(−z); f′ = σ(−z), f″ = −σ(1 − σ). */
export const logSigmoid: Activation = {
  name: 'logSigmoid',
  title: 'Log-sigmoid',
  doc: 'The logarithm of the logistic curve: near z below 0, near 0 above.',
  written: ['torch.nn.LogSigmoid', 'torch.nn.functional.logsigmoid'],
  init: 'xavierUniform',
  piecewiseLinear: false,
  value: (z) => -softplus.value(-z),
  slope: (z) => 1 / (1 + Math.exp(z)),
  second: (z, a) => -softplus.second(z, a),
  vector: {
    value: (code, z) => f32x4.neg(softplus.vector.value(code, code.local('v128', f32x4.neg(z)))),
    slope: (code, z) => logistic(code, f32x4.neg(z)),
    second: (code, z, a) => f32x4.neg(softplus.vector.second(code, z, a)),
  },
  wgsl: {
    value: (z) => `(min(${z}, 0.0f) - logOnePlus(exponential(-abs(${z}))))`,
    slope: (z) => `logistic(-${z})`,
    second: (z) => `-logisticSlope(${z})`,
    helpers: [shader.exponential, shader.logOnePlus, shader.logistic, shader.logisticSlope],
  },
};
