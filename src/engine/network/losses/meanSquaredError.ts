import type { Loss } from './definition';

/** Mean squared error, over samples and outputs, as `torch.nn.MSELoss`: a sample's loss is mean((y − t)²). */
export const meanSquaredError: Loss = {
  name: 'meanSquaredError',
  title: 'Mean squared error',
  doc: 'The mean over samples and outputs of the squared difference.',
  against: 'numbers',

  value({ values, count, columns, stride }, wanted) {
    let sum = 0;
    for (let row = 0; row < count; row++)
      for (let j = 0; j < columns; j++) {
        const difference = values[row * stride + j] - wanted[row * columns + j];
        sum += difference * difference;
      }
    return sum / columns;
  },

  gradient({ values, count, columns, stride }, wanted, weight, gradient) {
    const factor = (2 * weight) / columns;
    let sum = 0;
    for (let row = 0; row < count; row++)
      for (let j = 0; j < columns; j++) {
        const difference = values[row * stride + j] - wanted[row * columns + j];
        sum += difference * difference;
        gradient[row * stride + j] = factor * difference;
      }
    return sum / columns;
  },

  curvature({ count, columns, stride }, _wanted, weight, direction, out) {
    const factor = (2 * weight) / columns;
    for (let row = 0; row < count; row++) for (let j = row * stride; j < row * stride + columns; j++) out[j] = factor * direction[j];
  },
};
