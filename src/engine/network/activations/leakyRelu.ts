import { f32x4, v128 } from '../../backends/cpu/instructions';
import { literal } from '../../backends/webgpu/functions';
import type { Activation } from './definition';

/** What is left of a negative number, PyTorch's default. */
const leak = 0.01;

/** Leaky rectified linear unit: f(z) = z for z > 0, else 0.01·z; f′ = 1 or 0.01 (at 0 as well, as PyTorch has it); f″ = 0. */
export const leakyRelu: Activation = {
  name: 'leakyRelu',
  title: 'Leaky ReLU',
  doc: 'The value itself above 0, a hundredth of it below, so that no unit is ever dead.',
  written: ['torch.nn.LeakyReLU', 'torch.nn.functional.leaky_relu'],
  init: 'heUniform',
  piecewiseLinear: true,
  value: (z) => (z > 0 ? z : leak * z),
  slope: (z) => (z > 0 ? 1 : leak),
  second: () => 0,
  vector: {
    value: (_code, z) => v128.bitselect(z, f32x4.mul(z, leak), f32x4.gt(z, 0)),
    slope: (_code, _z, a) => v128.bitselect(f32x4.const(1), f32x4.const(leak), f32x4.gt(a, 0)),
    second: () => f32x4.const(0),
  },
  wgsl: {
    value: (z) => `select(${literal(leak)} * ${z}, ${z}, ${z} > 0.0f)`,
    slope: (_z, a) => `select(${literal(leak)}, 1.0f, ${a} > 0.0f)`,
    second: () => '0.0f',
  },
};
