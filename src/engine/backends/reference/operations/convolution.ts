/**
 * Cross-correlation: y[f, i, j] = Σ w[f, c, u, v]·x[c, i·stride + u − padding, j·stride + v − padding] + b[f]. Bilinear, as a dense layer is.
 * Weight by weight: what one weight multiplies is a rectangle of x, the same for every pair of filter and channel.
 */
import type { ConvolutionOperation, Window } from '../../../network/operations';
import type { Arithmetic } from './definition';

/** The numbers that one weight brings together: each of y in a rectangle with one of x, from the given places on. */
interface Meeting {
  readonly w: number;
  /** Of the rectangle's first number, in y and in x. */
  readonly y: number;
  readonly x: number;
  readonly lines: number;
  readonly columns: number;
}

/** Which i·stride + offset lie within 0 … extent − 1, for i from 0 to `count` − 1: the first, and how many. */
function within(offset: number, stride: number, extent: number, count: number): readonly [first: number, number: number] {
  const first = Math.max(0, Math.ceil(-offset / stride));
  const last = Math.min(count - 1, Math.floor((extent - 1 - offset) / stride));
  return [first, Math.max(0, last - first + 1)];
}

/** Every meeting of `count` samples, sample after sample, in the order of the weights. */
function meetings(window: Window, filters: number, count: number, visit: (meeting: Meeting) => void): void {
  const { channels, height, width, kernelHeight, kernelWidth, stride, padding, outHeight, outWidth } = window;
  for (let row = 0; row < count; row++)
    for (let f = 0; f < filters; f++)
      for (let c = 0; c < channels; c++)
        for (let u = 0; u < kernelHeight; u++)
          for (let v = 0; v < kernelWidth; v++) {
            const [i, lines] = within(u - padding, stride, height, outHeight);
            const [j, columns] = within(v - padding, stride, width, outWidth);
            visit({
              w: ((f * channels + c) * kernelHeight + u) * kernelWidth + v,
              y: ((row * filters + f) * outHeight + i) * outWidth + j,
              x: ((row * channels + c) * height + i * stride + u - padding) * width + j * stride + v - padding,
              lines,
              columns,
            });
          }
}

export function convolution({ window, filters }: ConvolutionOperation): Arithmetic {
  const { width, stride, outHeight, outWidth } = window;
  const places = outHeight * outWidth;

  const addProducts = (count: number, x: Float64Array, w: Float64Array, y: Float64Array): void =>
    meetings(window, filters, count, (at) => {
      const weight = w[at.w];
      for (let i = 0; i < at.lines; i++) {
        const [toY, toX] = [at.y + i * outWidth, at.x + i * width * stride];
        for (let j = 0; j < at.columns; j++) y[toY + j] += weight * x[toX + j * stride];
      }
    });
  const addInputGradient = (count: number, dy: Float64Array, w: Float64Array, dx: Float64Array): void =>
    meetings(window, filters, count, (at) => {
      const weight = w[at.w];
      for (let i = 0; i < at.lines; i++) {
        const [toY, toX] = [at.y + i * outWidth, at.x + i * width * stride];
        for (let j = 0; j < at.columns; j++) dx[toX + j * stride] += weight * dy[toY + j];
      }
    });
  const addWeightGradient = (count: number, dy: Float64Array, x: Float64Array, dw: Float64Array): void =>
    meetings(window, filters, count, (at) => {
      let sum = 0;
      for (let i = 0; i < at.lines; i++) {
        const [toY, toX] = [at.y + i * outWidth, at.x + i * width * stride];
        for (let j = 0; j < at.columns; j++) sum += dy[toY + j] * x[toX + j * stride];
      }
      dw[at.w] += sum;
    });
  const fillBias = (b: Float64Array, y: Float64Array): void => {
    for (let k = 0; k < y.length; k++) y[k] = b[Math.floor(k / places) % filters];
  };
  const addBiasGradient = (dy: Float64Array, db: Float64Array): void => {
    for (let k = 0; k < dy.length; k++) db[Math.floor(k / places) % filters] += dy[k];
  };

  return {
    keeps: () => 0,
    forward({ count, x, y, w }) {
      fillBias(w[1], y);
      addProducts(count, x[0], w[0], y);
    },
    backward({ count, x, w }, d) {
      addWeightGradient(count, d.y, x[0], d.w[0]);
      addBiasGradient(d.y, d.w[1]);
      if (d.x[0]) addInputGradient(count, d.y, w[0], d.x[0]);
    },
    tangent({ count, x, w }, r) {
      fillBias(r.w[1], r.y);
      addProducts(count, x[0], r.w[0], r.y);
      if (r.x[0]) addProducts(count, r.x[0], w[0], r.y);
    },
    tangentBackward({ count, x, w }, d, r, rd, whole) {
      addWeightGradient(count, rd.y, x[0], rd.w[0]);
      if (r.x[0] && whole) addWeightGradient(count, d.y, r.x[0], rd.w[0]);
      addBiasGradient(rd.y, rd.w[1]);
      if (!rd.x[0]) return;
      addInputGradient(count, rd.y, w[0], rd.x[0]);
      if (whole) addInputGradient(count, d.y, r.w[0], rd.x[0]);
    },
  };
}
