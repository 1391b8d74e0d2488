/**
 * The whole spectrum of a small matrix: where there are no more parameters than this, multiplying by every unit vector costs no more
 * than estimating, and then both ends, the trace, the index and the preconditioned sharpness are exact.
 */
import type { Eventually } from '../eventually';
import type { Random } from '../random';
import { dot, norm } from '../vectors';
import { randomVector, type Measuring } from './ends';
import { Krylov, type SymmetricMap } from './krylov';
import { diagonalise } from '../linear/tridiagonal';

/** Up to this many parameters the whole Hessian is computed. */
export const FULL_LIMIT = 64;

/** A symmetric matrix held in memory, row by row. */
export class DenseMap implements SymmetricMap {
  constructor(readonly rows: readonly Float64Array[]) {}

  get size(): number {
    return this.rows.length;
  }

  get trace(): number {
    return this.rows.reduce((sum, row, i) => sum + row[i], 0);
  }

  apply(v: Float64Array, out: Float64Array): void {
    for (let i = 0; i < this.size; i++) out[i] = dot(this.rows[i], v);
  }

  /** D^(1/2)·H·D^(1/2) for D the diagonal matrix of `scaling`. */
  preconditioned(scaling: Float64Array): DenseMap {
    const roots = scaling.map(Math.sqrt);
    return new DenseMap(this.rows.map((row, i) => row.map((value, j) => roots[i] * value * roots[j])));
  }
}

/** Products that are asked for ahead where answers come later: none needs the one before. */
const AHEAD = 16;

/** Writes out a map by its products with the unit vectors, the two halves averaged; yields after each product, nothing where its answer has come with those before. */
export function* writtenOut(map: SymmetricMap): Measuring<DenseMap> {
  const columns: Float64Array[] = [];
  const answers: Eventually<void>[] = [];
  const ask = (): Eventually<void> => {
    const at = columns.length;
    const unit = new Float64Array(map.size);
    unit[at] = 1;
    columns.push(new Float64Array(map.size));
    const answer = map.apply(unit, columns[at]);
    if (answer instanceof Promise)
      answer.then(
        () => (answers[at] = undefined),
        () => undefined, // whoever waits for it is told
      );
    answers.push(answer);
    return answer;
  };
  for (let j = 0; j < map.size; j++) {
    if (j === columns.length) for (let more = 1; ask() instanceof Promise && more < AHEAD && columns.length < map.size;) more++;
    yield answers[j];
  }
  return new DenseMap(columns.map((column, i) => column.map((value, j) => 0.5 * (value + columns[j][i]))));
}

/** Every eigenvalue of a small matrix, ascending; all NaN where an entry is not finite. */
export function fullSpectrum(matrix: DenseMap, random: Random): Float64Array {
  if (!matrix.rows.every((row) => row.every(Number.isFinite))) return new Float64Array(matrix.size).fill(NaN);
  const krylov = new Krylov(matrix, randomVector(matrix.size, random));
  while (krylov.steps < matrix.size) {
    krylov.step();
    // An eigenvalue that occurs twice leaves room outside the invariant space; a random direction almost never misses it.
    if (krylov.invariant) while (krylov.steps < matrix.size && !krylov.restart(randomVector(matrix.size, random)));
  }
  return diagonalise(krylov.alpha, krylov.beta);
}

/**
 * How far a Newton step would go: ‖H⁻¹·g‖ over the directions whose eigenvalue exceeds `least` in size. The space spanned by g, H·g, H²·g, …
 * holds all of g, so that the small matrix there says it exactly. 0 for a gradient of 0.
 */
export function newtonStepLength(matrix: DenseMap, gradient: Float64Array, least: number): number {
  const size = norm(gradient);
  if (!(size > 0)) return size;
  const krylov = new Krylov(matrix, gradient);
  while (!krylov.invariant) krylov.step();
  const along = new Float64Array(krylov.steps);
  along[0] = size;
  const values = diagonalise(krylov.alpha, krylov.beta, [along]);
  return norm(along.map((part, i) => (Math.abs(values[i]) > least ? part / values[i] : 0)));
}
