/**
 * A symmetric matrix made tridiagonal by reflections, S = Z·T·Zᵀ (Householder; Golub & Van Loan, Matrix Computations, 8.3.1): the n³ part of
 * every function of a symmetric matrix. It works upwards from the last row, on the lower triangle, whose rows are contiguous. Memory
 * is what it costs, so each stage's update and the next stage's product with the matrix are one pass.
 */

/** S = Z·T·Zᵀ with T tridiagonal and Z orthogonal. */
export interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** n − 1 numbers beside the diagonal. */
  readonly off: Float64Array;
  /** v ← Zᵀ·v */
  into(v: Float64Array): void;
  /** v ← Z·v */
  outOf(v: Float64Array): void;
}

/**
 * @param s [n, n], row-major, of which only the lower triangle counts; it is overwritten and then belongs to the result. Its largest entry should
 * be near 1, so that no square overflows or vanishes.
 */
export function tridiagonalise(s: Float64Array, n: number): Tridiagonal {
  const diagonal = new Float64Array(n);
  const off = new Float64Array(Math.max(n - 1, 0));
  // Reflection i is 1 − u·uᵀ/half[i]; its u stands in row i, left of the diagonal. Where half is 0 nothing is reflected.
  const half = new Float64Array(n);
  let u = new Float64Array(n);
  let q = new Float64Array(n);
  let [oldU, oldQ] = [u.slice(), q.slice()];
  for (let i = n - 1; i >= 0; i--) {
    const row = i * n;
    // What is still to be taken off: the last stage's u·qᵀ + q·uᵀ.
    for (let k = 0; k <= i; k++) s[row + k] -= oldQ[i] * oldU[k] + oldU[i] * oldQ[k];
    diagonal[i] = s[row + i];
    if (i === 0) break;
    half[i] = reflect(s, row, i);
    off[i - 1] = s[row + i];
    u.set(s.subarray(row, row + i));
    multiply(s, n, i, oldU, oldQ, u, q);
    if (half[i] > 0) {
      let along = 0;
      for (let k = 0; k < i; k++) along += u[k] * q[k];
      const back = along / (2 * half[i]);
      for (let k = 0; k < i; k++) q[k] = (q[k] - back * u[k]) / half[i];
    } else q.fill(0, 0, i);
    [u, q, oldU, oldQ] = [oldU, oldQ, u, q];
  }
  const each = (v: Float64Array, i: number): void => {
    if (half[i] === 0) return;
    const row = i * n;
    let along = 0;
    for (let k = 0; k < i; k++) along += s[row + k] * v[k];
    along /= half[i];
    for (let k = 0; k < i; k++) v[k] -= along * s[row + k];
  };
  return {
    diagonal,
    off,
    into(v) {
      for (let i = n - 1; i > 0; i--) each(v, i);
    },
    outOf(v) {
      for (let i = 1; i < n; i++) each(v, i);
    },
  };
}

/**
 * Replaces x, the first `count` numbers from `at`, by u with (1 − u·uᵀ/half)·x = (0, …, 0, α), and the number behind them by α.
 * @returns half = uᵀu/2, or 0 where x has that form already
 */
function reflect(s: Float64Array, at: number, count: number): number {
  const last = at + count - 1;
  let squares = 0;
  for (let k = at; k < last; k++) squares += s[k] * s[k];
  const end = s[last];
  if (squares === 0) {
    s[last + 1] = end;
    s.fill(0, at, last + 1);
    return 0;
  }
  const size = Math.sqrt(squares + end * end);
  const alpha = end > 0 ? -size : size;
  s[last] = end - alpha;
  s[last + 1] = alpha;
  return size * (size + Math.abs(end));
}

/** Takes oldU·oldQᵀ + oldQ·oldUᵀ off the leading `count` rows of the lower triangle, and multiplies what stays: out = S·u. */
function multiply(
  s: Float64Array,
  n: number,
  count: number,
  oldU: Float64Array,
  oldQ: Float64Array,
  u: Float64Array,
  out: Float64Array,
): void {
  for (let j = 0; j < count; j++) {
    const row = j * n;
    const [qj, uj, factor] = [oldQ[j], oldU[j], u[j]];
    let sum = 0;
    for (let k = 0; k < j; k++) {
      const value = s[row + k] - (qj * oldU[k] + uj * oldQ[k]);
      s[row + k] = value;
      sum += value * u[k];
      out[k] += value * factor;
    }
    const own = s[row + j] - 2 * qj * uj;
    s[row + j] = own;
    out[j] = sum + own * factor;
  }
}
