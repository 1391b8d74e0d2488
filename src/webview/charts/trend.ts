/**
 * Where a noisy line goes: at each step the mean over the measured steps around it, of the logarithms, as its axis has them. A guide for the eye
 * beside the measured line, never in its place.
 */
import type { Series } from './decimate';

/** The share of all rows that a mean is over, to each side. */
const SHARE = 1 / 64;

export class Trend {
  /** Sums of the logarithms before each row, and how many of them there are: what is not above 0 has none. */
  private sums = new Float64Array(1);
  private counts = new Float64Array(1);
  private rows = 0;
  private last = NaN;
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

  /** Takes in what the source has now. */
  private follow(): void {
    const { source, rows } = this;
    const { length } = source;
    if (length === rows && (rows === 0 || source.x(rows - 1) === this.last)) return;
    const grown = length > rows && rows > 0 && source.x(rows - 1) === this.last;
    if (this.sums.length <= length) {
      const [sums, counts] = [new Float64Array(2 * length + 1), new Float64Array(2 * length + 1)];
      sums.set(this.sums);
      counts.set(this.counts);
      [this.sums, this.counts] = [sums, counts];
    }
    for (let row = grown ? rows : 0; row < length; row++) {
      const value = source.y(row);
      const known = value > 0 && value < Infinity;
      this.sums[row + 1] = this.sums[row] + (known ? Math.log(value) : 0);
      this.counts[row + 1] = this.counts[row] + (known ? 1 : 0);
    }
    this.rows = length;
    this.last = length > 0 ? source.x(length - 1) : NaN;
  }
}
