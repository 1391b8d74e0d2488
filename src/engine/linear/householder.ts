/**
 * A symmetric matrix made tridiagonal by reflections, S = Z·T·Zᵀ (Householder; Golub & Van Loan, Matrix Computations, 8.3.1): the n³ part
 * of every function of a symmetric matrix. It works upwards from the last row, on the lower triangle, whose rows are contiguous. Memory
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
  /** Z itself, [n, n]. */
  written(): Float64Array;
}

/**
 * @param s [n, n], row-major, of which only the lower triangle counts; it is overwritten and then belongs to the result. Its largest entry
 * should be near 1, so that no square overflows or vanishes.
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
    written: () => product(s, half, n),
  };
}

/**
 * Z = H₍ₙ₋₁₎·…·H₁: reflection i changes the leading i × i block alone, so the product is built from the smallest on. While it changes a
 * row, the row is added up for the next one, four rows at a time.
 */
function product(s: Float64Array, half: Float64Array, n: number): Float64Array {
  const z = new Float64Array(n * n);
  for (let i = 0; i < n; i++) z[i * n + i] = 1;
  // uᵀ·Z of reflection i, over half[i], and of the next.
  let along = new Float64Array(n);
  let next = new Float64Array(n);
  // Its own first row is still the identity's.
  if (n > 1 && half[1] > 0) along[0] = s[n] / half[1];
  for (let i = 1; i < n; i++) {
    const u = i * n;
    const after = i + 1 < n && half[i + 1] > 0 ? 1 / half[i + 1] : 0;
    const ahead = i + 1 < n ? u + n : u;
    next.fill(0, 0, i + 1);
    const whole = i - (i % 4);
    for (let row = 0; row < whole; row += 4) {
      const [z0, z1, z2, z3] = [row * n, (row + 1) * n, (row + 2) * n, (row + 3) * n];
      const [u0, u1, u2, u3] = [s[u + row], s[u + row + 1], s[u + row + 2], s[u + row + 3]];
      const [a0, a1, a2, a3] = [s[ahead + row] * after, s[ahead + row + 1] * after, s[ahead + row + 2] * after, s[ahead + row + 3] * after];
      for (let k = 0; k < i; k++) {
        const by = along[k];
        const v0 = z[z0 + k] - u0 * by;
        const v1 = z[z1 + k] - u1 * by;
        const v2 = z[z2 + k] - u2 * by;
        const v3 = z[z3 + k] - u3 * by;
        z[z0 + k] = v0;
        z[z1 + k] = v1;
        z[z2 + k] = v2;
        z[z3 + k] = v3;
        next[k] += a0 * v0 + a1 * v1 + (a2 * v2 + a3 * v3);
      }
    }
    for (let row = whole; row < i; row++) {
      const factor = s[u + row];
      const forNext = s[ahead + row] * after;
      for (let k = 0; k < i; k++) {
        const value = z[row * n + k] - factor * along[k];
        z[row * n + k] = value;
        next[k] += forNext * value;
      }
    }
    next[i] = s[ahead + i] * after;
    [along, next] = [next, along];
  }
  return z;
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

/**
 * Takes oldU·oldQᵀ + oldQ·oldUᵀ off the leading `count` rows of the lower triangle, and multiplies what stays: out = S·u. Four rows
 * at a time, so that the vectors are read once for four.
 */
function multiply(
  s: Float64Array,
  n: number,
  count: number,
  oldU: Float64Array,
  oldQ: Float64Array,
  u: Float64Array,
  out: Float64Array,
): void {
  out.fill(0, 0, count);
  const whole = count - (count % 4);
  for (let j = 0; j < whole; j += 4) {
    const [r0, r1, r2, r3] = [j * n, (j + 1) * n, (j + 2) * n, (j + 3) * n];
    const [q0, q1, q2, q3] = [oldQ[j], oldQ[j + 1], oldQ[j + 2], oldQ[j + 3]];
    const [p0, p1, p2, p3] = [oldU[j], oldU[j + 1], oldU[j + 2], oldU[j + 3]];
    const [u0, u1, u2, u3] = [u[j], u[j + 1], u[j + 2], u[j + 3]];
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let k = 0; k < j; k++) {
      const p = oldU[k];
      const q = oldQ[k];
      const by = u[k];
      const v0 = s[r0 + k] - (q0 * p + p0 * q);
      const v1 = s[r1 + k] - (q1 * p + p1 * q);
      const v2 = s[r2 + k] - (q2 * p + p2 * q);
      const v3 = s[r3 + k] - (q3 * p + p3 * q);
      s[r0 + k] = v0;
      s[r1 + k] = v1;
      s[r2 + k] = v2;
      s[r3 + k] = v3;
      s0 += v0 * by;
      s1 += v1 * by;
      s2 += v2 * by;
      s3 += v3 * by;
      out[k] += v0 * u0 + v1 * u1 + (v2 * u2 + v3 * u3);
    }
    out[j] += s0;
    out[j + 1] += s1;
    out[j + 2] += s2;
    out[j + 3] += s3;
    for (let row = j; row < j + 4; row++) multiplyRow(s, row * n, row, j, oldU, oldQ, u, out);
  }
  for (let row = whole; row < count; row++) multiplyRow(s, row * n, row, 0, oldU, oldQ, u, out);
}

/** The same for one row, from column `from` to the diagonal. @param at where the row begins */
function multiplyRow(
  s: Float64Array,
  at: number,
  row: number,
  from: number,
  oldU: Float64Array,
  oldQ: Float64Array,
  u: Float64Array,
  out: Float64Array,
): void {
  const [p, q, by] = [oldU[row], oldQ[row], u[row]];
  let sum = 0;
  for (let k = from; k < row; k++) {
    const value = s[at + k] - (q * oldU[k] + p * oldQ[k]);
    s[at + k] = value;
    sum += value * u[k];
    out[k] += value * by;
  }
  const own = s[at + row] - 2 * q * p;
  s[at + row] = own;
  out[row] += sum + own * by;
}
