/**
 * Where a noisy line goes: at each step the mean over the measured steps around it, of the logarithms, as its axis has them. A guide for the eye
 * beside the measured line, never in its place.
 */
import type { Series } from './decimate';

/** The share of all rows that a mean is over, to each side. */
const SHARE = 1 / 64;

export class Trend {
  /** Sums of the logarithms before each row, and how many of them there are: what is not above 0 has none. */
  private sums: Float64Array = new Float64Array(1);
  private counts: Float64Array = new Float64Array(1);
  /** The step of each row: what tells a row that was taken in from another. */
  private steps: Float64Array = new Float64Array(1);
  private rows = 0;
  /** The measured line, as it was last given. */
  private source: Series = { length: 0, x: () => NaN, y: () => NaN };

  /** @param source the line as it is now: that of before, grown at its end, or another one from some row on */
  of(source: Series): Series {
    this.source = source;
    return {
      length: source.length,
      x: (row) => source.x(row),
      y: (row) => this.at(row),
    };
  }

  private at(row: number): number {
    this.follow();
    const half = Math.floor(this.rows * SHARE);
    const [from, to] = [Math.max(0, row - half), Math.min(this.rows, row + half + 1)];
    const count = this.counts[to] - this.counts[from];
    return count > 0 ? Math.exp((this.sums[to] - this.sums[from]) / count) : NaN;
  }

  /** Takes in what the source has now: mostly one row more, or another in the place of the newest. */
  private follow(): void {
    const { source } = this;
    const { length } = source;
    let same = Math.min(this.rows, length);
    for (let tries = 0; same > 0 && this.steps[same - 1] !== source.x(same - 1); tries++) same = tries < 2 ? same - 1 : 0;
    if (same === length && same === this.rows) return;
    if (this.sums.length <= length)
      [this.sums, this.counts, this.steps] = [longer(this.sums, length), longer(this.counts, length), longer(this.steps, length)];
    for (let row = same; row < length; row++) {
      const value = source.y(row);
      const known = value > 0 && value < Infinity;
      this.steps[row] = source.x(row);
      this.sums[row + 1] = this.sums[row] + (known ? Math.log(value) : 0);
      this.counts[row + 1] = this.counts[row] + (known ? 1 : 0);
    }
    this.rows = length;
  }
}

/** The same numbers with room for twice as many as `length`. */
function longer(numbers: Float64Array, length: number): Float64Array {
  const made = new Float64Array(2 * length + 1);
  made.set(numbers);
  return made;
}
