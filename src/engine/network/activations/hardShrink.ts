import { f32x4, v128 } from '../../backends/cpu/instructions';
import { literal } from '../../backends/webgpu/functions';
import type { Activation } from './definition';

/** Up to this size a number becomes 0, PyTorch's default. */
const least = 0.5;

/** Hard shrinkage: f(z) = z for |z| > ½, else 0; f′ = 1 outside, 0 inside; f″ = 0. A NaN stays a NaN. */
export const hardShrink: Activation = {
  name: 'hardShrink',
  title: 'Hard shrink',
  doc: 'The value itself, but 0 from −½ to ½.',
  written: ['torch.nn.Hardshrink', 'torch.nn.functional.hardshrink'],
  init: 'xavierUniform',
  piecewiseLinear: true,
  value: (z) => (Math.abs(z) <= least ? 0 : z),
  slope: (z) => (Math.abs(z) > least ? 1 : 0),
  second: () => 0,
  vector: {
    value: (_code, z) => v128.andnot(z, f32x4.le(f32x4.abs(z), least)),
    slope: (_code, z) => v128.and(f32x4.const(1), f32x4.gt(f32x4.abs(z), least)),
    second: () => f32x4.const(0),
  },
  wgsl: {
    value: (z) => `select(${z}, 0.0f, abs(${z}) <= ${literal(least)})`,
    slope: (z) => `select(0.0f, 1.0f, abs(${z}) > ${literal(least)})`,
    second: () => '0.0f',
  },
};
