/**
 * The quadratic models of SFO, one a mini-batch, in one small subspace shared by all: an orthonormal basis of the positions and
 * gradients met lately, with each model's position, gradient, Hessian and history as coordinates in it. Everything lies in arrays of fixed
 * size, so that a checkpoint keeps it by copying.
 */
import { symmetricEigen } from '../../linear';
import { dot, norm } from '../../vectors';

/** The most mini-batches, each with a model of its own. */
export const MOST_SUBFUNCTIONS = 32;
/** The dimensions of the subspace: the newest position and gradient of every mini-batch, and room before it is cleared up. */
const MOST_DIMENSIONS = 3 * MOST_SUBFUNCTIONS;
/** What is left of a vector of length 1 below this share is rounding. */
const ROUNDING = 1e-10;

const K = MOST_DIMENSIONS;

export class Subfunctions {
  /** [K, size] rows of the basis. */
  readonly basis: Float64Array;
  readonly positions = new Float64Array(MOST_SUBFUNCTIONS * K);
  readonly gradients = new Float64Array(MOST_SUBFUNCTIONS * K);
  /** [subfunction, K, K] */
  readonly hessians = new Float64Array(MOST_SUBFUNCTIONS * K * K);
  /** [subfunction, history, 2, K]: changes of position and gradient, oldest first. */
  readonly history: Float64Array;
  /** Of each subfunction: the curvature outside what its history knows. */
  readonly curvatures = new Float64Array(MOST_SUBFUNCTIONS);
  /** Of each subfunction: pairs of history. */
  readonly pairs = new Float64Array(MOST_SUBFUNCTIONS);
  /** Dimensions in use, subfunctions in use. */
  readonly counts = new Float64Array(2);

  constructor(
    private readonly size: number,
    private readonly longest: number,
  ) {
    this.basis = new Float64Array(K * size);
    this.history = new Float64Array(MOST_SUBFUNCTIONS * longest * 2 * K);
  }

  get dimensions(): number {
    return this.counts[0];
  }

  get count(): number {
    return this.counts[1];
  }

  /** A new subfunction. @returns its index */
  add(): number {
    return this.counts[1]++;
  }

  private of(from: Float64Array, i: number, length = K): Float64Array {
    return from.subarray(i * length, (i + 1) * length);
  }

  private pair(i: number, k: number): { readonly s: Float64Array; readonly y: Float64Array } {
    const at = (i * this.longest + k) * 2;
    return { s: this.of(this.history, at), y: this.of(this.history, at + 1) };
  }

  /** Coordinates of a vector; the basis grows by what of it lies outside. */
  coordinates(vector: Float64Array): Float64Array {
    const rest = vector.slice();
    const found = new Float64Array(K);
    const length = norm(vector);
    // Twice: once leaves rounding where most of the vector goes.
    for (let round = 0; round < 2; round++)
      for (let k = 0; k < this.dimensions; k++) {
        const row = this.of(this.basis, k, this.size);
        const part = dot(row, rest);
        found[k] += part;
        for (let j = 0; j < rest.length; j++) rest[j] -= part * row[j];
      }
    const left = norm(rest);
    if (!(left > ROUNDING * length)) return found;
    const k = this.counts[0]++;
    this.of(this.basis, k, this.size).set(rest.map((each) => each / left));
    found[k] = left;
    for (let i = 0; i < this.count; i++) this.hessians[(i * K + k) * K + k] = this.curvatures[i];
    return found;
  }

  /** Is there room for another position and gradient? */
  get full(): boolean {
    return this.dimensions > K - 3;
  }

  /** Keeps what the newest positions and gradients span; histories and Hessians are projected into it. @param also vectors that must stay */
  clear(also: readonly Float64Array[]): void {
    const newest = [...Array(this.count).keys()].flatMap((i) => [this.of(this.positions, i).slice(), this.of(this.gradients, i).slice()]);
    const rows = orthonormal([...also, ...newest]);
    const old = this.basis.slice(0, this.dimensions * this.size);
    const before = this.dimensions;
    this.basis.fill(0);
    rows.forEach((row, r) => {
      const into = this.of(this.basis, r, this.size);
      for (let k = 0; k < before; k++) for (let j = 0; j < this.size; j++) into[j] += row[k] * old[k * this.size + j];
    });
    const turn = (vector: Float64Array): void => {
      const turned = rows.map((row) => dot(row, vector));
      vector.fill(0).set(turned);
    };
    for (const each of also) turn(each);
    for (let i = 0; i < this.count; i++) {
      turn(this.of(this.positions, i));
      turn(this.of(this.gradients, i));
      for (let k = 0; k < this.pairs[i]; k++) for (const vector of Object.values(this.pair(i, k))) turn(vector);
    }
    this.counts[0] = rows.length;
    for (let i = 0; i < this.count; i++) this.rebuild(i);
  }

  /** What was measured of subfunction `i`: its gradient at a position, both in coordinates. */
  measure(i: number, position: Float64Array, gradient: Float64Array): void {
    const [from, before] = [this.of(this.positions, i), this.of(this.gradients, i)];
    if (this.curvatures[i] > 0) {
      this.remember(
        i,
        position.map((each, k) => each - from[k]),
        gradient.map((each, k) => each - before[k]),
      );
    }
    from.set(position);
    before.set(gradient);
  }

  /** Adds a pair to the history of subfunction `i` and makes its Hessian anew. */
  remember(i: number, s: Float64Array, y: Float64Array): void {
    if (dot(s, y) > ROUNDING * norm(s) * norm(y)) {
      if (this.pairs[i] === this.longest) {
        const all = this.of(this.history, i, this.longest * 2 * K);
        all.copyWithin(0, 2 * K);
        this.pairs[i]--;
      }
      const slot = this.pair(i, this.pairs[i]++);
      slot.s.set(s);
      slot.y.set(y);
      this.curvatures[i] = this.leastCurvature(i);
    }
    this.rebuild(i);
  }

  /** What a subfunction without a history is taken to be curved like: the mean of the others. */
  assume(i: number, curvature: number): void {
    const known = [...this.curvatures.subarray(0, this.count)].filter((each, k) => k !== i && each > 0);
    this.curvatures[i] = known.length > 0 ? known.reduce((sum, each) => sum + each, 0) / known.length : curvature;
    this.rebuild(i);
  }

  /** The least curvature that the history of subfunction `i` saw: of y as a linear map of s, in the space of all s. */
  private leastCurvature(i: number): number {
    const pairs = Array.from({ length: this.pairs[i] }, (_, k) => this.pair(i, k));
    const n = pairs.length;
    const { values, vectors } = symmetricEigen(
      Float64Array.from({ length: n * n }, (_, k) => dot(pairs[Math.floor(k / n)].s, pairs[k % n].s)),
      n,
    );
    const kept = [...values.keys()].filter((k) => values[k] > 1e-8 * values[n - 1]);
    const images = kept.map((k) => {
      const image = new Float64Array(K);
      pairs.forEach(({ y }, p) => y.forEach((each, j) => (image[j] += (each * vectors[p * n + k]) / Math.sqrt(values[k]))));
      return image;
    });
    const m = kept.length;
    const squares = symmetricEigen(
      Float64Array.from({ length: m * m }, (_, k) => dot(images[Math.floor(k / m)], images[k % m])),
      m,
    ).values;
    const largest = Math.sqrt(squares[m - 1]);
    return Math.sqrt(squares.find((each) => Math.sqrt(each) > 1e-6 * largest) ?? squares[m - 1]);
  }

  /** The Hessian of subfunction `i` from its history, by the updates of Broyden, Fletcher, Goldfarb and Shanno. */
  private rebuild(i: number): void {
    const hessian = this.of(this.hessians, i, K * K);
    const n = this.dimensions;
    hessian.fill(0);
    for (let k = 0; k < n; k++) hessian[k * K + k] = this.curvatures[i];
    for (let p = 0; p < this.pairs[i]; p++) {
      const { s, y } = this.pair(i, p);
      const image = new Float64Array(K);
      for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) image[k] += hessian[k * K + j] * s[j];
      const [ys, sHs] = [dot(y, s), dot(s, image)];
      if (!(ys > 0 && sHs > 0)) continue;
      for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) hessian[k * K + j] += (y[k] * y[j]) / ys - (image[k] * image[j]) / sHs;
    }
  }

  /** What the model of subfunction `i` says of the change of its loss from where it was measured to `here`, and how much of it is curvature. */
  predicted(i: number, here: Float64Array): { readonly change: number; readonly curvature: number } {
    const [position, gradient, hessian] = [this.of(this.positions, i), this.of(this.gradients, i), this.of(this.hessians, i, K * K)];
    let slope = 0;
    let curvature = 0;
    for (let k = 0; k < this.dimensions; k++) {
      const d = here[k] - position[k];
      slope += gradient[k] * d;
      for (let j = 0; j < this.dimensions; j++) curvature += 0.5 * d * hessian[k * K + j] * (here[j] - position[j]);
    }
    return { change: slope + curvature, curvature };
  }

  /**
   * The step from `here` to the least point of the sum of all models, and that sum's Hessian.
   * @param damping added to the sum's Hessian, in multiples of the curvature outside all histories
   */
  descend(here: Float64Array, damping: number): { readonly step: Float64Array; readonly hessian: Float64Array } {
    const n = this.dimensions;
    const total = new Float64Array(n * n);
    const slope = new Float64Array(n);
    for (let i = 0; i < this.count; i++) {
      const [position, gradient, hessian] = [this.of(this.positions, i), this.of(this.gradients, i), this.of(this.hessians, i, K * K)];
      for (let k = 0; k < n; k++) {
        slope[k] += gradient[k];
        for (let j = 0; j < n; j++) {
          total[k * n + j] += hessian[k * K + j];
          slope[k] += hessian[k * K + j] * (here[j] - position[j]);
        }
      }
    }
    const outside = this.curvatures.subarray(0, this.count).reduce((sum, each) => sum + each, 0);
    const { values, vectors } = symmetricEigen(total, n);
    const step = new Float64Array(K);
    const least = 1e-10 * values[n - 1];
    for (let e = 0; e < n; e++) {
      let part = 0;
      for (let k = 0; k < n; k++) part -= vectors[k * n + e] * slope[k];
      for (let k = 0; k < n; k++) step[k] += (part / Math.max(values[e] + damping * outside, least)) * vectors[k * n + e];
    }
    return { step, hessian: total };
  }

  /** The subfunction whose model is of the position furthest from `here`, as long as the Hessian measures. */
  furthest(here: Float64Array, hessian: Float64Array): number {
    const n = this.dimensions;
    const distances = Array.from({ length: this.count }, (_, i) => {
      const position = this.of(this.positions, i);
      let sum = 0;
      for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) sum += (here[k] - position[k]) * hessian[k * n + j] * (here[j] - position[j]);
      return sum;
    });
    return distances.reduce((best, each, i) => (each > distances[best] ? i : best), 0);
  }

  /** The vector with these coordinates. */
  vector(coordinates: Float64Array): Float64Array {
    const sum = new Float64Array(this.size);
    for (let k = 0; k < this.dimensions; k++) {
      const row = this.of(this.basis, k, this.size);
      for (let j = 0; j < this.size; j++) sum[j] += coordinates[k] * row[j];
    }
    return sum;
  }
}

/** An orthonormal basis of what the vectors span, by Gram and Schmidt, twice over. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const rows: Float64Array[] = [];
  for (const vector of vectors) {
    const rest = vector.slice();
    for (let round = 0; round < 2; round++)
      for (const row of rows) {
        const part = dot(row, rest);
        rest.forEach((_, k) => (rest[k] -= part * row[k]));
      }
    const left = norm(rest);
    if (left > ROUNDING * norm(vector)) rows.push(rest.map((each) => each / left));
  }
  return rows;
}
