import { f32x4 } from '../../backends/cpu/instructions';
import { polynomial } from '../../backends/cpu/polynomial';
import { hyperbolicTangent } from '../../backends/webgpu/functions';
import { tanhFit as fit } from '../../backends/fits';
import type { Activation } from './definition';

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
      const held = code.local('v128', f32x4.max(f32x4.min(z, fit.bound), -fit.bound));
      const square = code.local('v128', f32x4.mul(held, held));
      const ratio = f32x4.div(f32x4.mul(held, polynomial(code, square, fit.above)), polynomial(code, square, fit.below));
      // Rounding must not bring it past 1, where the slope would change its sign.
      return f32x4.max(f32x4.min(ratio, 1), -1);
    },
    slope: (_code, _z, a) => f32x4.mul(f32x4.sub(1, a), f32x4.add(1, a)),
    second: (_code, _z, a) => f32x4.mul(f32x4.mul(f32x4.mul(a, -2), f32x4.sub(1, a)), f32x4.add(1, a)),
  },
  wgsl: {
    value: (z) => `hyperbolicTangent(${z})`,
    slope: (_z, a) => `(1.0f - ${a}) * (1.0f + ${a})`,
    second: (_z, a) => `-2.0f * ${a} * (1.0f - ${a}) * (1.0f + ${a})`,
    helpers: [hyperbolicTangent],
  },
};
