/**
 * The four problems of test/oracle/problems.py, the same numbers, as full models: losses, gradients, Hessian products, all in float64
 * from whatever weights a model holds, so that a rule may ask for any of them in either precision. What a problem looks like changes
 * from step to step on `tiny`, with a period of 11: so many samples there are, and a batch is one of them.
 */
import type { Floats, HessianOperator, Layer, Model, Moments } from '../../../src/engine/backends/backend';
import type { ResidentModel } from '../../../src/engine/backends/cpu/resident';
import type { Random } from '../../../src/engine/random';
import { residentModel } from '../language/models';

type Tensors = readonly Floats[];
/** A linear map on directions, layer after layer. */
type Product = (v: readonly Float64Array[]) => readonly Float64Array[];

export interface Problem {
  readonly layers: readonly Layer[];
  readonly start: readonly (readonly number[])[];
  /** The loss of step `t`. */
  loss(w: Tensors, t: number): number;
  /** Its gradient. */
  gradient(w: Tensors, t: number): readonly Float64Array[];
  /** Its Hessian at `w`. */
  hessian(w: Tensors): Product;
  /** The generalised Gauss-Newton matrix at `w`. */
  gaussNewton(w: Tensors): Product;
  /** Its Hessian is 0: there is no Newton step. */
  readonly flat?: true;
  /** Only for a network. */
  readonly moments: ((w: Tensors, random: Random) => readonly Moments[]) | null;
}

const layer = (name: string, ...shape: number[]): Layer => ({ name, shape, parameters: shape.reduce((size, extent) => size * extent, 1) });

const curvatures = [1e-3, 1e-1, 1, 10, 100];
const diagonal = (v: Floats): Float64Array => Float64Array.from(curvatures, (c, i) => c * v[i]);

const quadratic: Problem = {
  layers: [layer('position', 5)],
  start: [[1, -2, 3, -0.5, 0.25]],
  loss: ([w]) => curvatures.reduce((sum, c, i) => sum + (c * w[i] * w[i]) / 2, 0),
  gradient: ([w]) => [diagonal(w)],
  hessian:
    () =>
    ([v]) => [diagonal(v)],
  gaussNewton:
    () =>
    ([v]) => [diagonal(v)],
  moments: null,
};

/** As a sum of squares: (1 − x)² + (10·(y − x²))². */
const rosenbrock: Problem = {
  layers: [layer('position', 2)],
  start: [[-1.2, 1]],
  loss: ([[x, y]]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2,
  gradient: ([[x, y]]) => [Float64Array.of(-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x))],
  hessian:
    ([[x, y]]) =>
    ([[a, b]]) => [Float64Array.of((2 - 400 * y + 1200 * x * x) * a - 400 * x * b, -400 * x * a + 200 * b)],
  gaussNewton:
    ([[x]]) =>
    ([[a, b]]) => [Float64Array.of((2 + 800 * x * x) * a - 400 * x * b, -400 * x * a + 200 * b)],
  moments: null,
};

const samples = [
  [0.5, -1.0, 0.3],
  [-0.2, 0.8, -0.6],
  [1.0, 1.0, 0.9],
  [-1.5, 0.1, 0.2],
  [0.0, -0.4, -0.1],
];
const unitsHidden = 4;

/** The hidden units and the output for one sample. */
function forward([w1, b1, w2, b2]: Tensors, [x0, x1]: readonly number[]) {
  const hidden = Array.from({ length: unitsHidden }, (_, j) => Math.tanh(w1[2 * j] * x0 + w1[2 * j + 1] * x1 + b1[j]));
  return { hidden, out: hidden.reduce((sum, h, j) => sum + h * w2[j], b2[0]) };
}

/** Adds to `into` what the outer products of errors and inputs give: the way back through both layers. */
function accumulate(
  [dw1, db1, dw2, db2]: Tensors,
  [x0, x1]: readonly number[],
  hidden: readonly number[],
  error: number,
  delta: readonly number[],
): void {
  db2[0] += error;
  hidden.forEach((h, j) => {
    dw2[j] += error * h;
    db1[j] += delta[j];
    dw1[2 * j] += delta[j] * x0;
    dw1[2 * j + 1] += delta[j] * x1;
  });
}

/** J·v for one sample: the change of the hidden units and of the output along `v`. */
function along([, , w2]: Tensors, [v1, c1, v2, c2]: readonly Float64Array[], [x0, x1]: readonly number[], hidden: readonly number[]) {
  const units = hidden.map((h, j) => (1 - h * h) * (v1[2 * j] * x0 + v1[2 * j + 1] * x1 + c1[j]));
  return { units, out: hidden.reduce((sum, h, j) => sum + units[j] * w2[j] + h * v2[j], c2[0]) };
}

const zeros = (like: Tensors): Float64Array[] => like.map(({ length }) => new Float64Array(length));

/** 2-4-1, tanh, mean squared error. */
const network: Problem = {
  layers: [layer('w1', 4, 2), layer('b1', 4), layer('w2', 1, 4), layer('b2', 1)],
  start: [[0.3, -0.2, 0.8, 0.5, -0.6, 0.1, 0.05, -0.9], [0, 0.1, -0.1, 0.2], [0.7, -0.4, 0.2, 0.5], [0.05]],
  loss: (w) => samples.reduce((sum, sample) => sum + (forward(w, sample).out - sample[2]) ** 2, 0) / samples.length,
  gradient(w) {
    const sums = zeros(w);
    for (const sample of samples) {
      const { hidden, out } = forward(w, sample);
      const error = (2 * (out - sample[2])) / samples.length;
      const delta = hidden.map((h, j) => error * w[2][j] * (1 - h * h));
      accumulate(sums, sample, hidden, error, delta);
    }
    return sums;
  },
  hessian: (w) => (v) => {
    const sums = zeros(w);
    for (const sample of samples) {
      const { hidden, out } = forward(w, sample);
      const error = (2 * (out - sample[2])) / samples.length;
      const change = along(w, v, sample, hidden);
      const errorChange = (2 * change.out) / samples.length;
      const delta = hidden.map(
        (h, j) => (errorChange * w[2][j] + error * v[2][j]) * (1 - h * h) - 2 * error * w[2][j] * h * change.units[j],
      );
      accumulate(sums, sample, hidden, errorChange, delta);
      change.units.forEach((unit, j) => (sums[2][j] += error * unit));
    }
    return sums;
  },
  gaussNewton: (w) => (v) => {
    const sums = zeros(w);
    for (const sample of samples) {
      const { hidden } = forward(w, sample);
      const errorChange = (2 * along(w, v, sample, hidden).out) / samples.length;
      const delta = hidden.map((h, j) => errorChange * w[2][j] * (1 - h * h));
      accumulate(sums, sample, hidden, errorChange, delta);
    }
    return sums;
  },
  // The squared error is minus the logarithm of a normal density of variance 1/2: so are the targets drawn.
  moments(w, random) {
    const outer = (into: Float64Array, a: readonly number[]): void =>
      a.forEach((x, i) => a.forEach((y, j) => (into[i * a.length + j] += (x * y) / samples.length)));
    const one = Float64Array.of(1);
    const [x, h, deltas, errors] = [new Float64Array(4), new Float64Array(16), new Float64Array(16), new Float64Array(1)];
    for (const sample of samples) {
      const { hidden } = forward(w, sample);
      const error = Math.SQRT2 * random.normal();
      outer(x, sample.slice(0, 2));
      outer(h, hidden);
      outer(
        deltas,
        hidden.map((unit, j) => error * w[2][j] * (1 - unit * unit)),
      );
      outer(errors, [error]);
    }
    return [
      { input: x, error: deltas },
      { input: one, error: deltas },
      { input: h, error: errors },
      { input: one, error: errors },
    ];
  },
};

const scales = [0, 1e-30, 1e-20, 1e-8, 1e-4, 1];
const given = (t: number): Float64Array[] =>
  scales.map((scale, i) => Float64Array.from({ length: 3 }, (_, k) => scale * (((t * 7 + i * 3 + k * 5) % 11) - 4)));

const tiny: Problem = {
  layers: scales.map((_, i) => layer(`tensor${i}`, 3)),
  start: scales.map(() => [0, 0, 0]),
  loss: (w, t) => given(t).reduce((sum, g, i) => sum + g.reduce((part, slope, k) => part + slope * w[i][k], 0), 0),
  gradient: (_w, t) => given(t),
  hessian: () => zeros,
  gaussNewton: () => zeros,
  flat: true,
  moments: null,
};

export const problems: Readonly<Record<string, Problem>> = { quadratic, rosenbrock, network, tiny };

/** Cuts a vector of all parameters into layers. */
function cut(layers: readonly Layer[], v: Float64Array): Float64Array[] {
  let end = 0;
  return layers.map(({ parameters }) => v.subarray(end, (end += parameters)));
}

function join(parts: readonly Float64Array[], out: Float64Array): void {
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
}

/** How many samples a problem has: after so many steps `tiny` repeats itself. */
const samplesOfProblem = 11;

/** The rows of the batch of step `t`. */
export const rowsOf = (t: number): Uint32Array => Uint32Array.of(t % samplesOfProblem);

/** What a model computes, from the arrays it lives in. */
function computations(problem: Problem, { weights, gradients }: { readonly weights: Tensors; readonly gradients: Tensors }) {
  const { layers } = problem;
  const size = layers.reduce((sum, { parameters }) => sum + parameters, 0);
  const frozen = (): Float64Array[] => weights.map((w) => Float64Array.from(w));
  const operator = (w: readonly Float64Array[], product: Product, t: number): HessianOperator => ({
    size,
    apply: (v, out) => join(product(cut(layers, v)), out),
    gradient: (out) => join(problem.gradient(w, t), out),
  });
  const { moments } = problem;
  return {
    parameters: size,
    samples: samplesOfProblem,
    gradient(rows: Uint32Array): number {
      problem.gradient(weights, rows[0]).forEach((g, i) => gradients[i].set(g));
      return problem.loss(weights, rows[0]);
    },
    buffers: [],
    begin: () => undefined,
    loss: (rows: Uint32Array) => problem.loss(weights, rows[0]),
    evaluate: (rows: Uint32Array) => ({ loss: problem.loss(weights, rows[0]), accuracy: null }),
    hessian(rows: Uint32Array): HessianOperator {
      const w = frozen();
      return operator(w, problem.hessian(w), rows[0]);
    },
    gaussNewton(rows: Uint32Array): HessianOperator {
      const w = frozen();
      return operator(w, problem.gaussNewton(w), rows[0]);
    },
    moments: moments && ((_rows: Uint32Array, random: Random) => moments(weights, random)),
  };
}

/** @param shapes extents of the tensors where a case sees them differently */
const seen = ({ layers }: Problem, shapes?: readonly (readonly number[])[]): readonly Layer[] =>
  layers.map((each, i) => ({ ...each, shape: shapes?.[i] ?? each.shape }));

/** A problem in float64, or in plain 32-bit arrays, at 0. */
export function plainProblem(
  problem: Problem,
  kind: typeof Float64Array | typeof Float32Array,
  shapes?: readonly (readonly number[])[],
): Model {
  const fresh = (): Floats[] => problem.layers.map(({ parameters }) => new kind(parameters));
  const arrays = { weights: fresh(), gradients: fresh() };
  return { layers: seen(problem, shapes), ...arrays, ...computations(problem, arrays) };
}

/** The same in float32, resident in WebAssembly memory. */
export function residentProblem(problem: Problem, shapes?: readonly (readonly number[])[]): ResidentModel {
  const resident = residentModel(problem.layers.map(({ parameters }) => parameters));
  return { ...resident, layers: seen(problem, shapes), ...computations(problem, resident) };
}
