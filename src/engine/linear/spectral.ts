/**
 * A function of a symmetric matrix times a vector, f(S)·v = V·f(Λ)·Vᵀ·v, without ever forming the eigenvectors: S is made tridiagonal, QL's
 * rotations take v's image into the eigenvectors' coordinates, and the same rotations, undone in reverse order, bring the result back.
 * That leaves the reduction to tridiagonal form, ⅔·n³ multiplications and as many additions, as the only part that grows with n³.
 */
import { norm } from '../vectors';
import { normaliseSize } from './eigen';
import { tridiagonalise } from './householder';
import { Rotations } from './rotations';
import { implicitQl } from './tridiagonal';

/**
 * out = f(S)·v. Exact to rounding. Eigenvalues and parts of v that are rounding beside the largest count as 0, and 0 times f is 0: a
 * direction in which S is flat and v has no part stays out of the result, even where f is infinite there.
 * All NaN where S or v is not finite.
 * @param s [n, n], of which the lower triangle is read; it is overwritten @param v n numbers @param out may be v
 */
export function symmetricFunction(s: Float64Array, n: number, v: Float64Array, f: (eigenvalue: number) => number, out: Float64Array): void {
  const size = normaliseSize(s, n);
  if (!Number.isFinite(size) || !v.every(Number.isFinite)) return void out.fill(NaN);
  const { diagonal, off, into, outOf } = tridiagonalise(s, n);
  if (out !== v) out.set(v);
  into(out);
  const rotations = new Rotations();
  implicitQl(diagonal, off, (i, c, s) => {
    rotations.keep(i, c, s);
    const upper = out[i + 1];
    out[i + 1] = s * out[i] + c * upper;
    out[i] = c * out[i] - s * upper;
  });
  applyAlong(f, diagonal, size, out);
  rotations.undo(out);
  outOf(out);
}

/** Multiplies the part along each eigenvector by f of the eigenvalue. @param unit what the eigenvalues are measured in */
function applyAlong(f: (eigenvalue: number) => number, eigenvalues: Float64Array, unit: number, parts: Float64Array): void {
  const n = parts.length;
  const largest = eigenvalues.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const length = norm(parts);
  const rounding = n * Number.EPSILON;
  for (let k = 0; k < n; k++) {
    const flat = Math.abs(eigenvalues[k]) <= rounding * largest;
    if (parts[k] === 0 || (flat && Math.abs(parts[k]) <= rounding * length)) parts[k] = 0;
    else parts[k] *= f(flat ? 0 : eigenvalues[k] * unit);
  }
}
