/** Max and average pooling, channel by channel. */
import type { Window } from '../../../network/operations';
import { type Arithmetic, linear } from './definition';

const outOf = ({ channels, outHeight, outWidth }: Window): number => channels * outHeight * outWidth;

/** Calls `visit` with each number of what comes out and the rectangle of numbers that it is made of, without the padding. */
function windows(
  { channels, height, width, kernelHeight, kernelWidth, stride, padding, outHeight, outWidth }: Window,
  count: number,
  visit: (out: number, plane: number, top: number, bottom: number, left: number, right: number) => void,
): void {
  let out = 0;
  for (let plane = 0; plane < count * channels; plane++)
    for (let i = 0; i < outHeight; i++)
      for (let j = 0; j < outWidth; j++) {
        const top = i * stride - padding;
        const left = j * stride - padding;
        const [bottom, right] = [Math.min(top + kernelHeight, height), Math.min(left + kernelWidth, width)];
        visit(out++, plane * height * width, Math.max(top, 0), bottom, Math.max(left, 0), right);
      }
}

/** The largest number of each window, the first where several are, and NaN where there is one; where it stood is kept. */
export const maxPooling = (window: Window): Arithmetic =>
  linear(
    (count) => count * outOf(window),
    ({ count, x: [x], y, kept }) =>
      windows(window, count, (out, plane, top, bottom, left, right) => {
        let best = plane + top * window.width + left;
        for (let i = top; i < bottom; i++)
          for (let j = left; j < right; j++) {
            const at = plane + i * window.width + j;
            if (x[at] > x[best] || Number.isNaN(x[at])) best = at;
          }
        y[out] = x[best];
        kept[out] = best;
      }),
    ({ kept }, [x], y) => {
      if (x) for (let k = 0; k < y.length; k++) y[k] = x[kept[k]];
    },
    ({ kept }, y, [x]) => {
      if (x) for (let k = 0; k < y.length; k++) x[kept[k]] += y[k];
    },
  );

/** The mean of each window, zeros of the padding too. */
export function averagePooling(window: Window): Arithmetic {
  const share = 1 / (window.kernelHeight * window.kernelWidth);
  const carry = (count: number, x: Float64Array, y: Float64Array): void =>
    windows(window, count, (out, plane, top, bottom, left, right) => {
      let sum = 0;
      for (let i = top; i < bottom; i++) for (let j = left; j < right; j++) sum += x[plane + i * window.width + j];
      y[out] = sum * share;
    });
  return linear(
    () => 0,
    ({ count, x, y }) => carry(count, x[0], y),
    ({ count }, [x], y) => {
      if (x) carry(count, x, y);
    },
    ({ count }, y, [x]) => {
      if (x)
        windows(window, count, (out, plane, top, bottom, left, right) => {
          for (let i = top; i < bottom; i++) for (let j = left; j < right; j++) x[plane + i * window.width + j] += y[out] * share;
        });
    },
  );
}
