import { f32x4, v128 } from '../../backends/cpu/instructions';
import { literal } from '../../backends/webgpu/functions';
import type { Activation } from './definition';

/** Hard swish: f(z) = z·min(max(z + 3, 0), 6)/6: z for z ≥ 3, 0 for z ≤ −3, between them f′ = z/3 + ½ and f″ = 1/3. A NaN stays a NaN. */
export const hardSwish: Activation = {
  name: 'hardSwish',
  title: 'Hard swish',
  doc: 'The value times the hard sigmoid: SiLU made of a parabola and two lines.',
  written: ['torch.nn.Hardswish', 'torch.nn.functional.hardswish'],
  init: 'heUniform',
  piecewiseLinear: false,
  value: (z) => (z <= -3 ? 0 : z >= 3 ? z : (z * (z + 3)) / 6),
  slope: (z) => (z <= -3 ? 0 : z >= 3 ? 1 : z / 3 + 0.5),
  second: (z) => (z > -3 && z < 3 ? 1 / 3 : 0),
  vector: {
    value: (_code, z) => {
      const held = f32x4.min(f32x4.max(f32x4.add(z, 3), 0), 6);
      return v128.andnot(v128.bitselect(z, f32x4.div(f32x4.mul(z, held), 6), f32x4.ge(z, 3)), f32x4.le(z, -3));
    },
    slope: (_code, z) => {
      const bent = v128.bitselect(f32x4.const(1), f32x4.add(f32x4.div(z, 3), 0.5), f32x4.ge(z, 3));
      return v128.andnot(bent, f32x4.le(z, -3));
    },
    second: (_code, z) => v128.and(f32x4.const(1 / 3), f32x4.lt(f32x4.abs(z), 3)),
  },
  wgsl: {
    value: (z) => `select(select(${z} * (${z} + 3.0f) * ${literal(1 / 6)}, ${z}, ${z} >= 3.0f), 0.0f, ${z} <= -3.0f)`,
    slope: (z) => `select(select(${z} * ${literal(1 / 3)} + 0.5f, 1.0f, ${z} >= 3.0f), 0.0f, ${z} <= -3.0f)`,
    second: (z) => `select(0.0f, ${literal(1 / 3)}, abs(${z}) < 3.0f)`,
  },
};
