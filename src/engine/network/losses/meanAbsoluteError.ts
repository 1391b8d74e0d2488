import { f32x4, v128 } from '../../backends/cpu/instructions';
import { meanOverOutputs } from '../../backends/cpu/lossRow';
import { meanOfEach } from '../../backends/reference/lossRows';
import { isNotANumber } from '../../backends/webgpu/functions';
import { meanOfOutputs } from '../../backends/webgpu/lossRow';
import type { Loss } from './definition';

/**
 * Mean absolute error, as `torch.nn.L1Loss`: a sample's loss is the mean over outputs of |y − t|. Gradient sign(y − t) over the number of
 * outputs, 0 where they are equal; curvature 0, so that its Gauss–Newton matrix is 0 too. Drawn targets have the density e^(−loss)
 * (Laplace's): the gradient is then one sign or the other with equal chance.
 */
export const meanAbsoluteError: Loss = {
  name: 'meanAbsoluteError',
  title: 'Mean absolute error',
  noun: 'mean absolute error',
  doc: 'The mean over samples and outputs of the absolute difference (L1).',
  written: ['torch.nn.L1Loss', 'torch.nn.functional.l1_loss'],
  against: 'numbers',
  threshold: 0.5,

  ...meanOfEach(
    (y, t) => Math.abs(y - t),
    (y, t) => Math.sign(y - t),
  ),

  curvature({ count, columns, stride }, _wanted, _weight, _direction, out) {
    for (let row = 0; row < count; row++) out.fill(0, row * stride, row * stride + columns);
  },

  drawn({ count, columns, stride }, random, gradient) {
    for (let row = 0; row < count; row++)
      for (let j = row * stride; j < row * stride + columns; j++) gradient[j] = (random.uniform() < 0.5 ? -1 : 1) / columns;
  },

  row: meanOverOutputs(
    (_code, y, t) => f32x4.abs(f32x4.sub(y, t)),
    (code, y, t) => {
      const difference = code.local('v128', f32x4.sub(y, t));
      const sign = v128.bitselect(f32x4.const(-1), v128.and(f32x4.const(1), f32x4.gt(difference, 0)), f32x4.lt(difference, 0));
      // A NaN stays a NaN.
      return f32x4.add(sign, v128.and(difference, f32x4.ne(difference, difference)));
    },
  ),

  wgsl: meanOfOutputs({
    value: (y, t) => `abs(${y} - ${t})`,
    slope: (y, t) => `select(sign(${y} - ${t}), ${y} - ${t}, isNotANumber(${y} - ${t}))`,
    second: () => '0.0f',
    helpers: [isNotANumber],
  }),
};
