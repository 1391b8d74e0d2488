import { f32x4, v128 } from '../../backends/cpu/instructions';
import { larger } from '../../backends/webgpu/functions';
import type { Activation } from './definition';

/** Rectified linear unit: f(z) = max(z, 0); f′ = 1 for z > 0, else 0 (at 0 as well, as PyTorch has it); f″ = 0. A NaN stays a NaN. */
export const relu: Activation = {
  name: 'relu',
  title: 'ReLU',
  doc: 'The positive part: 0 below 0, the value itself above.',
  written: ['torch.nn.ReLU', 'torch.nn.functional.relu', 'torch.relu'],
  init: 'heUniform',
  piecewiseLinear: true,
  value: (z) => (z <= 0 ? 0 : z),
  slope: (z) => (z > 0 ? 1 : 0),
  second: () => 0,
  vector: {
    // Zeroing where z <= 0, rather than a maximum, because that keeps a NaN and has no −0.
    value: (_code, z) => v128.andnot(z, f32x4.le(z, 0)),
    slope: (_code, _z, a) => v128.and(f32x4.const(1), f32x4.gt(a, 0)),
    second: () => f32x4.const(0),
  },
  wgsl: {
    value: (z) => `larger(${z}, 0.0f)`,
    slope: (_z, a) => `select(0.0f, 1.0f, ${a} > 0.0f)`,
    second: () => '0.0f',
    helpers: [larger],
  },
};
