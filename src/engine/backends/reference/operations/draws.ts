/** Dropout and noise: in training with the step's draws, otherwise nothing. */
import { drawMask, drawNoise } from '../../../network/draws';
import type { DropoutOperation, NoiseOperation } from '../../../network/operations';
import { type Arithmetic, linear } from './definition';

/** y = x·factor, with the factors kept. */
export const dropout = (operation: DropoutOperation): Arithmetic =>
  linear(
    (count, size) => count * size,
    ({ x: [x], y, kept }, { draws }) => {
      kept.fill(1);
      if (draws) drawMask(draws(operation), operation.rate, kept, 0, kept.length);
      for (let k = 0; k < y.length; k++) y[k] = x[k] * kept[k];
    },
    ({ kept }, [x], y) => {
      if (x) for (let k = 0; k < y.length; k++) y[k] = x[k] * kept[k];
    },
    ({ kept }, y, [x]) => {
      if (x) for (let k = 0; k < y.length; k++) x[k] += y[k] * kept[k];
    },
  );

/** y = x + noise. */
export const noise = (operation: NoiseOperation): Arithmetic =>
  linear(
    () => 0,
    ({ x: [x], y }, { draws }) => {
      if (draws) drawNoise(draws(operation), operation.deviation, y, 0, y.length);
      else y.fill(0);
      for (let k = 0; k < y.length; k++) y[k] += x[k];
    },
    (_site, [x], y) => {
      if (x) y.set(x);
    },
    (_site, y, [x]) => {
      if (x) for (let k = 0; k < y.length; k++) x[k] += y[k];
    },
  );
