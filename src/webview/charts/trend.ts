/**
 * Where a noisy line goes: at each step the mean over the measured steps around it, of the logarithms, as its axis has them. A guide for the eye
 * beside the measured line, never in its place.
 */
import type { Series } from './decimate';

/** The share of all rows that a mean is over, to each side. */
const SHARE = 1 / 64;

export class Trend implements Series {
  /** Sums of the logarithms before each row, and how many of them there are: what is not above 0 has none. */
  private sums: Float64Array = new Float64Array(1);
  private counts: Float64Array = new Float64Array(1);
  /** The step of each row: what tells a row that was taken in from another. */
  private steps: Float64Array = new Float64Array(1);
  private rows = 0;
  private sourceEpoch: number | undefined;

  /** @param source the measured line; what it has is read when it is asked for: mostly it has grown at its end */
  constructor(private readonly source: Series) {}

  get length(): number {
    return this.source.length;
  }

  x(row: number): number {
    return this.source.x(row);
  }

  y(row: number): number {
    this.follow();
    const half = Math.floor(this.rows * SHARE);
    const from = Math.max(0, row - half);
    const to = Math.min(this.rows, row + half + 1);
    const count = this.counts[to] - this.counts[from];
    return count > 0 ? Math.exp((this.sums[to] - this.sums[from]) / count) : NaN;
  }

  /** The mean logarithm of the rows `from` to before `to`; NaN where one of them has none. */
  mean(from: number, to: number): number {
    this.follow();
    const count = this.counts[to] - this.counts[from];
    return count === to - from ? (this.sums[to] - this.sums[from]) / count : NaN;
  }

  /** Takes in what the source has now: mostly one row more, or another in the place of the newest. */
  private follow(): void {
    const { source } = this;
    const { length } = source;
    let same = source.epoch === this.sourceEpoch ? Math.min(this.rows, length) : 0;
    this.sourceEpoch = source.epoch;
    for (let tries = 0; same > 0 && this.steps[same - 1] !== source.x(same - 1); tries++) same = tries < 2 ? same - 1 : 0;
    if (same === length && same === this.rows) return;
    if (this.sums.length <= length) {
      this.sums = longer(this.sums, length);
      this.counts = longer(this.counts, length);
      this.steps = longer(this.steps, length);
    }
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

const trends = new WeakMap<Series, Trend>();

/** The trend of a line, made once. */
export function trendOf(source: Series): Trend {
  let trend = trends.get(source);
  if (!trend) trends.set(source, (trend = new Trend(source)));
  return trend;
}

/** The same numbers with room for twice as many as `length`. */
function longer(numbers: Float64Array, length: number): Float64Array {
  const made = new Float64Array(2 * length + 1);
  made.set(numbers);
  return made;
}
