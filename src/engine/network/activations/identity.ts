import { f32x4 } from '../../backends/cpu/instructions';
import type { Activation } from './definition';

/** Identity: f(z) = z, f′ = 1, f″ = 0. For logits and plain outputs. */
export const identity: Activation = {
  name: 'identity',
  title: 'Identity',
  doc: 'The value itself: for logits and plain outputs.',
  written: ['torch.nn.Identity'],
  init: 'xavierUniform',
  piecewiseLinear: true,
  value: (z) => z,
  slope: () => 1,
  second: () => 0,
  vector: {
    value: (_code, z) => z,
    slope: () => f32x4.const(1),
    second: () => f32x4.const(0),
  },
  wgsl: {
    value: (z) => `${z}`,
    slope: () => '1.0f',
    second: () => '0.0f',
  },
};
