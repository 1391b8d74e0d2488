/**
 * Inverse and solution of equations with a symmetric positive definite matrix, by its Cholesky factor (Golub & Van Loan, Matrix
 * Computations, 4.2). Only the lower triangle is read. A matrix that is not positive definite has no factor: then every number of the
 * result is NaN, so that a run that comes to this ends as diverged.
 */
import { dotAt } from './products';

/** L with S = L·Lᵀ, 0 above the diagonal. @param s [n, n] @returns [n, n]; all NaN where S is not positive definite */
export function cholesky(s: Float64Array, n: number): Float64Array {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j < i; j++) factor[row + j] = (s[row + j] - dotAt(factor, row, factor, j * n, j)) / factor[j * n + j];
    const pivot = s[row + i] - dotAt(factor, row, factor, row, i);
    if (!(pivot > 0 && pivot < Infinity)) return factor.fill(NaN);
    factor[row + i] = Math.sqrt(pivot);
  }
  return factor;
}

/** S⁻¹, exactly symmetric. @param s [n, n] @returns [n, n]; all NaN where S is not positive definite */
export function inverse(s: Float64Array, n: number): Float64Array {
  const lower = inverseOfLower(cholesky(s, n), n);
  // S⁻¹ = L⁻ᵀ·L⁻¹, as a sum of outer products of the rows of L⁻¹.
  const out = new Float64Array(n * n);
  for (let k = 0; k < n; k++)
    for (let i = 0; i <= k; i++) {
      const factor = lower[k * n + i];
      for (let j = 0; j <= i; j++) out[i * n + j] += factor * lower[k * n + j];
    }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) out[j * n + i] = out[i * n + j];
  return out;
}

/** S⁻¹·B @param s [n, n] @param b [n, m] @returns [n, m]; all NaN where S is not positive definite */
export function solve(s: Float64Array, b: Float64Array, n: number, m: number): Float64Array {
  const factor = cholesky(s, n);
  const out = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtractRow(out, i, factor[i * n + k], k, m);
    divideRow(out, i, factor[i * n + i], m);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) subtractRow(out, i, factor[k * n + i], k, m);
    divideRow(out, i, factor[i * n + i], m);
  }
  return out;
}

/** L⁻¹ of a lower triangular L. */
function inverseOfLower(factor: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    out[row + i] = 1;
    for (let k = 0; k < i; k++) {
      const times = factor[row + k];
      for (let j = 0; j <= k; j++) out[row + j] -= times * out[k * n + j];
    }
    for (let j = 0; j <= i; j++) out[row + j] /= factor[row + i];
  }
  return out;
}

/** Row i less `times` row k, of a matrix with `columns` columns. */
function subtractRow(matrix: Float64Array, i: number, times: number, k: number, columns: number): void {
  for (let j = 0; j < columns; j++) matrix[i * columns + j] -= times * matrix[k * columns + j];
}

function divideRow(matrix: Float64Array, i: number, by: number, columns: number): void {
  for (let j = 0; j < columns; j++) matrix[i * columns + j] /= by;
}
