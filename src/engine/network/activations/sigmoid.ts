import { exponential } from '../../backends/cpu/exponential';
import { f32x4 } from '../../backends/cpu/instructions';
import { logistic } from '../../backends/webgpu/functions';
import type { Activation } from './definition';

/** Logistic sigmoid: f(z) = 1/(1 + e^−z); f′ = f(1 − f), at most 1/4; f″ = f(1 − f)(1 − 2f). */
export const sigmoid: Activation = {
  name: 'sigmoid',
  title: 'Sigmoid',
  doc: 'The logistic curve from 0 to 1; its slope is at most 1/4.',
  written: ['torch.nn.Sigmoid', 'torch.nn.functional.sigmoid', 'torch.sigmoid'],
  init: 'xavierUniform',
  piecewiseLinear: false,
  value: (z) => 1 / (1 + Math.exp(-z)),
  slope: (_z, a) => a * (1 - a),
  second: (_z, a) => a * (1 - a) * (1 - 2 * a),
  vector: {
    value: (code, z) => f32x4.div(1, f32x4.add(1, exponential(code, f32x4.neg(z)))),
    slope: (_code, _z, a) => f32x4.mul(a, f32x4.sub(1, a)),
    second: (_code, _z, a) => f32x4.mul(f32x4.mul(a, f32x4.sub(1, a)), f32x4.sub(1, f32x4.add(a, a))),
  },
  wgsl: {
    value: (z) => `logistic(${z})`,
    slope: (_z, a) => `${a} * (1.0f - ${a})`,
    second: (_z, a) => `${a} * (1.0f - ${a}) * (1.0f - 2.0f * ${a})`,
    helpers: [logistic],
  },
};
