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
}

/** Below this share of the matrix's size what is left of a vector is rounding: the space is invariant. */
const ROUNDING = 1e-13;

export class Krylov {
  /** Orthonormal, one a finished step, and the next to be multiplied. */
  readonly basis: Float64Array[] = [];
  /** The diagonal of T. */
  readonly alpha: number[] = [];
  /** Beside the diagonal; the last couples to the vector still to come. */
  readonly beta: number[] = [];
  /** True once H maps the space spanned so far into itself. */
  invariant = false;
  private size = 0;

  /** @param start any vector but zero; it is copied and normalised */
  constructor(
    private readonly map: SymmetricMap,
    start: Float64Array,
  ) {
    this.open(start);
  }

  /** Steps taken, which is the dimension of T. */
  get steps(): number {
    return this.alpha.length;
  }

  /** Multiplies once by H and extends the space: when the product is there. */
  step(): Eventually<void> {
    const next = new Float64Array(this.map.size);
    return after(this.map.apply(this.basis[this.steps], next), () => this.extend(next));
  }

  /**
   * After an invariant space is found, goes on outside it: eigenvalues that the start had no part in would be missed otherwise.
   * @param direction any vector, e.g. a random one @returns false where nothing of it lies outside
   */
  restart(direction: Float64Array): boolean {
    if (this.steps === this.map.size) return false;
    this.invariant = false;
    return this.open(direction);
  }

  /** The vector of the whole space that has these coordinates in the basis. */
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
