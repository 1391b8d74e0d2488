/**
 * Eigenvalues of a symmetric tridiagonal matrix by the implicit QL method with Wilkinson's shift (Golub & Van Loan, Matrix
 * Computations, 8.3). Lanczos reduces the Hessian to such a matrix. The rotations are applied to any rows that are wanted: the last
 * row of the eigenvectors gives residual bounds, the first gives quadrature weights, all of them give the eigenvectors themselves.
 */

/**
 * Diagonalises T = Q·Λ·Qᵀ.
 * @param diagonal n numbers @param off n − 1 numbers beside the diagonal; neither is changed
 * @param rows each a row vector r of n numbers, replaced by r·Q in the order of the eigenvalues
 * @returns the eigenvalues, ascending; all NaN where an entry is not finite
 */
export function diagonalise(diagonal: readonly number[], off: readonly number[], rows: readonly Float64Array[] = []): Float64Array {
  const n = diagonal.length;
  const d = Float64Array.from(diagonal);
  const e = new Float64Array(n);
  e.set(off.slice(0, Math.max(n - 1, 0)));
  if (![...d, ...e].every(Number.isFinite)) return d.fill(NaN);
  for (let first = 0; first < n; first++) {
    // Each round brings e[first] towards 0, cubically; fifty are far more than it ever takes.
    for (let round = 0; round < 50; round++) {
      const last = decoupled(d, e, first);
      if (last === first) break;
      sweep(d, e, first, last, rows);
    }
  }
  return sortedWith(d, rows);
}

/** The end of the block that begins at `first`: the first place from there whose off-diagonal entry no longer counts. */
function decoupled(d: Float64Array, e: Float64Array, first: number): number {
  let last = first;
  while (last < d.length - 1 && Math.abs(e[last]) > Number.EPSILON * 0.5 * (Math.abs(d[last]) + Math.abs(d[last + 1]))) last++;
  return last;
}

/** One implicit QL sweep over the block from `first` to `last`. */
function sweep(d: Float64Array, e: Float64Array, first: number, last: number, rows: readonly Float64Array[]): void {
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
    for (const row of rows) {
      const upper = row[i + 1];
      row[i + 1] = s * row[i] + c * upper;
      row[i] = c * row[i] - s * upper;
    }
  }
  d[first] -= p;
  e[first] = g;
  e[last] = 0;
}

function sortedWith(d: Float64Array, rows: readonly Float64Array[]): Float64Array {
  const order = Array.from(d.keys()).sort((a, b) => d[a] - d[b]);
  for (const row of rows) row.set(order.map((i) => row[i]));
  return Float64Array.from(order, (i) => d[i]);
}
