/**
 * Newton–Schulz iteration: drives every singular value of a matrix through the polynomial a·s + b·s³ + c·s⁵ again and again, with
 * matrix products alone. With Muon's coefficients (3.4445, −4.775, 2.0315) singular values in (0, 1] come near 1, which makes the
 * matrix nearly orthogonal (Jordan et al. 2024, "Muon"; Bernstein & Newhouse 2024, arXiv:2409.20325).
 */
import { matmul, transpose } from './products';

/**
 * X ← a·X + (b·A + c·A²)·X with A = X·Xᵀ, `steps` times; of X or Xᵀ, whichever has fewer rows. X is not normalised.
 * @param x [n, m] @returns [n, m]
 */
export function newtonSchulz(x: Float64Array, n: number, m: number, a: number, b: number, c: number, steps: number): Float64Array {
  if (n > m) return transpose(newtonSchulz(transpose(x, n, m), m, n, a, b, c, steps), m, n);
  let current: Float64Array = x.slice();
  for (let step = 0; step < steps; step++) {
    const gram = matmul(current, transpose(current, n, m), n, m, n);
    const squared = matmul(gram, gram, n, n, n);
    const factor = gram.map((value, i) => b * value + c * squared[i]);
    for (let i = 0; i < n; i++) factor[i * n + i] += a;
    current = matmul(factor, current, n, n, m);
  }
  return current;
}
