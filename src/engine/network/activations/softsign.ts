import { f32x4, v128 } from '../../backends/cpu/instructions';
import { held as heldText, type ShaderFunction } from '../../backends/webgpu/functions';
import { type Activation, held } from './definition';

/** 1/(1 + |z|) in a shader, where z is held to what it has an inverse of. */
const root: ShaderFunction = {
  needs: [heldText],
  text: `fn softsignRoot(z: f32) -> f32 {
  return 1.0f / (1.0f + abs(held(z, 1e30f)));
}`,
};

/** Softsign: f(z) = z/(1 + |z|); f′ = 1/(1 + |z|)²; f″ = −2·sign(z)/(1 + |z|)³. */
export const softsign: Activation = {
  name: 'softsign',
  title: 'Softsign',
  doc: 'From −1 to 1 like tanh, but slowly: z/(1 + |z|).',
  written: ['torch.nn.Softsign', 'torch.nn.functional.softsign'],
  init: 'xavierUniform',
  piecewiseLinear: false,
  value(z) {
    const x = held(z, 1e300);
    return x / (1 + Math.abs(x));
  },
  slope: (z) => 1 / (1 + Math.abs(z)) ** 2,
  second: (z) => (-2 * Math.sign(z)) / (1 + Math.abs(z)) ** 3,
  vector: {
    value: (code, z) => {
      const x = code.local('v128', f32x4.max(f32x4.min(z, 1e30), -1e30));
      return f32x4.div(x, f32x4.add(1, f32x4.abs(x)));
    },
    slope: (code, z) => {
      const root = code.local('v128', f32x4.div(1, f32x4.add(1, f32x4.abs(z))));
      return f32x4.mul(root, root);
    },
    second: (code, z) => {
      const root = code.local('v128', f32x4.div(1, f32x4.add(1, f32x4.abs(z))));
      const size = f32x4.mul(f32x4.mul(root, root), f32x4.mul(root, 2));
      const against = v128.and(f32x4.neg(z), f32x4.const(-0));
      return v128.andnot(v128.or(size, against), f32x4.eq(z, 0));
    },
  },
  wgsl: {
    value: (z) => `held(${z}, 1e30f) * softsignRoot(${z})`,
    slope: (z) => `softsignRoot(${z}) * softsignRoot(${z})`,
    second: (z) => `-2.0f * sign(${z}) * softsignRoot(${z}) * softsignRoot(${z}) * softsignRoot(${z})`,
    helpers: [root],
  },
};
