/**
 * The rotations of a QL iteration, kept to be applied later: to one vector in reverse order, which undoes them, or to many rows at a time,
 * while those are in the first-level cache.
 */

export class Rotations {
  /** How many there are: about 1.7·n²/2 in a whole iteration. */
  count = 0;
  private places = new Int32Array(1024);
  /** Cosine and sine of each. */
  private turns = new Float64Array(2048);

  /** Adds a rotation of the numbers i and i + 1 of a row vector: they become c·xᵢ − s·xᵢ₊₁ and s·xᵢ + c·xᵢ₊₁. */
  keep(i: number, c: number, s: number): void {
    if (this.count === this.places.length) {
      const [places, turns] = [this.places, this.turns];
      this.places = new Int32Array(2 * places.length);
      this.turns = new Float64Array(2 * turns.length);
      this.places.set(places);
      this.turns.set(turns);
    }
    this.places[this.count] = i;
    this.turns[2 * this.count] = c;
    this.turns[2 * this.count + 1] = s;
    this.count++;
  }

  /** v ← Q·v, Q the product of all in their order: each undone, the last first. */
  undo(v: Float64Array): void {
    for (let k = this.count - 1; k >= 0; k--) {
      const i = this.places[k];
      const c = this.turns[2 * k];
      const s = this.turns[2 * k + 1];
      const lower = v[i];
      const upper = v[i + 1];
      v[i] = c * lower + s * upper;
      v[i + 1] = c * upper - s * lower;
    }
  }

  /**
   * M ← M·Q for a matrix of rows of n numbers each, and forgets the rotations. Four rows at a time, whose sums do not wait for each other.
   */
  applyTo(matrix: Float64Array, n: number): void {
    const { places, turns, count } = this;
    const end = matrix.length;
    const whole = end - (end % (4 * n));
    for (let r0 = 0; r0 < whole; r0 += 4 * n) {
      const [r1, r2, r3] = [r0 + n, r0 + 2 * n, r0 + 3 * n];
      for (let k = 0; k < count; k++) {
        const i = places[k];
        const c = turns[2 * k];
        const s = turns[2 * k + 1];
        const l0 = matrix[r0 + i];
        const u0 = matrix[r0 + i + 1];
        const l1 = matrix[r1 + i];
        const u1 = matrix[r1 + i + 1];
        const l2 = matrix[r2 + i];
        const u2 = matrix[r2 + i + 1];
        const l3 = matrix[r3 + i];
        const u3 = matrix[r3 + i + 1];
        matrix[r0 + i + 1] = s * l0 + c * u0;
        matrix[r1 + i + 1] = s * l1 + c * u1;
        matrix[r2 + i + 1] = s * l2 + c * u2;
        matrix[r3 + i + 1] = s * l3 + c * u3;
        matrix[r0 + i] = c * l0 - s * u0;
        matrix[r1 + i] = c * l1 - s * u1;
        matrix[r2 + i] = c * l2 - s * u2;
        matrix[r3 + i] = c * l3 - s * u3;
      }
    }
    for (let row = whole; row < end; row += n)
      for (let k = 0; k < count; k++) {
        const at = row + places[k];
        const lower = matrix[at];
        const upper = matrix[at + 1];
        matrix[at + 1] = turns[2 * k + 1] * lower + turns[2 * k] * upper;
        matrix[at] = turns[2 * k] * lower - turns[2 * k + 1] * upper;
      }
    this.count = 0;
  }
}
