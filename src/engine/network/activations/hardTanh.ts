import { f32x4, v128 } from '../../backends/cpu/instructions';
import { held } from '../../backends/webgpu/functions';
import type { Activation } from './definition';

/** Hard tanh: f(z) = min(max(z, −1), 1); f′ = 1 for −1 < z < 1, else 0; f″ = 0. A NaN stays a NaN. */
export const hardTanh: Activation = {
  name: 'hardTanh',
  title: 'Hard tanh',
  doc: 'The value itself from −1 to 1, held there.',
  written: ['torch.nn.Hardtanh', 'torch.nn.functional.hardtanh'],
  init: 'xavierUniform',
  piecewiseLinear: true,
  value: (z) => Math.min(Math.max(z, -1), 1),
  slope: (z) => (z > -1 && z < 1 ? 1 : 0),
  second: () => 0,
  vector: {
    value: (_code, z) => f32x4.min(f32x4.max(z, -1), 1),
    slope: (_code, _z, a) => v128.and(f32x4.const(1), f32x4.lt(f32x4.abs(a), 1)),
    second: () => f32x4.const(0),
  },
  wgsl: {
    value: (z) => `held(${z}, 1.0f)`,
    slope: (_z, a) => `select(0.0f, 1.0f, abs(${a}) < 1.0f)`,
    second: () => '0.0f',
    helpers: [held],
  },
};
