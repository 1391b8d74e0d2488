/** Random symmetric matrices with a known answer: the cyclic Jacobi method, slow, plain and independent of the engine's. */
import type { HessianOperator } from '../../../src/engine/backends/backend';
import { Random } from '../../../src/engine/random';

export type Matrix = readonly (readonly number[])[];

/** Eigenvalues of a symmetric matrix, ascending (cyclic Jacobi rotations until nothing is left beside the diagonal). */
export function eigenvalues(matrix: Matrix): number[] {
  const a = matrix.map((row) => [...row]);
  const n = a.length;
  const offDiagonal = (): number => a.reduce((sum, row, i) => sum + row.reduce((s, x, j) => (i === j ? s : s + x * x), 0), 0);
  const size = a.flat().reduce((sum, x) => sum + x * x, 0);
  while (offDiagonal() > 1e-30 * size)
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        if (a[p][q] === 0) continue;
        const theta = 0.5 * Math.atan2(2 * a[p][q], a[q][q] - a[p][p]);
        const [c, s] = [Math.cos(theta), Math.sin(theta)];
        for (let k = 0; k < n; k++) [a[k][p], a[k][q]] = [c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]];
        for (let k = 0; k < n; k++) [a[p][k], a[q][k]] = [c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]];
        a[p][q] = a[q][p] = 0;
      }
  return a.map((row, i) => row[i]).sort((x, y) => x - y);
}

/** A symmetric matrix of normal numbers. */
export function randomSymmetric(n: number, seed: number): Matrix {
  const random = new Random(seed, 'test/symmetric');
  const a = Array.from({ length: n }, () => Array.from({ length: n }, () => random.normal()));
  return a.map((row, i) => row.map((x, j) => (x + a[j][i]) / 2));
}

/** A symmetric matrix with the given eigenvalues, turned by random reflections. */
export function withEigenvalues(values: readonly number[], seed: number): Matrix {
  const n = values.length;
  let a = values.map((value, i) => values.map((_, j) => (i === j ? value : 0)));
  const random = new Random(seed, 'test/reflections');
  for (let round = 0; round < 3; round++) {
    const v = values.map(() => random.normal());
    const square = v.reduce((sum, x) => sum + x * x, 0);
    const av = a.map((row) => row.reduce((sum, x, j) => sum + x * v[j], 0));
    const vav = v.reduce((sum, x, i) => sum + x * av[i], 0);
    a = a.map((row, i) => row.map((x, j) => x - (2 / square) * (v[i] * av[j] + av[i] * v[j]) + (4 / square ** 2) * vav * v[i] * v[j]));
  }
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (a[i][j] + a[j][i]) / 2));
}

/** A matrix as a Hessian, with a gradient. */
export const operatorOf = (matrix: Matrix, gradient: readonly number[] = matrix.map(() => 0)): HessianOperator => ({
  size: matrix.length,
  apply: (v, out) => matrix.forEach((row, i) => (out[i] = row.reduce((sum, x, j) => sum + x * v[j], 0))),
  gradient: (out) => out.set(gradient),
});

/** Runs a generator to its end. @returns its result and how often it paused */
export function run<Result>(work: Generator<unknown, Result>): { readonly result: Result; readonly pauses: number } {
  for (let pauses = 0; ; pauses++) {
    const { done, value } = work.next();
    if (done) return { result: value, pauses };
  }
}

export const close = (actual: number, expected: number, tolerance: number, what = ''): void => {
  if (!(Math.abs(actual - expected) <= tolerance)) throw new Error(`${what} ${actual} is not within ${tolerance} of ${expected}`);
};
