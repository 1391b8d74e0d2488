import { exponential, logistic } from '../../backends/cpu/exponential';
import { f32x4 } from '../../backends/cpu/instructions';
import { logOnePlus } from '../../backends/cpu/logarithm';
import * as shader from '../../backends/webgpu/functions';
import type { Activation } from './definition';

/**
 * Softplus: f(z) = log(1 + e^z), as max(z, 0) + log(1 + e^−|z|), which neither overflows nor loses its tail; f′ = σ(z), f″ = σ(1 − σ) =
 * e^−|z|/(1 + e^−|z|)². PyTorch's takes z itself above 20; the difference, 2e-9, is below the last place of 32-bit floats.
 */
export const softplus: Activation = {
  name: 'softplus',
  title: 'Softplus',
  doc: 'ReLU with its corner rounded off: log(1 + e^z). Its slope is the logistic curve.',
  written: ['torch.nn.Softplus', 'torch.nn.functional.softplus'],
  init: 'heUniform',
  piecewiseLinear: false,
  value: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  slope: (z) => 1 / (1 + Math.exp(-z)),
  second(z) {
    const w = Math.exp(-Math.abs(z));
    return w / ((1 + w) * (1 + w));
  },
  vector: {
    value: (code, z) => {
      const small = code.local('v128', exponential(code, f32x4.neg(f32x4.abs(z))));
      return f32x4.add(f32x4.max(z, 0), logOnePlus(code, small));
    },
    slope: (code, z) => logistic(code, z),
    second(code, z) {
      const w = code.local('v128', exponential(code, f32x4.neg(f32x4.abs(z))));
      const whole = code.local('v128', f32x4.add(1, w));
      return f32x4.div(w, f32x4.mul(whole, whole));
    },
  },
  wgsl: {
    value: (z) => `(max(${z}, 0.0f) + logOnePlus(exponential(-abs(${z}))))`,
    slope: (z) => `logistic(${z})`,
    second: (z) => `logisticSlope(${z})`,
    helpers: [shader.exponential, shader.logOnePlus, shader.logistic, shader.logisticSlope],
  },
};
