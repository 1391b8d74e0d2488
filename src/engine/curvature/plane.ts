/**
 * The plane in which a loss is looked at: through the weights where a run stands, along the two directions in which its Hessian curves
 * most. The eigenvectors are of length 1, so that distances on the plane are distances between weights; their signs are fixed, so that
 * the same weights give the same picture.
 */
import type { Random } from '../random';
import { axpy, dot, norm } from '../vectors';
import { leadingEigenpairs, type Eigenpair, type Measuring } from './ends';
import type { SymmetricMap } from './krylov';

export interface Plane {
  /** The weights in the middle, layer after layer. */
  readonly centre: Float64Array;
  /** Of the two largest eigenvalues, the larger first; orthonormal. */
  readonly axes: readonly [Eigenpair, Eigenpair];
}

/** A point's place in the plane, and how far from the plane it lies. */
export interface Projection {
  readonly u: number;
  readonly v: number;
  readonly distance: number;
}

/** Stricter than a measurement's ends: a picture's axes are worth more products than a number's fourth digit. */
const TOLERANCE = 1e-4;

/** The most products. Above this size two eigenvalues next to each other may be told with a residual. */
export const PLANE_PRODUCTS = 96;

/**
 * Finds the plane; yields after each product.
 * @param hessian at `centre`, of two weights at least @throws Error where the curvature is not finite
 */
export function* leadingPlane(hessian: SymmetricMap, centre: Float64Array, random: Random): Measuring<Plane> {
  const [first, second] = yield* leadingEigenpairs(hessian, { random, limit: PLANE_PRODUCTS, tolerance: TOLERANCE }, 2);
  if (!Number.isFinite(first.value) || !Number.isFinite(second.value))
    throw new Error('The curvature is not finite at these weights: there is no slice of the loss here. Look at an earlier step.');
  return { centre, axes: [signed(first), signed(second)] };
}

/** Where a point falls in the plane. @param point as long as the centre */
export function project({ centre, axes: [first, second] }: Plane, point: Float64Array): Projection {
  const away = point.map((value, i) => value - centre[i]);
  const [u, v] = [dot(first.vector, away), dot(second.vector, away)];
  axpy(-u, first.vector, away);
  axpy(-v, second.vector, away);
  return { u, v, distance: norm(away) };
}

/** The weights at a place of the plane, into `out`. */
export function pointAt({ centre, axes: [first, second] }: Plane, u: number, v: number, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = centre[i] + (u * first.vector[i] + v * second.vector[i]);
}

/** An eigenvector and its opposite are the same: of the two, the one whose largest entry is positive. */
function signed(pair: Eigenpair): Eigenpair {
  let largest = 0;
  for (const entry of pair.vector) if (Math.abs(entry) > Math.abs(largest)) largest = entry;
  return largest < 0 ? { ...pair, vector: pair.vector.map((entry) => -entry) } : pair;
}
