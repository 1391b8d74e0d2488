/**
 * The two signed ends of a spectrum by Lanczos, each with its residual. Never power iteration: that finds the eigenvalue of largest
 * absolute value and cannot tell which end it is. It is a generator that pauses after every product with the matrix, so that a
 * measurement runs beside training, one product a step. It yields what the product has to be waited for, where it has to.
 */
import { after, type Eventually } from '../eventually';
import type { Random } from '../random';
import { axpy, dot, norm, removeParts, scale } from '../vectors';
import { FEWEST, openKrylov, type LanczosProcess, type SymmetricMap } from './krylov';
import { diagonalise } from '../linear/tridiagonal';

/** An eigenvalue, its vector of length 1, and how well they fit. */
export interface Eigenpair {
  readonly value: number;
  readonly vector: Float64Array;
  /** ‖H·v − λ·v‖, computed with one more product, not estimated: some eigenvalue lies within this distance of `value`. */
  readonly residual: number;
}

export interface Ends {
  readonly max: Eigenpair;
  readonly min: Eigenpair;
}

export interface EndsOptions {
  /** Where the start vector comes from. */
  readonly random: Random;
  /** Vectors near the wanted ones, e.g. those of the last measurement. */
  readonly near?: readonly Float64Array[];
  /** The most products before it gives what it has. */
  readonly limit?: number;
  /** The share of the largest |λ| that residual bounds must be within; `RESIDUAL_TOLERANCE` if missing. */
  readonly tolerance?: number;
}

/** Both residual bounds must be within this share of the largest |λ|. The error of λ itself is then about its square. */
export const RESIDUAL_TOLERANCE = 1e-3;

/** The most products before both ends are told as they are; up to this size they are exact. */
export const PRODUCT_LIMIT = 64;

/** How much of a warm start is random, so that a direction that has become extreme since can be found. */
const RANDOM_SHARE = 0.1;

/** What a measurement yields after each product, to be waited for before it goes on. */
export type Measuring<Result> = Generator<Eventually<void>, Result>;

/** Finds both ends; yields after each product. A map that gives NaN or infinite numbers has NaN ends. */
export function* spectrumEnds(map: SymmetricMap, options: EndsOptions): Measuring<Ends> {
  const ritz = yield* lanczos(map, options, [HIGHEST, LOWEST]);
  const max = yield* withResidual(map, ...ritz(HIGHEST));
  const min = yield* withResidual(map, ...ritz(LOWEST));
  return { max, min };
}

/** Finds the upper end alone, which takes fewer products. */
export function* largestEigenpair(map: SymmetricMap, options: EndsOptions): Measuring<Eigenpair> {
  const ritz = yield* lanczos(map, options, [HIGHEST]);
  return yield* withResidual(map, ...ritz(HIGHEST));
}

/**
 * Finds the `count` largest eigenvalues (signed, descending), or all of a smaller map; the vectors are orthonormal. Of an eigenvalue that
 * occurs several times above the limit of products one vector is found. Where two are not told apart their residuals say so.
 */
export function* leadingEigenpairs(map: SymmetricMap, options: EndsOptions, count: number): Measuring<Eigenpair[]> {
  const places = Array.from({ length: Math.min(count, map.size) }, (_, k) => HIGHEST - k);
  const ritz = yield* lanczos(map, options, places);
  const pairs: Eigenpair[] = [];
  for (const place of places) {
    const [vector, value] = ritz(place);
    const orthogonal: Vector = () =>
      after(vector(), (found) => {
        scale(1 / norm(found), found);
        removeParts(
          found,
          pairs.map((pair) => pair.vector),
        );
        return found;
      });
    pairs.push(yield* withResidual(map, orthogonal, value));
  }
  return pairs.sort((a, b) => b.value - a.value);
}

/** A place among the eigenvalues in ascending order, as `at` takes it. */
type Place = number;
const LOWEST: Place = 0;
const HIGHEST: Place = -1;

/** A vector of a map's size, which may first have to be made and waited for. */
type Vector = () => Eventually<Float64Array>;

/** Extends a Krylov space until the wanted eigenvalues have converged. @returns the Ritz vector and value of a place */
function* lanczos(map: SymmetricMap, options: EndsOptions, wanted: readonly Place[]): Measuring<(place: Place) => [Vector, number]> {
  const { random, near = [], tolerance = RESIDUAL_TOLERANCE } = options;
  const krylov = openKrylov(map, startVector(map.size, random, near));
  const limit = Math.min(options.limit ?? PRODUCT_LIMIT, map.size, krylov.room);
  // A warm start can make an old pair look finished before a new extreme one has shown itself.
  let notBefore = FEWEST;
  while (krylov.steps < limit) {
    yield krylov.step();
    if (!Number.isFinite(krylov.alpha[krylov.steps - 1])) break;
    if (krylov.invariant) {
      if (!krylov.restart(randomVector(map.size, random))) break;
      notBefore = krylov.steps + FEWEST;
    } else if (krylov.steps >= notBefore && map.size > limit && converged(krylov, wanted, tolerance)) break;
  }
  const rows = identity(krylov.steps);
  const values = diagonalise(krylov.alpha, krylov.beta, rows);
  return (place) => [() => krylov.combine(rows.map((row) => row.at(place) ?? NaN)), values.at(place) ?? NaN];
}

/** Are the residual bounds |β·s| of the wanted eigenvalues small enough? */
function converged({ alpha, beta, steps }: LanczosProcess, wanted: readonly Place[], tolerance: number): boolean {
  const last = new Float64Array(steps);
  last[steps - 1] = 1;
  const values = diagonalise(alpha, beta, [last]);
  const size = Math.max(Math.abs(values[0]), Math.abs(values[steps - 1]));
  // Half of what is asked: the true residual also holds the rounding of the products.
  const enough = 0.5 * tolerance * size;
  return wanted.every((place) => Math.abs(beta[steps - 1] * (last.at(place) ?? NaN)) <= enough);
}

/** The Rayleigh quotient of a Ritz vector and its true residual, with one more product. NaN where `ritz` is not finite. */
export function* withResidual(map: SymmetricMap, ritzVector: Vector, ritz: number): Measuring<Eigenpair> {
  let vector: Float64Array = new Float64Array(map.size);
  if (!Number.isFinite(ritz)) return { value: NaN, vector, residual: NaN };
  const product = new Float64Array(map.size);
  yield after(ritzVector(), (made) => {
    vector = made;
    scale(1 / norm(vector), vector);
    return map.apply(vector, product);
  });
  const value = dot(vector, product);
  axpy(-value, vector, product);
  return { value, vector, residual: norm(product) };
}

function startVector(size: number, random: Random, near: readonly Float64Array[]): Float64Array {
  const start = randomVector(size, random);
  const known = near.filter((vector) => vector.length === size && norm(vector) > 0);
  if (known.length === 0) return start;
  scale(RANDOM_SHARE / norm(start), start);
  for (const vector of known) axpy(1 / norm(vector), vector, start);
  return start;
}

/** Normal, so that no direction is preferred. */
export const randomVector = (size: number, random: Random): Float64Array => Float64Array.from({ length: size }, () => random.normal());

const identity = (n: number): Float64Array[] =>
  Array.from({ length: n }, (_, i) => {
    const row = new Float64Array(n);
    row[i] = 1;
    return row;
  });
