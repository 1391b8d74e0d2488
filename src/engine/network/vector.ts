/** Sums over plain arrays, in a fixed order and in float64 whatever the array holds, so that the same numbers give the same sum. */
import type { Floats } from '../backends/backend';

/** Inner product Σ aᵢbᵢ. */
export function dot(a: Floats, b: Floats): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Euclidean norm √Σ vᵢ². Where the squares overflow or vanish in float64, they are taken relative to the largest. */
export function l2(values: Floats): number {
  const n = values.length;
  // Four sums side by side do not wait for one another; their order is fixed all the same.
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = n - (n % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i] * values[i];
    b += values[i + 1] * values[i + 1];
    c += values[i + 2] * values[i + 2];
    d += values[i + 3] * values[i + 3];
  }
  for (let i = whole; i < n; i++) a += values[i] * values[i];
  const sum = a + b + (c + d);
  return sum > 1e-280 && sum < Infinity ? Math.sqrt(sum) : scaled(values);
}

function scaled(values: Floats): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  if (!(largest > 0 && largest < Infinity)) return largest;
  let sum = 0;
  for (const value of values) sum += (value / largest) ** 2;
  return largest * Math.sqrt(sum);
}
