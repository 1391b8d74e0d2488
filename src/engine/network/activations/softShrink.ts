import { f32x4, v128 } from '../../backends/cpu/instructions';
import { literal } from '../../backends/webgpu/functions';
import type { Activation } from './definition';

/** How far towards 0 a number is drawn, PyTorch's default. */
const pull = 0.5;

/** Soft shrinkage: f(z) = z − ½ for z > ½, z + ½ for z < −½, else 0; f′ = 1 outside, 0 inside; f″ = 0. A NaN stays a NaN. */
export const softShrink: Activation = {
  name: 'softShrink',
  title: 'Soft shrink',
  doc: 'The value drawn by ½ towards 0, and 0 from −½ to ½.',
  written: ['torch.nn.Softshrink', 'torch.nn.functional.softshrink'],
  init: 'xavierUniform',
  piecewiseLinear: true,
  value: (z) => (Math.abs(z) <= pull ? 0 : z - Math.sign(z) * pull),
  slope: (z) => (Math.abs(z) > pull ? 1 : 0),
  second: () => 0,
  vector: {
    value: (_code, z) => {
      const signed = v128.or(f32x4.const(pull), v128.and(z, f32x4.const(-0)));
      return v128.andnot(f32x4.sub(z, signed), f32x4.le(f32x4.abs(z), pull));
    },
    slope: (_code, z) => v128.and(f32x4.const(1), f32x4.gt(f32x4.abs(z), pull)),
    second: () => f32x4.const(0),
  },
  wgsl: {
    value: (z) => `select(${z} - sign(${z}) * ${literal(pull)}, 0.0f, abs(${z}) <= ${literal(pull)})`,
    slope: (z) => `select(0.0f, 1.0f, abs(${z}) > ${literal(pull)})`,
    second: () => '0.0f',
  },
};
