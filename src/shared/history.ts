/**
 * The steps of a run so far, within a bound: when it is full, every second row is dropped and from then on only every 2nd, 4th, 8th …
 * step is kept, so that a run of any length is drawn evenly from its first step. The newest row is always kept as well.
 * Both the editor (for snapshots) and the panels hold one; a snapshot's frame says how it was thinned, so that the panel goes on in
 * the same rhythm. Where a run goes back (it resumes from a checkpoint before its newest step), what it takes again replaces what was there.
 */
import { column, decodeFrame, encodeFrame, rowWidth, type StepRows } from './frame';

export class History {
  readonly width: number;
  private readonly data: Float64Array;
  /** Rows kept, the newest included. */
  private count = 0;
  /** One row in `stride` is kept. */
  private stride = 1;
  /** Rows seen, kept or not: the place of the next row in the sequence. */
  private seen = 0;
  /** The newest row is only provisional: the next replaces it. */
  private provisional = false;
  private changes = 0;

  /** @param capacity the most rows that are kept, at least 2 (the first and the newest) */
  constructor(
    readonly layers: number,
    readonly capacity = 2048,
  ) {
    if (!(Number.isInteger(capacity) && capacity >= 2)) throw new RangeError(`a history keeps at least 2 rows; asked for ${capacity}`);
    this.width = rowWidth(layers);
    this.data = new Float64Array(capacity * this.width);
  }

  /** Is another number where a row before the newest one has changed or gone. While it stays, rows only come at the end, and the newest gives way. */
  get epoch(): number {
    return this.changes;
  }

  get rows(): number {
    return this.count;
  }

  /** The number in `column` of row `row`, from the oldest, 0. */
  at(row: number, column: number): number {
    return this.data[row * this.width + column];
  }

  /** The number in `column` of the newest row; NaN before the first. */
  last(column: number): number {
    return this.count === 0 ? NaN : this.at(this.count - 1, column);
  }

  /** The last row of a step not after `step`; -1 where there is none. */
  rowOf(step: number): number {
    let [low, high] = [-1, this.count - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.at(middle, column.step) <= step) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Takes in a frame: the next steps, or, where nothing is here yet, another history's snapshot. @throws where the bytes are not a frame. */
  add(frame: ArrayBuffer): void {
    this.addRows(decodeFrame(frame));
  }

  addRows(rows: StepRows): void {
    if (rows.layers !== this.layers) throw new Error(`this run has ${this.layers} layers; the frame has ${rows.layers}`);
    const { stride, phase } = rows.spacing;
    if (stride > 1 && this.count > 0)
      throw new Error(`a thinned snapshot (1 row in ${stride}) belongs into an empty history; this one has ${this.count} rows`);
    if (this.count === 0) this.stride = stride;
    for (let row = 0; row < rows.rows; row++) {
      const newest = row === rows.rows - 1 && phase > 0;
      if (stride > 1) this.seen = newest ? (row - 1) * stride + phase : row * stride;
      this.push(rows.data.subarray(row * this.width, (row + 1) * this.width));
    }
  }

  /** Forgets the rows of later steps: the run went back. */
  forgetAfter(step: number): void {
    if (this.last(column.step) > step) this.goBack(step + 1);
  }

  /** All that is kept, as one frame. */
  encode(): ArrayBuffer {
    const phase = this.count === 0 ? 0 : (this.seen - 1) % this.stride;
    return encodeFrame(this.layers, this.data, this.count, { stride: this.stride, phase });
  }

  private push(row: Float64Array): void {
    if (this.count > 0 && row[column.step] <= this.last(column.step)) this.goBack(row[column.step]);
    if (this.provisional) this.count--;
    else if (this.count === this.capacity) this.thin();
    this.data.set(row, this.count * this.width);
    this.count++;
    this.provisional = this.seen % this.stride !== 0;
    this.seen++;
  }

  private thin(): void {
    const half = Math.ceil(this.count / 2);
    for (let row = 1; row < half; row++) this.data.copyWithin(row * this.width, 2 * row * this.width, (2 * row + 1) * this.width);
    this.count = half;
    this.stride *= 2;
    this.changes++;
  }

  /** Forgets the rows from `step` on, and finds the place of `step` in the sequence from the mean distance of the steps seen. */
  private goBack(step: number): void {
    const every = this.seen > 1 ? (this.last(column.step) - this.at(0, column.step)) / (this.seen - 1) : 1;
    while (this.count > 0 && this.last(column.step) >= step) this.count--;
    this.provisional = false;
    this.changes++;
    const passed = this.count === 0 ? 0 : Math.max(1, Math.round((step - this.last(column.step)) / every));
    this.seen = this.count === 0 ? 0 : (this.count - 1) * this.stride + passed;
    if (this.count === 0) this.stride = 1;
  }
}
