/**
 * The steps of a run so far, within a bound: when it is full, every second row is dropped and from then on only every 2nd, 4th, 8th …
 * step is kept, so that a run of any length is drawn evenly from its first step. The newest row is always kept as well.
 * Both the editor (for snapshots) and the panels hold one.
 */
import { decodeFrame, encodeFrame, rowWidth, type StepRows } from './frame';

export class History {
  readonly width: number;
  private data: Float64Array;
  /** Rows kept, the newest included. */
  private count = 0;
  /** One row in `stride` is kept. */
  private stride = 1;
  /** Rows seen, kept or not. */
  private seen = 0;
  /** The newest row is only provisional: the next replaces it. */
  private provisional = false;

  constructor(
    readonly layers: number,
    readonly capacity = 2048,
  ) {
    this.width = rowWidth(layers);
    this.data = new Float64Array(capacity * this.width);
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

  add(frame: ArrayBuffer): void {
    this.addRows(decodeFrame(frame));
  }

  addRows(rows: StepRows): void {
    if (rows.layers !== this.layers) throw new Error(`this run has ${this.layers} layers; the frame has ${rows.layers}`);
    for (let row = 0; row < rows.rows; row++) this.push(rows.data.subarray(row * this.width, (row + 1) * this.width));
  }

  /** All that is kept, as one frame. */
  encode(): ArrayBuffer {
    return encodeFrame(this.layers, this.data, this.count);
  }

  private push(row: Float64Array): void {
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
  }
}
