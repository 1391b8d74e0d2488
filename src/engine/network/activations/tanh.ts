import { f32x4 } from '../../backends/cpu/instructions';
import { polynomial } from '../../backends/cpu/polynomial';
import type { Activation } from './definition';

/** Beyond this size tanh is ±1 to the last place of 32-bit floats. */
const bound = 9.01;
/** Coefficients of z², z⁴, … in P and Q: a rational fit by iterated weighted least squares, on 4,000 points from 0 to the bound. */
const above = [0.9999999795015806, 0.13380410704622067, 0.003494856258199375, 2.0596968637155136e-5, 1.3337712219237527e-8];
const below = [1, 0.46713726213676027, 0.025874201889760286, 0.00032844350607897374, 7.769657912907771e-7];

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
      // z·P(z²)/Q(z²), fitted to the least relative error, 2.1e-8, up to where tanh is 1 to the last place; 3e-7 with rounding.
      const held = code.local('v128', f32x4.max(f32x4.min(z, bound), -bound));
      const square = code.local('v128', f32x4.mul(held, held));
      const ratio = f32x4.div(f32x4.mul(held, polynomial(code, square, above)), polynomial(code, square, below));
      // Rounding must not bring it past 1, where the slope would change its sign.
      return f32x4.max(f32x4.min(ratio, 1), -1);
    },
    slope: (_code, _z, a) => f32x4.mul(f32x4.sub(1, a), f32x4.add(1, a)),
    second: (_code, _z, a) => f32x4.mul(f32x4.mul(f32x4.mul(a, -2), f32x4.sub(1, a)), f32x4.add(1, a)),
  },
};
