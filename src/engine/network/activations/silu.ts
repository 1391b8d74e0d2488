import type { Code, Local } from '../../backends/cpu/assembler';
import { exponential, logistic } from '../../backends/cpu/exponential';
import { f32x4, v128, type V128 } from '../../backends/cpu/instructions';
import * as shader from '../../backends/webgpu/functions';
import { type Activation, held } from './definition';

/** Beyond these f is 0 or z, and its derivatives are constant, to the last place: of 64-bit and of 32-bit floats. */
const [wide, narrow] = [700, 88];

const shaderCode: shader.ShaderFunction = {
  needs: [shader.held, shader.exponential, shader.logistic],
  text: `fn silu(z: f32) -> f32 {
  return select(z * logistic(z), 0.0f, z < -${narrow}.0f);
}
fn siluSlope(z: f32) -> f32 {
  let x = held(z, ${narrow}.0f);
  let w = exponential(-x);
  let s = 1.0f / (1.0f + w);
  return s * (1.0f + x * (w * s));
}
fn siluBend(z: f32) -> f32 {
  let x = held(z, ${narrow}.0f);
  let w = exponential(-x);
  let s = 1.0f / (1.0f + w);
  return s * (w * s) * (2.0f + x * ((w - 1.0f) * s));
}`,
};

/**
 * Sigmoid linear unit, or swish (Hendrycks & Gimpel 2016, arXiv:1606.08415; Ramachandran et al. 2017, arXiv:1710.05941): f(z) = z·σ;
 * f′ = σ·(1 + z(1 − σ)); f″ = σ(1 − σ)·(2 + z(1 − 2σ)). With w = e^−z it is σ = 1/(1 + w), 1 − σ = w·σ and 1 − 2σ = (w − 1)·σ, without
 * cancellation.
 */
export const silu: Activation = {
  name: 'silu',
  title: 'SiLU',
  doc: 'The value times its logistic curve (swish): like ReLU, smooth, with a dip to −0.28.',
  written: ['torch.nn.SiLU', 'torch.nn.functional.silu'],
  init: 'heUniform',
  piecewiseLinear: false,
  value(z) {
    const x = Math.max(z, -wide);
    return x / (1 + Math.exp(-x));
  },
  slope(z) {
    const x = held(z, wide);
    const w = Math.exp(-x);
    const s = 1 / (1 + w);
    return s * (1 + x * w * s);
  },
  second(z) {
    const x = held(z, wide);
    const w = Math.exp(-x);
    const s = 1 / (1 + w);
    return s * (w * s) * (2 + x * ((w - 1) * s));
  },
  vector: {
    value: (code, z) => v128.andnot(f32x4.mul(z, logistic(code, z)), f32x4.lt(z, -narrow)),
    slope(code, z) {
      const { x, w, s } = parts(code, z);
      return f32x4.mul(s, f32x4.add(1, f32x4.mul(x, f32x4.mul(w, s))));
    },
    second(code, z) {
      const { x, w, s } = parts(code, z);
      const bend = f32x4.add(2, f32x4.mul(x, f32x4.mul(f32x4.sub(w, 1), s)));
      return f32x4.mul(f32x4.mul(s, f32x4.mul(w, s)), bend);
    },
  },
  wgsl: {
    value: (z) => `silu(${z})`,
    slope: (z) => `siluSlope(${z})`,
    second: (z) => `siluBend(${z})`,
    helpers: [shaderCode],
  },
};

/** z where the formulas hold, w and σ in vector code. */
function parts(code: Code, z: V128): Record<'x' | 'w' | 's', Local<'v128'>> {
  const x = code.local('v128', f32x4.max(f32x4.min(z, narrow), -narrow));
  const w = code.local('v128', exponential(code, f32x4.neg(x)));
  return { x, w, s: code.local('v128', f32x4.div(1, f32x4.add(1, w))) };
}
