import { exponential, exponentialMinusOne } from '../../backends/cpu/exponential';
import { f32x4, v128 } from '../../backends/cpu/instructions';
import * as shader from '../../backends/webgpu/functions';
import type { Activation } from './definition';

/**
 * Exponential linear unit with α = 1 (Clevert, Unterthiner & Hochreiter 2016, arXiv:1511.07289): f(z) = z for z > 0, else e^z − 1; f′ = 1
 * or e^z; f″ = 0 or e^z.
 */
export const elu: Activation = {
  name: 'elu',
  title: 'ELU',
  doc: 'The value itself above 0, e^z − 1 below, which falls to −1.',
  written: ['torch.nn.ELU', 'torch.nn.functional.elu', 'torch.nn.CELU', 'torch.nn.functional.celu'],
  init: 'heUniform',
  piecewiseLinear: false,
  value: (z) => (z > 0 ? z : Math.expm1(z)),
  slope: (z) => (z > 0 ? 1 : Math.exp(z)),
  second: (z) => (z > 0 ? 0 : Math.exp(z)),
  vector: {
    value: (code, z) => v128.bitselect(z, exponentialMinusOne(code, z), f32x4.gt(z, 0)),
    slope: (code, z) => v128.bitselect(f32x4.const(1), exponential(code, z), f32x4.gt(z, 0)),
    second: (code, z) => v128.andnot(exponential(code, z), f32x4.gt(z, 0)),
  },
  wgsl: {
    value: (z) => `select(exponentialMinusOne(${z}), ${z}, ${z} > 0.0f)`,
    slope: (z) => `select(exponential(${z}), 1.0f, ${z} > 0.0f)`,
    second: (z) => `select(exponential(${z}), 0.0f, ${z} > 0.0f)`,
    helpers: [shader.exponentialMinusOne, shader.exponential],
  },
};
