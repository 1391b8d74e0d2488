import { f32x4 } from '../../backends/cpu/instructions';
import * as vector from '../../backends/cpu/normal';
import * as shader from '../../backends/webgpu/functions';
import { normalBelow, normalDensity } from '../special';
import { type Activation, held } from './definition';

/** Beyond these f is 0 or z, and its derivatives are constant, to the last place: of 64-bit and of 32-bit floats. */
const [wide, narrow] = [40, 16];

const shaderCode: shader.ShaderFunction = {
  needs: [shader.held, shader.normalBelow, shader.normalDensity],
  text: `fn gelu(z: f32) -> f32 {
  return select(z * normalBelow(held(z, ${narrow}.0f)), 0.0f, z < -${narrow}.0f);
}
fn geluSlope(z: f32) -> f32 {
  let x = held(z, ${narrow}.0f);
  return normalBelow(x) + x * normalDensity(x);
}
fn geluBend(z: f32) -> f32 {
  let x = held(z, ${narrow}.0f);
  return normalDensity(x) * (2.0f - x * x);
}`,
};

/**
 * Gaussian error linear unit (Hendrycks & Gimpel 2016, arXiv:1606.08415), exact: f(z) = z·Φ(z), Φ and φ the standard normal's distribution
 * and density; f′ = Φ + z·φ; f″ = φ·(2 − z²).
 */
export const gelu: Activation = {
  name: 'gelu',
  title: 'GELU',
  doc: 'The value times the chance that a standard normal is below it: like ReLU, smooth, with a dip to −0.17.',
  written: ['torch.nn.GELU', 'torch.nn.functional.gelu'],
  init: 'heUniform',
  piecewiseLinear: false,
  value(z) {
    const x = Math.max(z, -wide);
    return x * normalBelow(x);
  },
  slope(z) {
    const x = held(z, wide);
    return normalBelow(x) + x * normalDensity(x);
  },
  second(z) {
    const x = held(z, wide);
    return normalDensity(x) * (2 - x * x);
  },
  vector: {
    value(code, z) {
      const x = code.local('v128', f32x4.max(z, -narrow));
      return f32x4.mul(x, vector.normalBelow(code, x, vector.bell(code, x)));
    },
    slope(code, z) {
      const x = code.local('v128', f32x4.max(f32x4.min(z, narrow), -narrow));
      const height = vector.bell(code, x);
      return f32x4.add(vector.normalBelow(code, x, height), f32x4.mul(x, vector.normalDensity(height)));
    },
    second(code, z) {
      const x = code.local('v128', f32x4.max(f32x4.min(z, narrow), -narrow));
      return f32x4.mul(vector.normalDensity(vector.bell(code, x)), f32x4.sub(2, f32x4.mul(x, x)));
    },
  },
  wgsl: {
    value: (z) => `gelu(${z})`,
    slope: (z) => `geluSlope(${z})`,
    second: (z) => `geluBend(${z})`,
    helpers: [shaderCode],
  },
};
