/**
 * Matrix products on row-major float64 arrays without gaps. The order of every sum is fixed: four terms at a time along the summed
 * index, so the same numbers give the same bits on every machine.
 */

/** a·b @param a [n, k] @param b [k, m] @returns [n, m] */
export function matmul(a: Float64Array, b: Float64Array, n: number, k: number, m: number): Float64Array {
  const out = new Float64Array(n * m);
  const whole = k - (k % 4);
  for (let i = 0; i < n; i++) {
    const to = i * m;
    for (let l = 0; l < whole; l += 4) {
      const at = i * k + l;
      const [a0, a1, a2, a3] = [a[at], a[at + 1], a[at + 2], a[at + 3]];
      const [b0, b1, b2, b3] = [l * m, (l + 1) * m, (l + 2) * m, (l + 3) * m];
      for (let j = 0; j < m; j++) out[to + j] += a0 * b[b0 + j] + a1 * b[b1 + j] + (a2 * b[b2 + j] + a3 * b[b3 + j]);
    }
    for (let l = whole; l < k; l++) {
      const factor = a[i * k + l];
      for (let j = 0; j < m; j++) out[to + j] += factor * b[l * m + j];
    }
  }
  return out;
}

/** aᵀ @param a [n, m] @returns [m, n] */
export function transpose(a: Float64Array, n: number, m: number): Float64Array {
  const out = new Float64Array(n * m);
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) out[j * n + i] = a[i * m + j];
  return out;
}

/** Σ a[i + l]·b[j + l] for l below `count`, in four running sums. */
export function dotAt(a: Float64Array, i: number, b: Float64Array, j: number, count: number): number {
  const whole = count - (count % 4);
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let l = 0; l < whole; l += 4) {
    s0 += a[i + l] * b[j + l];
    s1 += a[i + l + 1] * b[j + l + 1];
    s2 += a[i + l + 2] * b[j + l + 2];
    s3 += a[i + l + 3] * b[j + l + 3];
  }
  for (let l = whole; l < count; l++) s0 += a[i + l] * b[j + l];
  return s0 + s1 + (s2 + s3);
}
