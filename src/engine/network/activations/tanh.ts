import { exponential } from '../../backends/cpu/exponential';
import { f32x4, v128 } from '../../backends/cpu/instructions';
import type { Activation } from './definition';

/** Below this the vector code takes the continued fraction, above it the exponential. */
const near = 0.75;

/** Hyperbolic tangent: f(z) = tanh z; f′ = 1 − f²; f″ = −2f(1 − f²). */
export const tanh: Activation = {
  name: 'tanh',
  title: 'Tanh',
  doc: 'The hyperbolic tangent, from −1 to 1.',
  written: ['torch.nn.Tanh', 'torch.nn.functional.tanh', 'torch.tanh'],
  init: 'xavierUniform',
  piecewiseLinear: false,
  value: Math.tanh,
  slope: (_z, a) => (1 - a) * (1 + a),
  second: (_z, a) => -2 * a * (1 - a) * (1 + a),
  vector: {
    value(code, z) {
      // Far from 0: 1 − 2/(e^2|z| + 1), with the sign of z. Near 0 that cancels, and five levels of Lambert's continued fraction
      // z/(1 + z²/(3 + z²/(5 + …))) are right to 6e-9: z(945 + 105z² + z⁴)/(945 + 420z² + 15z⁴).
      const size = code.local('v128', f32x4.abs(z));
      const doubled = exponential(code, f32x4.add(size, size));
      const far = code.local('v128', f32x4.sub(1, f32x4.div(2, f32x4.add(1, doubled))));
      const square = code.local('v128', f32x4.mul(z, z));
      const above = f32x4.mul(z, f32x4.add(945, f32x4.mul(square, f32x4.add(105, square))));
      const below = f32x4.add(945, f32x4.mul(square, f32x4.add(420, f32x4.mul(square, 15))));
      const sign = v128.and(z, f32x4.const(-0));
      return v128.bitselect(v128.or(far, sign), f32x4.div(above, below), f32x4.gt(size, near));
    },
    slope: (_code, _z, a) => f32x4.mul(f32x4.sub(1, a), f32x4.add(1, a)),
    second: (_code, _z, a) => f32x4.mul(f32x4.mul(f32x4.mul(a, -2), f32x4.sub(1, a)), f32x4.add(1, a)),
  },
};
