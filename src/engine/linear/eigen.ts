/**
 * Eigenvalues and eigenvectors of a symmetric matrix, and the roots that are made of them: reflections make it tridiagonal, the implicit QL
 * method the tridiagonal matrix diagonal. Only the lower triangle is read. Where a number is not finite, all of the result is NaN.
 */
import { tridiagonalise } from './householder';
import { matmul, transpose } from './products';
import { Rotations } from './rotations';
import { implicitQl, order } from './tridiagonal';

export interface Eigen {
  /** Ascending. */
  readonly values: Float64Array;
  /** [n, n]: column k belongs to `values[k]`, has length 1, and its largest component is positive. */
  readonly vectors: Float64Array;
}

/** How many rotations are applied together: enough that rows stay in the cache for long, few enough that the rotations do too. */
const together = 8192;

/**
 * S = V·Λ·Vᵀ. The sign of a vector is settled by its largest component; of components alike in size to one part in a million, by the first,
 * so that rounding does not decide.
 * @param s [n, n]
 */
export function symmetricEigen(s: Float64Array, n: number): Eigen {
  const scaled = s.slice();
  const size = normaliseSize(scaled, n);
  if (!Number.isFinite(size)) return { values: new Float64Array(n).fill(NaN), vectors: new Float64Array(n * n).fill(NaN) };
  const { diagonal, off, written } = tridiagonalise(scaled, n);
  const columns = written();
  const rotations = new Rotations();
  implicitQl(diagonal, off, (i, c, s) => {
    rotations.keep(i, c, s);
    if (rotations.count === together) rotations.applyTo(columns, n);
  });
  rotations.applyTo(columns, n);
  const values = new Float64Array(n);
  const vectors = new Float64Array(n * n);
  order(diagonal).forEach((from, to) => {
    values[to] = diagonal[from] * size;
    const sign = signOf(columns, from, n);
    for (let i = 0; i < n; i++) vectors[i * n + to] = sign * columns[i * n + from];
  });
  return { values, vectors };
}

/** The eigenvectors of `symmetricEigen`. @param s [n, n] @returns [n, n], by column */
export const eigenvectors = (s: Float64Array, n: number): Float64Array => symmetricEigen(s, n).vectors;

/**
 * S^(−1/p) = V·Λ^(−1/p)·Vᵀ. An eigenvalue below 0 counts as 0, whose root has no inverse: all NaN then.
 * @param s [n, n], symmetric positive definite @returns [n, n], exactly symmetric
 */
export function inverseRoot(s: Float64Array, n: number, p: number): Float64Array {
  const { values, vectors } = symmetricEigen(s, n);
  if (!values.every((value) => value > 0)) return new Float64Array(n * n).fill(NaN);
  const roots = values.map((value) => Math.pow(value, -0.5 / p));
  const half = vectors.map((entry, i) => entry * roots[i % n]);
  return matmul(half, transpose(half, n, n), n, n, n);
}

/**
 * Divides the lower triangle by the power of two that brings its largest entry into [1, 2).
 * @returns that power; 1 for a matrix of zeros; NaN where an entry is not finite
 */
export function normaliseSize(s: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const size = Math.abs(s[i * n + j]);
      if (!(size < Infinity)) return NaN;
      if (size > largest) largest = size;
    }
  if (largest === 0) return 1;
  const power = 2 ** Math.max(Math.floor(Math.log2(largest)), -1022);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) s[i * n + j] /= power;
  return power;
}

/** Of column k. */
function signOf(columns: Float64Array, k: number, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(columns[i * n + k]));
  for (let i = 0; i < n; i++) if (Math.abs(columns[i * n + k]) >= largest * (1 - 1e-6)) return columns[i * n + k] < 0 ? -1 : 1;
  return 1;
}
