/**
 * The four problems of test/oracle/make-optimizers.py, the same numbers: gradients in float64 from whatever weights a model holds.
 */
import type { Floats, Model } from '../../../src/engine/backends/backend';

export interface Problem {
  /** Fills the gradients of step `t` (from 1) at the model's weights. */
  gradient(model: Model, t: number): void;
}

const curvatures = [1e-3, 1e-1, 1, 10, 100];
const samples = [
  [0.5, -1.0, 0.3],
  [-0.2, 0.8, -0.6],
  [1.0, 1.0, 0.9],
  [-1.5, 0.1, 0.2],
  [0.0, -0.4, -0.1],
];
const scales = [0, 1e-30, 1e-20, 1e-8, 1e-4, 1];

const quadratic: Problem = {
  gradient: ({ weights: [w], gradients: [g] }) => curvatures.forEach((c, i) => (g[i] = c * w[i])),
};

const rosenbrock: Problem = {
  gradient({ weights: [[x, y]], gradients: [g] }) {
    g[0] = -2 * (1 - x) - 400 * x * (y - x * x);
    g[1] = 200 * (y - x * x);
  },
};

/** 2-4-1, tanh, mean squared error: w1 [4, 2], b1 [4], w2 [1, 4], b2 [1]. */
const network: Problem = {
  gradient({ weights: [w1, b1, w2, b2], gradients }) {
    const sums = gradients.map((each) => new Float64Array(each.length));
    const [dw1, db1, dw2, db2] = sums;
    for (const [x0, x1, target] of samples) {
      const hidden = Array.from({ length: 4 }, (_, j) => Math.tanh(w1[2 * j] * x0 + w1[2 * j + 1] * x1 + b1[j]));
      const out = hidden.reduce((sum, h, j) => sum + h * w2[j], b2[0]);
      const error = (2 * (out - target)) / samples.length;
      db2[0] += error;
      hidden.forEach((h, j) => {
        const delta = error * w2[j] * (1 - h * h);
        dw2[j] += error * h;
        db1[j] += delta;
        dw1[2 * j] += delta * x0;
        dw1[2 * j + 1] += delta * x1;
      });
    }
    sums.forEach((sum, i) => (gradients[i] as Floats).set(sum));
  },
};

const tiny: Problem = {
  gradient: ({ gradients }, t) =>
    scales.forEach((scale, i) => {
      for (let k = 0; k < 3; k++) gradients[i][k] = scale * (((t * 7 + i * 3 + k * 5) % 11) - 4);
    }),
};

export const problems: Readonly<Record<string, Problem>> = { quadratic, rosenbrock, network, tiny };
