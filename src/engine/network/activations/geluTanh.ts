import type { Code } from '../../backends/cpu/assembler';
import { exponential, logistic } from '../../backends/cpu/exponential';
import { f32x4, v128, type V128 } from '../../backends/cpu/instructions';
import * as shader from '../../backends/webgpu/functions';
import { type Activation, held } from './definition';

/** The cubic inside: 2u = slope·(z + cubic·z³). */
const slope = 2 * Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

/** Beyond these f is 0 or z, and its derivatives are constant, to the last place: of 64-bit and of 32-bit floats. */
const [wide, narrow] = [20, 10];

/** s = σ(2u) at z with its first two derivatives by z; with w = e^−2u, 1 − s is w·s, without cancellation. */
function gate(z: number): readonly [number, number, number] {
  const w = Math.exp(-slope * z * (1 + cubic * z * z));
  const s = 1 / (1 + w);
  const first = slope * (1 + 3 * cubic * z * z);
  const bell = s * (w * s);
  return [s, bell * first, bell * ((w - 1) * s * first * first + 6 * slope * cubic * z)];
}

/** 2u in vector code. */
const inside = (z: V128): V128 => f32x4.mul(f32x4.mul(z, slope), f32x4.add(1, f32x4.mul(f32x4.mul(z, z), cubic)));

/** z where the formulas hold, and `gate` there, in vector code. */
function vectorGate(code: Code, given: V128): { readonly z: V128; readonly s: V128; readonly first: V128; readonly second: V128 } {
  const z = code.local('v128', f32x4.max(f32x4.min(given, narrow), -narrow));
  const w = code.local('v128', exponential(code, f32x4.neg(inside(z))));
  const s = code.local('v128', f32x4.div(1, f32x4.add(1, w)));
  const bell = code.local('v128', f32x4.mul(s, f32x4.mul(w, s)));
  const first = code.local('v128', f32x4.mul(f32x4.add(1, f32x4.mul(f32x4.mul(z, z), 3 * cubic)), slope));
  const bend = f32x4.mul(f32x4.mul(f32x4.sub(w, 1), s), f32x4.mul(first, first));
  return { z, s, first: f32x4.mul(bell, first), second: f32x4.mul(bell, f32x4.add(bend, f32x4.mul(z, 6 * slope * cubic))) };
}

/** In a shader the gate's three numbers are x, y, z of a vector. */
const shaderCode: shader.ShaderFunction = {
  needs: [shader.held, shader.exponential],
  text: `fn geluTanhGate(z: f32) -> vec3f {
  let w = exponential(-${shader.literal(slope)} * z * (1.0f + ${shader.literal(cubic)} * z * z));
  let s = 1.0f / (1.0f + w);
  let bell = s * (w * s);
  let first = ${shader.literal(slope)} * (1.0f + ${shader.literal(3 * cubic)} * z * z);
  return vec3f(s, bell * first, bell * ((w - 1.0f) * s * first * first + ${shader.literal(6 * slope * cubic)} * z));
}
fn geluTanh(z: f32) -> f32 {
  return select(z * geluTanhGate(held(z, ${narrow}.0f)).x, 0.0f, z < -${narrow}.0f);
}
fn geluTanhSlope(z: f32) -> f32 {
  let x = held(z, ${narrow}.0f);
  let gate = geluTanhGate(x);
  return gate.x + x * gate.y;
}
fn geluTanhBend(z: f32) -> f32 {
  let x = held(z, ${narrow}.0f);
  let gate = geluTanhGate(x);
  return 2.0f * gate.y + x * gate.z;
}`,
};

/**
 * GELU with its usual approximation (Hendrycks & Gimpel 2016, arXiv:1606.08415): f(z) = z·(1 + tanh u)/2 = z·σ(2u), u = √(2/π)·(z +
 * 0.044715·z³). With s = σ(2u): f′ = s + z·s′, f″ = 2s′ + z·s″.
 */
export const geluTanh: Activation = {
  name: 'geluTanh',
  title: 'GELU (tanh)',
  doc: 'GELU with the normal distribution approximated by a tanh; within 5e-4 of the exact one.',
  written: ['jax.nn.gelu', 'flax.linen.gelu'],
  init: 'heUniform',
  piecewiseLinear: false,
  value(z) {
    const x = Math.max(z, -wide);
    return x * gate(Math.min(x, wide))[0];
  },
  slope(z) {
    const x = held(z, wide);
    const [s, first] = gate(x);
    return s + x * first;
  },
  second(z) {
    const x = held(z, wide);
    const [, first, second] = gate(x);
    return 2 * first + x * second;
  },
  vector: {
    value: (code, z) => v128.andnot(f32x4.mul(z, logistic(code, inside(z))), f32x4.lt(z, -narrow)),
    slope(code, z) {
      const { z: x, s, first } = vectorGate(code, z);
      return f32x4.add(s, f32x4.mul(x, first));
    },
    second(code, z) {
      const { z: x, first, second } = vectorGate(code, z);
      return f32x4.add(f32x4.mul(first, 2), f32x4.mul(x, second));
    },
  },
  wgsl: {
    value: (z) => `geluTanh(${z})`,
    slope: (z) => `geluTanhSlope(${z})`,
    second: (z) => `geluTanhBend(${z})`,
    helpers: [shaderCode],
  },
};
