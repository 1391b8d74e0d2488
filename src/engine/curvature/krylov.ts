/**
 * The Lanczos process with full reorthogonalisation: an orthonormal basis of the space spanned by v, H·v, H²·v, …, in which H is the
 * symmetric tridiagonal matrix of `alpha` and `beta`. Without reorthogonalisation rounding brings copies of eigenvalues already found;
 * with it the residual bounds hold (Parlett, The Symmetric Eigenvalue Problem, ch. 13).
 */
import { after, type Eventually } from '../eventually';
import { axpy, dot, norm, removeParts, scale } from '../vectors';

/** A symmetric linear map, e.g. a Hessian at frozen weights. */
export interface SymmetricMap {
  readonly size: number;
  /** out = H·v, at once or when the promise ends; `v` is not changed. */
  apply(v: Float64Array, out: Float64Array): Eventually<void>;
  /**
   * A process where the map itself is computed, so that no vector of its size travels at each step. It uses up the last one's room: that one
   * must not be used any more.
   * @param start any vector but zero @param roots the square root of a diagonal matrix D, for D^(1/2)·H·D^(1/2) in place of H
   */
  krylov?(start: Float64Array, roots?: Float64Array): LanczosProcess;
}

/** A Krylov space that grows by one product with the map a step, wherever its vectors are. */
export interface LanczosProcess {
  /** The diagonal of T. */
  readonly alpha: readonly number[];
  /** Beside the diagonal; the last couples to the vector still to come. */
  readonly beta: readonly number[];
  /** Steps taken, which is the dimension of T. */
  readonly steps: number;
  /** The most steps that there is room for. */
  readonly room: number;
  /** True once H maps the space spanned so far into itself. */
  readonly invariant: boolean;
  /** Multiplies once by H and extends the space: when the product is there. */
  step(): Eventually<void>;
  /**
   * After an invariant space is found, goes on outside it: eigenvalues that the start had no part in would be missed otherwise.
   * @param direction any vector, e.g. a random one @returns false where nothing of it lies outside
   */
  restart(direction: Float64Array): boolean;
  /** The vector of the whole space that has these coordinates in the basis. */
  combine(coordinates: ArrayLike<number>): Eventually<Float64Array>;
}

/** The process of a map from a start vector: where the map is computed if it can be done there, otherwise here. */
export const openKrylov = (map: SymmetricMap, start: Float64Array): LanczosProcess => map.krylov?.(start) ?? new Krylov(map, start);

/** The fewest steps after which an end is told, whatever the room. */
export const FEWEST = 8;

/** The largest number of numbers that a basis may hold (256 MiB of float64): a very large network gets fewer products. */
const LARGEST_BASIS = 2 ** 25;

/** The most vectors of a basis. @param size numbers of one */
export const basisRoom = (size: number): number => Math.max(FEWEST, Math.floor(LARGEST_BASIS / size));

/** Below this share of the matrix's size what is left of a vector is rounding: the space is invariant. */
const ROUNDING = 1e-13;

/** The process in float64, with its vectors here. */
export class Krylov implements LanczosProcess {
  /** Orthonormal, one a finished step, and the next to be multiplied. */
  readonly basis: Float64Array[] = [];
  readonly alpha: number[] = [];
  readonly beta: number[] = [];
  invariant = false;
  private size = 0;

  /** @param start any vector but zero; it is copied and normalised */
  constructor(
    private readonly map: SymmetricMap,
    start: Float64Array,
  ) {
    this.open(start);
  }

  get steps(): number {
    return this.alpha.length;
  }

  get room(): number {
    return basisRoom(this.map.size);
  }

  step(): Eventually<void> {
    const next = new Float64Array(this.map.size);
    return after(this.map.apply(this.basis[this.steps], next), () => this.extend(next));
  }

  restart(direction: Float64Array): boolean {
    if (this.steps === this.map.size) return false;
    this.invariant = false;
    return this.open(direction);
  }

  combine(coordinates: ArrayLike<number>): Float64Array {
    const sum = new Float64Array(this.map.size);
    for (let k = 0; k < this.steps; k++) axpy(coordinates[k], this.basis[k], sum);
    return sum;
  }

  /** @param next H times the last vector of the basis */
  private extend(next: Float64Array): void {
    const k = this.steps;
    this.alpha.push(dot(this.basis[k], next));
    this.size = Math.max(this.size, norm(next));
    axpy(-this.alpha[k], this.basis[k], next);
    if (k > 0) axpy(-this.beta[k - 1], this.basis[k - 1], next);
    const beta = this.clean(next);
    this.invariant = !(beta > ROUNDING * this.size) || this.steps === this.map.size;
    this.beta.push(this.invariant ? 0 : beta);
    if (this.invariant) return;
    scale(1 / beta, next);
    this.basis.push(next);
  }

  private open(direction: Float64Array): boolean {
    const vector = direction.slice();
    const length = norm(vector);
    scale(1 / length, vector);
    const rest = this.clean(vector);
    if (!(rest > ROUNDING)) return false;
    scale(1 / rest, vector);
    this.basis.push(vector);
    return true;
  }

  /**
   * Makes `vector` orthogonal to the space so far. Where much of it goes, rounding is left in what stays, and once more is needed; twice
   * is enough (Daniel, Gragg, Kaufman & Stewart 1976). @returns the length of what stays
   */
  private clean(vector: Float64Array): number {
    for (let round = 0, before = norm(vector); ; round++) {
      removeParts(vector, this.basis);
      const after = norm(vector);
      if (round === 1 || after > 0.7 * before || !(after > 0)) return after;
      before = after;
    }
  }
}
