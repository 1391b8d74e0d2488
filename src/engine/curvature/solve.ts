/**
 * Functions of a curvature matrix applied to a vector: what Newton's methods multiply the gradient by. The matrix is only ever asked for
 * products. The Krylov space of the vector holds the exact answer once it is invariant, after at most as many products as there are
 * parameters; large models stop long before.
 */
import type { HessianOperator } from '../backends/backend';
import { symmetricEigen } from '../linear';
import { axpy, dot, norm } from '../vectors';
import { Krylov } from './krylov';

/** Up to this many parameters the answer is exact. */
export const EXACT_LIMIT = 2000;
/** The most products for larger models. */
export const MOST_PRODUCTS = 50;
/** An eigenvalue this much smaller than the largest is 0 to rounding. */
const NEGLIGIBLE = 1e-13;

/**
 * out = f(H)·v = Q·f(Λ)·Qᵀ·v.
 * @param f of an eigenvalue; those that are 0 to rounding come as exactly 0, and what `f` makes infinite counts as 0, as in a pseudo-inverse
 * @param v one number a parameter; not changed @param out may not be `v`; all NaN where the matrix or `v` is not finite
 */
export function hessianFunction(operator: HessianOperator, v: Float64Array, f: (eigenvalue: number) => number, out: Float64Array): void {
  const size = norm(v);
  if (!(size > 0 && Number.isFinite(size))) {
    out.fill(size);
    return;
  }
  const krylov = new Krylov(operator, v);
  const most = operator.size <= EXACT_LIMIT ? operator.size : MOST_PRODUCTS;
  while (!krylov.invariant && krylov.steps < most) krylov.step();
  const n = krylov.steps;
  const small = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    small[i * n + i] = krylov.alpha[i];
    if (i > 0) small[i * n + i - 1] = small[(i - 1) * n + i] = krylov.beta[i - 1];
  }
  const { values, vectors } = symmetricEigen(small, n);
  const least = NEGLIGIBLE * values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const coordinates = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const image = f(Math.abs(values[k]) <= least ? 0 : values[k]);
    const part = Math.abs(image) === Infinity ? 0 : image * vectors[k] * size;
    for (let i = 0; i < n; i++) coordinates[i] += part * vectors[i * n + k];
  }
  out.set(krylov.combine(coordinates));
}

/** The most products of one solution by conjugate gradients. */
const MOST_ITERATIONS = 250;
/** Conjugate gradients stop where the last iterations lowered the quadratic model by less than this share an iteration. */
const SLOW = 5e-4;

/**
 * out ≈ (G + damping·I)⁻¹·v by conjugate gradients from 0, for a positive semidefinite G; stops as Martens 2010 (section 4.4) does, where
 * the quadratic model all but stops falling, or when nothing is left.
 */
export function gaussNewtonSolve(operator: HessianOperator, v: Float64Array, damping: number, out: Float64Array): void {
  out.fill(0);
  const residual = v.slice();
  const direction = v.slice();
  const product = new Float64Array(v.length);
  let square = dot(residual, residual);
  const enough = square * 1e-24;
  const models = [0];
  for (let i = 1; i <= MOST_ITERATIONS && square > enough; i++) {
    operator.apply(direction, product);
    axpy(damping, direction, product);
    const curvature = dot(direction, product);
    if (curvature <= 0) break; // flat to rounding: nothing more to gain
    const length = square / curvature;
    axpy(length, direction, out);
    axpy(-length, product, residual);
    // φ(x) = xᵀ(G + damping·I)x/2 − vᵀx, from the residual v − (G + damping·I)x
    models.push(-0.5 * (dot(out, residual) + dot(out, v)));
    const window = Math.max(10, Math.floor(0.1 * i));
    if (i > window && models[i] < 0 && (models[i] - models[i - window]) / models[i] < window * SLOW) break;
    const next = dot(residual, residual);
    for (let k = 0; k < direction.length; k++) direction[k] = residual[k] + (next / square) * direction[k];
    square = next;
  }
  if (Number.isNaN(square)) out.fill(NaN);
}
