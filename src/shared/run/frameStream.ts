/**
 * The frequent steps of a run on their way to a listener: gathered into binary frames, one each sixtieth of a second at most, a few
 * under way at most. While the listener is behind, rows wait within a bound and are thinned evenly, so a slow view never slows a run.
 */
import type { StepEvent } from '../../engine/run/record';
import { encodeFrame, FRAMES_UNDER_WAY, rowWidth, writeRow } from '../frame';

/** Milliseconds from one frame to the next. */
const INTERVAL = 16;
/** Rows that wait at most. */
const CAPACITY = 1024;

export class FrameStream {
  private readonly width: number;
  private readonly rows: Float64Array;
  private count = 0;
  /** While rows wait, every so many steps one is kept; the newest always is. */
  private stride = 1;
  private seen = 0;
  /** The newest row is only there because it is the newest. */
  private provisional = false;
  private sent = 0;
  private acknowledged = 0;
  /** When the next frame is due. */
  private due = -Infinity;

  constructor(
    private readonly layers: number,
    private readonly send: (sequence: number, frame: ArrayBuffer) => void,
    private readonly clock: () => number,
  ) {
    this.width = rowWidth(layers);
    this.rows = new Float64Array(CAPACITY * this.width);
  }

  add(event: StepEvent): void {
    if (this.provisional) this.count--;
    else if (this.count === CAPACITY) this.thin();
    writeRow(this.rows, this.count * this.width, event);
    this.count++;
    this.provisional = this.seen % this.stride !== 0;
    this.seen++;
  }

  /** Sends what waits, if it is time. */
  tick(): void {
    if (this.clock() >= this.due) this.flush();
  }

  /** Sends what waits, unless too much is under way. */
  flush(): void {
    if (this.sent - this.acknowledged < FRAMES_UNDER_WAY) this.sendAll();
  }

  /** Sends what waits whatever is under way: the last steps of a run must arrive before its end is told. */
  finish(): void {
    this.sendAll();
  }

  acknowledge(sequence: number): void {
    this.acknowledged = Math.max(this.acknowledged, Math.min(sequence, this.sent));
  }

  private sendAll(): void {
    if (this.count === 0) return;
    const frame = encodeFrame(this.layers, this.rows, this.count);
    this.count = 0;
    this.stride = 1;
    this.seen = 0;
    this.provisional = false;
    // Due an interval after the last was due, not after it came: a run that looks up every 12 ms still sends sixty a second.
    const now = this.clock();
    this.due = (now - this.due < INTERVAL ? this.due : now) + INTERVAL;
    this.send(++this.sent, frame);
  }

  private thin(): void {
    const { rows, width } = this;
    for (let row = 1; row < CAPACITY / 2; row++) rows.copyWithin(row * width, 2 * row * width, (2 * row + 1) * width);
    this.count = CAPACITY / 2;
    this.stride *= 2;
  }
}
