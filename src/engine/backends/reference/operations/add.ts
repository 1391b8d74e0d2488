/** The sum of two values. */
import { linear } from './definition';

const sum = (x: readonly (Float64Array | null)[], y: Float64Array): void => {
  y.fill(0);
  for (const part of x) if (part) for (let k = 0; k < y.length; k++) y[k] += part[k];
};

export const add = linear(
  () => 0,
  ({ x, y }) => sum(x, y),
  (_site, x, y) => sum(x, y),
  (_site, y, x) => {
    for (const part of x) if (part) for (let k = 0; k < y.length; k++) part[k] += y[k];
  },
);
