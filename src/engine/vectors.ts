/**
 * Sums over long vectors in float64, in one fixed order: four running sums, which hides the latency of the addition and halves the
 * error of a plain loop, added at the end. The same numbers give the same bits on every machine.
 */
import type { Floats } from './backends/backend';

/** Σ aᵢ·bᵢ */
export function dot(a: Floats, b: Floats): number {
  const n = a.length;
  const whole = n - (n % 4);
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (let i = whole; i < n; i++) s0 += a[i] * b[i];
  return s0 + s1 + (s2 + s3);
}

/** √Σ aᵢ², also where the squares alone would overflow or vanish. */
export function norm(a: Floats): number {
  const squares = dot(a, a);
  return safe(squares) ? Math.sqrt(squares) : scaledNorm(a, null);
}

/** √Σ (aᵢ − bᵢ)², also where the squares alone would overflow or vanish. */
export function distance(a: Floats, b: Floats): number {
  const n = a.length;
  const whole = n - (n % 2);
  let s0 = 0;
  let s1 = 0;
  for (let i = 0; i < whole; i += 2) {
    const d0 = a[i] - b[i];
    const d1 = a[i + 1] - b[i + 1];
    s0 += d0 * d0;
    s1 += d1 * d1;
  }
  if (whole < n) s0 += (a[whole] - b[whole]) ** 2;
  return safe(s0 + s1) ? Math.sqrt(s0 + s1) : scaledNorm(a, b);
}

/** y += c·x */
export function axpy(c: number, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) y[i] += c * x[i];
}

/** x *= c */
export function scale(c: number, x: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] *= c;
}

/**
 * Takes out of `vector` its parts along `others`, which are orthonormal: v −= Σ (qₖ·v)·qₖ. Four at a time, because long vectors cost what it
 * takes to read them.
 */
export function removeParts(vector: Float64Array, others: readonly Float64Array[]): void {
  const whole = others.length - (others.length % 4);
  for (let k = 0; k < whole; k += 4) removeFour(vector, others[k], others[k + 1], others[k + 2], others[k + 3]);
  for (let k = whole; k < others.length; k++) axpy(-dot(others[k], vector), others[k], vector);
}

function removeFour(vector: Float64Array, a: Float64Array, b: Float64Array, c: Float64Array, d: Float64Array): void {
  let alongA = 0;
  let alongB = 0;
  let alongC = 0;
  let alongD = 0;
  for (let i = 0; i < vector.length; i++) {
    const v = vector[i];
    alongA += a[i] * v;
    alongB += b[i] * v;
    alongC += c[i] * v;
    alongD += d[i] * v;
  }
  for (let i = 0; i < vector.length; i++) vector[i] -= alongA * a[i] + alongB * b[i] + (alongC * c[i] + alongD * d[i]);
}

/** Below 1e-280 squares of small parts may have vanished; above 1e300 some may have overflowed. */
const safe = (squares: number): boolean => squares > 1e-280 && squares < 1e300;

function scaledNorm(a: Floats, b: Floats | null): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const size = Math.abs(b ? a[i] - b[i] : a[i]);
    if (Number.isNaN(size)) return NaN;
    if (size > largest) largest = size;
  }
  if (largest === 0 || largest === Infinity) return largest;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((b ? a[i] - b[i] : a[i]) / largest) ** 2;
  return largest * Math.sqrt(sum);
}
