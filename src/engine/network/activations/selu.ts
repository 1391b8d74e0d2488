import { exponential, exponentialMinusOne } from '../../backends/cpu/exponential';
import { f32x4, v128 } from '../../backends/cpu/instructions';
import * as shader from '../../backends/webgpu/functions';
import type { Activation } from './definition';

/** The constants that make mean 0 and variance 1 a fixed point (Klambauer et al. 2017, equation 14). */
const alpha = 1.6732632423543772;
const scale = 1.0507009873554805;

/** Scaled exponential linear unit (Klambauer et al. 2017, arXiv:1706.02515): f(z) = s·z for z > 0, else s·α·(e^z − 1). */
export const selu: Activation = {
  name: 'selu',
  title: 'SELU',
  doc: 'ELU scaled so that, with LeCun initialisation, layer after layer keeps mean 0 and variance 1.',
  written: ['torch.nn.SELU', 'torch.nn.functional.selu'],
  init: 'lecunNormal',
  piecewiseLinear: false,
  value: (z) => (z > 0 ? scale * z : scale * alpha * Math.expm1(z)),
  slope: (z) => (z > 0 ? scale : scale * alpha * Math.exp(z)),
  second: (z) => (z > 0 ? 0 : scale * alpha * Math.exp(z)),
  vector: {
    value: (code, z) => v128.bitselect(f32x4.mul(z, scale), f32x4.mul(exponentialMinusOne(code, z), scale * alpha), f32x4.gt(z, 0)),
    slope: (code, z) => v128.bitselect(f32x4.const(scale), f32x4.mul(exponential(code, z), scale * alpha), f32x4.gt(z, 0)),
    second: (code, z) => v128.andnot(f32x4.mul(exponential(code, z), scale * alpha), f32x4.gt(z, 0)),
  },
  wgsl: {
    value: (z) => `select(${shader.literal(scale * alpha)} * exponentialMinusOne(${z}), ${shader.literal(scale)} * ${z}, ${z} > 0.0f)`,
    slope: (z) => `select(${shader.literal(scale * alpha)} * exponential(${z}), ${shader.literal(scale)}, ${z} > 0.0f)`,
    second: (z) => `select(${shader.literal(scale * alpha)} * exponential(${z}), 0.0f, ${z} > 0.0f)`,
    helpers: [shader.exponentialMinusOne, shader.exponential],
  },
};
