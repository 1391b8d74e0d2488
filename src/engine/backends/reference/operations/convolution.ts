/** Cross-correlation: y[f, i, j] = Σ w[f, c, u, v]·x[c, i·stride + u − padding, j·stride + v − padding] + b[f]. Bilinear, as a dense layer is. */
import type { ConvolutionOperation } from '../../../network/operations';
import type { Arithmetic } from './definition';

export function convolution({ window, filters }: ConvolutionOperation): Arithmetic {
  const { channels, height, width, kernelHeight, kernelWidth, stride, padding, outHeight, outWidth } = window;
  const places = outHeight * outWidth;

  /** Visits every product: which number of y, of w and of x takes part. Sums run in the order of w's numbers. */
  const products = (count: number, visit: (y: number, w: number, x: number) => void): void => {
    for (let row = 0; row < count; row++)
      for (let f = 0; f < filters; f++)
        for (let i = 0; i < outHeight; i++)
          for (let j = 0; j < outWidth; j++) {
            const y = (row * filters + f) * places + i * outWidth + j;
            for (let c = 0; c < channels; c++)
              for (let u = 0; u < kernelHeight; u++) {
                const line = i * stride + u - padding;
                if (line < 0 || line >= height) continue;
                for (let v = 0; v < kernelWidth; v++) {
                  const column = j * stride + v - padding;
                  if (column < 0 || column >= width) continue;
                  const w = ((f * channels + c) * kernelHeight + u) * kernelWidth + v;
                  visit(y, w, ((row * channels + c) * height + line) * width + column);
                }
              }
          }
  };

  const addProducts = (count: number, x: Float64Array, w: Float64Array, y: Float64Array): void =>
    products(count, (atY, atW, atX) => {
      y[atY] += w[atW] * x[atX];
    });
  const addInputGradient = (count: number, dy: Float64Array, w: Float64Array, dx: Float64Array): void =>
    products(count, (atY, atW, atX) => {
      dx[atX] += w[atW] * dy[atY];
    });
  const addWeightGradient = (count: number, dy: Float64Array, x: Float64Array, dw: Float64Array): void =>
    products(count, (atY, atW, atX) => {
      dw[atW] += dy[atY] * x[atX];
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
