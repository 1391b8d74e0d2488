import { f32x4, v128, type V128 } from '../../backends/cpu/instructions';
import { isNotANumber, literal } from '../../backends/webgpu/functions';
import type { Activation } from './definition';

const ceiling = 6;
const rises = (z: V128): V128 => v128.and(f32x4.gt(z, 0), f32x4.lt(z, ceiling));

/** ReLU6: f(z) = min(max(z, 0), 6); f′ = 1 for 0 < z < 6, else 0; f″ = 0. A NaN stays a NaN. */
export const relu6: Activation = {
  name: 'relu6',
  title: 'ReLU6',
  doc: 'The positive part, at most 6.',
  written: ['torch.nn.ReLU6', 'torch.nn.functional.relu6'],
  init: 'heUniform',
  piecewiseLinear: true,
  value: (z) => (z <= 0 ? 0 : Math.min(z, ceiling)),
  slope: (z) => (z > 0 && z < ceiling ? 1 : 0),
  second: () => 0,
  vector: {
    value: (_code, z) => v128.andnot(f32x4.min(z, ceiling), f32x4.le(z, 0)),
    slope: (_code, _z, a) => v128.and(f32x4.const(1), rises(a)),
    second: () => f32x4.const(0),
  },
  wgsl: {
    value: (z) => `select(clamp(${z}, 0.0f, ${literal(ceiling)}), ${z}, isNotANumber(${z}))`,
    slope: (_z, a) => `select(0.0f, 1.0f, ${a} > 0.0f && ${a} < ${literal(ceiling)})`,
    second: () => '0.0f',
    helpers: [isNotANumber],
  },
};
