/**
 * Functions of the Hessian for update rules: Newton's step is f(H)·g with f(λ) = 1/(λ + damping), the saddle-free one has 1/(|λ| +
 * damping). Up to 2,000 parameters the matrix is written out and the function exact; above, it is taken in the Krylov space of the vector,
 * where Lanczos gives the best that so many products can. For the Gauss–Newton matrix, which has no negative direction, conjugate
 * gradients as Hessian-free optimization uses them.
 */
import type { EventualOperator } from '../backends/backend';
import { wait, type Eventually, type Waiting } from '../eventually';
import { symmetricFunction } from '../linear';
import { diagonalise } from '../linear/tridiagonal';
import { axpy, dot, norm } from '../vectors';
import { Krylov, type SymmetricMap } from './krylov';

/** Up to this many parameters functions of the Hessian are exact. */
export const EXACT_LIMIT = 2000;

/** The most products with a larger Hessian for one function of it. */
export const FUNCTION_PRODUCTS = 50;

/** The Krylov space is large enough once another dimension changes the result by no more than this share of it. */
const CHANGE = 1e-7;

/** The largest number of float64 that a basis may hold (256 MiB). */
const LARGEST_BASIS = 2 ** 25;

/**
 * out = Q·f(Λ)·Qᵀ·v with H = Q·Λ·Qᵀ.
 * All NaN where a number is not finite.
 * @param f of an eigenvalue; where H is flat to rounding it is given 0, and not asked at all where v has no part there
 */
export function* hessianFunction(
  operator: EventualOperator,
  v: Float64Array,
  f: (eigenvalue: number) => number,
  out: Float64Array,
): Waiting<void> {
  if (operator.size <= EXACT_LIMIT) symmetricFunction(yield* lowerTriangle(operator), operator.size, v, f, out);
  else yield* krylovFunction(operator, v, f, out);
}

/** So many products with unit vectors are asked for before the first is waited for. */
const ABREAST = 32;

/** The matrix by its products with the unit vectors, [n, n]; below the diagonal the two halves averaged, above it not filled in. */
function* lowerTriangle(map: SymmetricMap): Waiting<Float64Array> {
  const n = map.size;
  const matrix = new Float64Array(n * n);
  const unit = new Float64Array(n);
  const columns = Array.from({ length: Math.min(n, ABREAST) }, () => new Float64Array(n));
  for (let first = 0; first < n; first += ABREAST) {
    const asked: Eventually<void>[] = [];
    for (let j = first; j < Math.min(n, first + ABREAST); j++) {
      unit[j] = 1;
      asked.push(map.apply(unit, columns[j - first]));
      unit[j] = 0;
    }
    if (asked.some((each) => each instanceof Promise)) yield* wait(Promise.all(asked));
    for (let j = first; j < first + asked.length; j++) {
      const column = columns[j - first];
      // Row j is column j: what lies left of the diagonal meets its other half, written before.
      for (let i = 0; i < j; i++) matrix[j * n + i] = 0.5 * (matrix[j * n + i] + column[i]);
      for (let i = j; i < n; i++) matrix[i * n + j] = column[i];
    }
  }
  return matrix;
}

/** ‖v‖·V·f(T)·e₁ in the space spanned by v, H·v, H²·v, … (Golub & Meurant 2010, Matrices, Moments and Quadrature, ch. 4 and 12). */
function* krylovFunction(map: SymmetricMap, v: Float64Array, f: (eigenvalue: number) => number, out: Float64Array): Waiting<void> {
  const length = norm(v);
  if (!(length > 0 && length < Infinity)) return void out.fill(length === 0 ? 0 : NaN);
  const krylov = new Krylov(map, v);
  const most = Math.min(FUNCTION_PRODUCTS, map.size, Math.max(2, Math.floor(LARGEST_BASIS / map.size)));
  let before: Float64Array = new Float64Array(0);
  for (;;) {
    yield* wait(krylov.step());
    const parts = functionOfTridiagonal(krylov, f, length);
    const change = norm(parts.map((part, k) => part - (before[k] ?? 0)));
    if (krylov.invariant || krylov.steps === most || !(change > CHANGE * norm(parts))) {
      out.set(krylov.combine(parts));
      return;
    }
    before = parts;
  }
}

/** length·f(T)·e₁ */
function functionOfTridiagonal({ alpha, beta, steps }: Krylov, f: (eigenvalue: number) => number, length: number): Float64Array {
  const rows = Array.from({ length: steps }, (_, i) => new Float64Array(steps).fill(1, i, i + 1));
  const values = diagonalise(alpha, beta, rows);
  const along = values.map((value, k) => (rows[0][k] === 0 ? 0 : rows[0][k] * f(value) * length));
  return Float64Array.from(rows, (row) => dot(row, along));
}

/** The most products of one conjugate-gradient solution. */
export const GRADIENT_PRODUCTS = 250;

/**
 * out ≈ (G + damping·I)⁻¹·v for a matrix G without negative directions, by conjugate gradients from 0. They stop when, over the last
 * k = max(10, i/10) steps, φ(x) = ½xᵀ(G + damping·I)x − vᵀx has fallen by less than k·0.0005 of itself (Martens 2010, "Deep learning via
 * Hessian-free optimization", section 4.4), at a residual of rounding, or after 250 products.
 * All NaN where a number is not finite or a direction is negative.
 */
export function* gaussNewtonSolve(operator: EventualOperator, v: Float64Array, damping: number, out: Float64Array): Waiting<void> {
  const residual = v.slice();
  const direction = v.slice();
  const product = new Float64Array(v.length);
  const x = out.fill(0);
  const start = dot(v, v);
  const falls: number[] = [0];
  let squares = start;
  if (!Number.isFinite(start)) return void x.fill(NaN);
  while (falls.length <= GRADIENT_PRODUCTS && squares > RESIDUAL * start) {
    yield* wait(operator.apply(direction, product));
    axpy(damping, direction, product);
    const curvature = dot(direction, product);
    if (!(curvature > 0)) {
      // Beyond what rounding explains it is no such matrix.
      if (falls.length > 1 && curvature >= -ROUNDING * norm(direction) * norm(product)) return;
      return void x.fill(NaN);
    }
    const step = squares / curvature;
    axpy(step, direction, x);
    axpy(-step, product, residual);
    const after = dot(residual, residual);
    for (let i = 0; i < direction.length; i++) direction[i] = residual[i] + (after / squares) * direction[i];
    squares = after;
    falls.push(-0.5 * (dot(x, v) + dot(x, residual)));
    if (settled(falls)) return;
  }
  if (!Number.isFinite(squares)) x.fill(NaN);
}

/** ‖residual‖²/‖v‖² of a solution right to rounding. */
const RESIDUAL = 1e-28;

/** What a 32-bit product may show of a negative direction that there is not. */
const ROUNDING = 1e-5;

/** Martens' rule. @param falls φ after each step, first before any */
function settled(falls: readonly number[]): boolean {
  const i = falls.length - 1;
  const k = Math.max(10, Math.ceil(0.1 * i));
  return i > k && falls[i] < 0 && (falls[i] - falls[i - k]) / falls[i] < k * 0.0005;
}
