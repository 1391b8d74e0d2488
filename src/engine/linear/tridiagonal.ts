/**
 * Eigenvalues of a symmetric tridiagonal matrix by the implicit QL method with Wilkinson's shift (Golub & Van Loan, Matrix
 * Computations, 8.3). Lanczos and Householder's reflections reduce a symmetric matrix to such a one. The rotations are told one by one: the
 * last row of the eigenvectors gives residual bounds, the first gives quadrature weights, all of them give the eigenvectors themselves.
 */

/** A rotation of columns i and i + 1 of Q: they become c·qᵢ − s·qᵢ₊₁ and s·qᵢ + c·qᵢ₊₁. */
export type Rotate = (i: number, c: number, s: number) => void;

/**
 * Diagonalises T = Q·Λ·Qᵀ.
 * @param diagonal n numbers @param off n − 1 numbers beside the diagonal; neither is changed
 * @param rows each a row vector r of n numbers, replaced by r·Q in the order of the eigenvalues
 * @returns the eigenvalues, ascending; all NaN where an entry is not finite
 */
export function diagonalise(diagonal: readonly number[], off: readonly number[], rows: readonly Float64Array[] = []): Float64Array {
  const n = diagonal.length;
  const d = Float64Array.from(diagonal);
  const e = Float64Array.from(off.slice(0, Math.max(n - 1, 0)));
  if (![...d, ...e].every(Number.isFinite)) return d.fill(NaN);
  implicitQl(d, e, (i, c, s) => {
    for (const row of rows) {
      const upper = row[i + 1];
      row[i + 1] = s * row[i] + c * upper;
      row[i] = c * row[i] - s * upper;
    }
  });
  const ascending = order(d);
  for (const row of rows) row.set(ascending.map((i) => row[i]));
  return Float64Array.from(ascending, (i) => d[i]);
}

/**
 * The QL iteration itself.
 * @param d the diagonal, finite; becomes the eigenvalues, in no order @param off n − 1 finite numbers beside it, not changed
 * @param rotate told each rotation, in the order in which Q is their product
 */
export function implicitQl(d: Float64Array, off: Float64Array, rotate: Rotate): void {
  const n = d.length;
  const e = new Float64Array(n);
  e.set(off.subarray(0, Math.max(n - 1, 0)));
  for (let first = 0; first < n; first++) {
    // Each round brings e[first] towards 0, cubically; fifty are far more than it ever takes.
    for (let round = 0; round < 50; round++) {
      const last = decoupled(d, e, first);
      if (last === first) break;
      sweep(d, e, first, last, rotate);
    }
  }
}

/** The positions of numbers in ascending order. */
export const order = (values: Float64Array): number[] => Array.from(values.keys()).sort((a, b) => values[a] - values[b]);

/** The end of the block that begins at `first`: the first place from there whose off-diagonal entry no longer counts. */
function decoupled(d: Float64Array, e: Float64Array, first: number): number {
  let last = first;
  while (last < d.length - 1 && Math.abs(e[last]) > Number.EPSILON * 0.5 * (Math.abs(d[last]) + Math.abs(d[last + 1]))) last++;
  return last;
}

/** One implicit QL sweep over the block from `first` to `last`. */
function sweep(d: Float64Array, e: Float64Array, first: number, last: number, rotate: Rotate): void {
  const half = (d[first + 1] - d[first]) / (2 * e[first]);
  const root = Math.hypot(half, 1);
  let g = d[last] - d[first] + e[first] / (half + (half >= 0 ? root : -root));
  let s = 1;
  let c = 1;
  let p = 0;
  for (let i = last - 1; i >= first; i--) {
    const f = s * e[i];
    const b = c * e[i];
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] -= p;
      e[last] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    const lifted = d[i + 1] - p;
    const turn = (d[i] - lifted) * s + 2 * c * b;
    p = s * turn;
    d[i + 1] = lifted + p;
    g = c * turn - b;
    rotate(i, c, s);
  }
  d[first] -= p;
  e[first] = g;
  e[last] = 0;
}
