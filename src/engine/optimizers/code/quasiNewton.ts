/** What both forms of L-BFGS do alike: multiply by the remembered curvature, and try lengths along a direction. */
import type { Batch } from '../../backends/backend';
import type { Waiting } from '../../eventually';
import { plus, type FlatModel } from './definition';
import type { Trial } from './strongWolfe';

/**
 * Σ aᵢ·bᵢ from left to right. The engine's own sum runs four abreast, and a line search on an ill-conditioned problem turns that last digit
 * into 1e-10 of the path after ten steps: here the originals' order counts.
 */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** A change of position and the change of gradient that came with it. */
export interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  /** 1/y·s, or 0 where the pair shall not count. */
  readonly weight: number;
}

/** B·v by the two-loop recursion (Nocedal & Wright 2006, algorithm 7.4). @param pairs oldest first @param scale B begins as scale·I */
export function twoLoops(v: Float64Array, pairs: readonly Pair[], scale: number): Float64Array {
  let q = v;
  const alphas = pairs.map(() => 0);
  for (let i = pairs.length - 1; i >= 0; i--) {
    alphas[i] = pairs[i].weight * dot(pairs[i].s, q);
    q = plus(q, -alphas[i], pairs[i].y);
  }
  let r: Float64Array = q.map((each) => each * scale);
  pairs.forEach(({ s, y, weight }, i) => {
    r = plus(r, alphas[i] - weight * dot(y, r), s);
  });
  return r;
}

/** Loss, gradient and slope at a length along `direction` from `from`; the model is left there. */
export const trialsAlong = (flat: FlatModel, from: Float64Array, direction: Float64Array, batch: Batch) =>
  function* (length: number): Waiting<Trial> {
    const there = yield* flat.at(plus(from, length, direction), batch);
    return { length, ...there, slope: dot(there.gradient, direction) };
  };
