/**
 * How a function curves at a place: the eigenvalues and eigenvectors of its exact Hessian, and what kind of place that makes it where the
 * gradient vanishes.
 */
import { symmetricEigen } from '../../engine/linear';
import type { ScalarFunction } from '../../engine/language';

/** One principal direction. */
export interface Direction {
  /** Second derivative along it, in units of the function over the square of a variable's. */
  readonly eigenvalue: number;
  /** Of length 1; one component a variable. */
  readonly vector: readonly number[];
}

/** Principal directions, that of the largest curvature first; none where the Hessian is not finite. */
export function principalDirections(f: ScalarFunction, position: readonly number[]): readonly Direction[] {
  const n = f.variables.length;
  const hessian = f.hessian(position);
  if (!hessian.every(Number.isFinite)) return [];
  const { values, vectors } = symmetricEigen(hessian, n);
  const directions = Array.from(values, (eigenvalue, k) => ({
    eigenvalue,
    vector: Array.from({ length: n }, (_, i) => vectors[i * n + k]),
  }));
  return directions.sort((a, b) => b.eigenvalue - a.eigenvalue);
}

export type Rest = 'minimum' | 'maximum' | 'saddle' | 'flat';

/** A gradient this short against the size of the Hessian is one that vanishes: the place is critical to about seven digits. */
const VANISHING = 1e-7;

/** What kind of critical point a place is; null where the gradient does not vanish there. */
export function restAt(f: ScalarFunction, position: readonly number[]): Rest | null {
  const slope = Math.hypot(...f.gradient(position));
  const directions = principalDirections(f, position);
  const size = Math.max(0, ...directions.map(({ eigenvalue }) => Math.abs(eigenvalue)));
  if (!(slope <= VANISHING * Math.max(size, 1))) return null;
  const signs = directions.map(({ eigenvalue }) => (Math.abs(eigenvalue) <= 1e-9 * Math.max(size, 1) ? 0 : Math.sign(eigenvalue)));
  if (signs.includes(1) && signs.includes(-1)) return 'saddle';
  if (signs.includes(0)) return 'flat';
  return signs[0] > 0 ? 'minimum' : 'maximum';
}
