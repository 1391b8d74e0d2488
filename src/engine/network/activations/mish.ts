import type { Code } from '../../backends/cpu/assembler';
import { exponential } from '../../backends/cpu/exponential';
import { f32x4, v128, type V128 } from '../../backends/cpu/instructions';
import * as shader from '../../backends/webgpu/functions';
import { type Activation, held } from './definition';

/** Above, tanh(softplus(z)) is 1 to the last place; below the second, of 32-bit floats, f is 0. */
const [wide, narrow] = [800, 88];
const one = 20;

/**
 * t = tanh(log(1 + e^z)) with its first two derivatives by z, free of cancellation: with w = e^z and r = 1/(w² + 2w + 2), t = w(w + 2)·r,
 * t′ = 4w(1 + w)·r², t″ = 4w(2 + 2w − 3w² − 2w³)·r³.
 */
function gate(z: number): readonly [number, number, number] {
  const w = Math.exp(Math.min(z, one));
  const r = 1 / (w * (w + 2) + 2);
  const wr = w * r;
  return [(w + 2) * wr, 4 * (1 + w) * r * wr, 4 * wr * r * r * (2 + w * (2 - w * (3 + 2 * w)))];
}

/** The same in vector code; the powers of w are tempered by r one by one, so that nothing overflows. */
function vectorGate(code: Code, z: V128): { readonly t: V128; readonly first: V128; readonly second: V128 } {
  const w = code.local('v128', exponential(code, f32x4.min(z, one)));
  const r = code.local('v128', f32x4.div(1, f32x4.add(f32x4.mul(w, f32x4.add(w, 2)), 2)));
  const wr = code.local('v128', f32x4.mul(w, r));
  const first = f32x4.mul(f32x4.mul(f32x4.add(1, w), r), f32x4.mul(wr, 4));
  // (2 + 2w − 3w² − 2w³)·r² = 2r² + (2r − 3wr − 2w·wr)·wr
  const inner = f32x4.sub(f32x4.add(r, r), f32x4.add(f32x4.mul(wr, 3), f32x4.mul(f32x4.mul(w, wr), 2)));
  const cubic = f32x4.add(f32x4.mul(f32x4.mul(r, r), 2), f32x4.mul(inner, wr));
  return { t: f32x4.mul(f32x4.add(w, 2), wr), first, second: f32x4.mul(f32x4.mul(wr, 4), cubic) };
}

/** The same in a shader, the three numbers as x, y, z of a vector. */
const shaderCode: shader.ShaderFunction = {
  needs: [shader.held, shader.smaller, shader.exponential],
  text: `fn mishGate(z: f32) -> vec3f {
  let w = exponential(smaller(z, ${one}.0f));
  let r = 1.0f / (w * (w + 2.0f) + 2.0f);
  let wr = w * r;
  let inner = 2.0f * r - (3.0f * wr + 2.0f * (w * wr));
  return vec3f((w + 2.0f) * wr, 4.0f * wr * ((1.0f + w) * r), 4.0f * wr * (2.0f * (r * r) + inner * wr));
}
fn mish(z: f32) -> f32 {
  return select(z * mishGate(z).x, 0.0f, z < -${narrow}.0f);
}
fn mishSlope(z: f32) -> f32 {
  let x = held(z, ${narrow}.0f);
  let gate = mishGate(x);
  return gate.x + x * gate.y;
}
fn mishBend(z: f32) -> f32 {
  let x = held(z, ${narrow}.0f);
  let gate = mishGate(x);
  return 2.0f * gate.y + x * gate.z;
}`,
};

/** Mish (Misra 2019, arXiv:1908.08681): f(z) = z·t, t = tanh(softplus(z)); f′ = t + z·t′; f″ = 2t′ + z·t″. */
export const mish: Activation = {
  name: 'mish',
  title: 'Mish',
  doc: 'The value times the tanh of its softplus: like SiLU, with a dip to −0.31.',
  written: ['torch.nn.Mish', 'torch.nn.functional.mish'],
  init: 'heUniform',
  piecewiseLinear: false,
  value(z) {
    const x = Math.max(z, -wide);
    return x * gate(x)[0];
  },
  slope(z) {
    const x = held(z, wide);
    const [t, first] = gate(x);
    return t + x * first;
  },
  second(z) {
    const x = held(z, wide);
    const [, first, second] = gate(x);
    return 2 * first + x * second;
  },
  vector: {
    value: (code, z) => v128.andnot(f32x4.mul(z, vectorGate(code, z).t), f32x4.lt(z, -narrow)),
    slope(code, z) {
      const x = code.local('v128', f32x4.max(f32x4.min(z, narrow), -narrow));
      const { t, first } = vectorGate(code, x);
      return f32x4.add(t, f32x4.mul(x, first));
    },
    second(code, z) {
      const x = code.local('v128', f32x4.max(f32x4.min(z, narrow), -narrow));
      const { first, second } = vectorGate(code, x);
      return f32x4.add(f32x4.mul(first, 2), f32x4.mul(x, second));
    },
  },
  wgsl: {
    value: (z) => `mish(${z})`,
    slope: (z) => `mishSlope(${z})`,
    second: (z) => `mishBend(${z})`,
    helpers: [shaderCode],
  },
};
