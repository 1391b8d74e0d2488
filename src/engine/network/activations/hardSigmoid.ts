import { f32x4, v128 } from '../../backends/cpu/instructions';
import { held, literal } from '../../backends/webgpu/functions';
import type { Activation } from './definition';

/** Hard sigmoid: f(z) = min(max(z/6 + ½, 0), 1); f′ = 1/6 for −3 < z < 3, else 0; f″ = 0. A NaN stays a NaN. */
export const hardSigmoid: Activation = {
  name: 'hardSigmoid',
  title: 'Hard sigmoid',
  doc: 'A straight line from 0 at −3 to 1 at 3, held there: the logistic curve made of lines.',
  written: ['torch.nn.Hardsigmoid', 'torch.nn.functional.hardsigmoid'],
  init: 'xavierUniform',
  piecewiseLinear: true,
  value: (z) => Math.min(Math.max(z + 3, 0), 6) / 6,
  slope: (z) => (z > -3 && z < 3 ? 1 / 6 : 0),
  second: () => 0,
  vector: {
    value: (_code, z) => f32x4.div(f32x4.min(f32x4.max(f32x4.add(z, 3), 0), 6), 6),
    slope: (_code, z) => v128.and(f32x4.const(1 / 6), f32x4.lt(f32x4.abs(z), 3)),
    second: () => f32x4.const(0),
  },
  wgsl: {
    value: (z) => `(held(${z}, 3.0f) + 3.0f) * ${literal(1 / 6)}`,
    slope: (z) => `select(0.0f, ${literal(1 / 6)}, abs(${z}) < 3.0f)`,
    second: () => '0.0f',
    helpers: [held],
  },
};
