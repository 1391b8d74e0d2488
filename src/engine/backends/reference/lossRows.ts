/**
 * The plain code of a loss that is the mean over outputs of one output's loss, each sum in float64. `backends/cpu/lossRow.ts` and
 * `backends/webgpu/lossRow.ts` say the same for the kernels and for shaders.
 */
import type { Loss } from '../../network/losses/definition';

/** @param value the loss of an output y against its target t @param slope its derivative by y */
export const meanOfEach = (
  value: (y: number, t: number) => number,
  slope: (y: number, t: number) => number,
): Pick<Loss, 'value' | 'gradient'> => ({
  value({ values, count, columns, stride }, wanted) {
    let sum = 0;
    for (let row = 0; row < count; row++)
      for (let j = 0; j < columns; j++) sum += value(values[row * stride + j], wanted[row * columns + j]);
    return sum / columns;
  },

  gradient({ values, count, columns, stride }, wanted, weight, gradient) {
    const factor = weight / columns;
    let sum = 0;
    for (let row = 0; row < count; row++)
      for (let j = 0; j < columns; j++) {
        const y = values[row * stride + j];
        const t = wanted[row * columns + j];
        sum += value(y, t);
        gradient[row * stride + j] = factor * slope(y, t);
      }
    return sum / columns;
  },
});
