import { f32x4 } from '../../backends/cpu/instructions';
import { meanOverOutputs } from '../../backends/cpu/lossRow';
import { meanOfEach } from '../../backends/reference/lossRows';
import { meanOfOutputs } from '../../backends/webgpu/lossRow';
import type { Loss } from './definition';

/**
 * Mean squared error, over samples and outputs, as `torch.nn.MSELoss`: a sample's loss is mean((y − t)²). Of d outputs it is the negative
 * log-likelihood of a normal distribution round y with variance d/2, up to a constant.
 */
export const meanSquaredError: Loss = {
  name: 'meanSquaredError',
  title: 'Mean squared error',
  noun: 'mean squared error',
  doc: 'The mean over samples and outputs of the squared difference.',
  written: ['torch.nn.MSELoss', 'torch.nn.functional.mse_loss'],
  against: 'numbers',
  threshold: 0.5,

  ...meanOfEach(
    (y, t) => (y - t) * (y - t),
    (y, t) => 2 * (y - t),
  ),

  curvature({ count, columns, stride }, _wanted, weight, direction, out) {
    const factor = (2 * weight) / columns;
    for (let row = 0; row < count; row++) for (let j = row * stride; j < row * stride + columns; j++) out[j] = factor * direction[j];
  },

  drawn({ count, columns, stride }, random, gradient) {
    const deviation = Math.sqrt(2 / columns);
    for (let row = 0; row < count; row++)
      for (let j = row * stride; j < row * stride + columns; j++) gradient[j] = deviation * random.normal();
  },

  row: meanOverOutputs(
    (code, y, t) => {
      const difference = code.local('v128', f32x4.sub(y, t));
      return f32x4.mul(difference, difference);
    },
    (_code, y, t) => f32x4.mul(2, f32x4.sub(y, t)),
  ),

  wgsl: meanOfOutputs({
    value: (y, t) => `(${y} - ${t}) * (${y} - ${t})`,
    slope: (y, t) => `2.0f * (${y} - ${t})`,
    second: () => '2.0f',
  }),
};
