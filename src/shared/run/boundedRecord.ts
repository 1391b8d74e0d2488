/**
 * A run's record as JSON Lines, on its way to where it is kept (a file, or a file beyond a link), written beside the training. It is
 * bounded: once half of it is used only every 4th step is kept, after three quarters every 16th, and so on, so that a run of any length is
 * there from first to last step. Every line that is there is exact, and all that is not a step (evaluations, curvature, findings, the
 * end) is always kept.
 */
import { toLine } from '../../engine/run/line';
import type { RecordEvent } from '../../engine/run/record';

/** The size that the step lines of a record never exceed, in bytes. */
const LARGEST = 2 ** 26;

/** Where the lines go: one call at a time, each awaited before the next. */
export interface RecordStore {
  append(text: string): Promise<void>;
  /** Forgets what follows these bytes. */
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
  /** Bytes of a text where it is kept (UTF-8). */
  bytesOf(text: string): number;
}

/** A run's record as the run sees it. */
export interface RunRecord {
  /** Bytes of the record so far, written or still waiting. */
  readonly position: number;
  /** Bytes that wait to be written. */
  readonly backlog: number;
  add(event: RecordEvent): void;
  /**
   * Goes back to `position`, which was the record's once. What is added from here on is there already, and nothing is forgotten yet: whoever
   * has to go on from where the record stood finds all of it. Nothing may be added meanwhile. @throws why it could not be written
   */
  retrace(position: number): Promise<void>;
  /** After that: forgets what follows, and what is added is new again. @throws why it could not be written */
  arrive(): Promise<void>;
  /** Ends when all that was added before is kept. @throws why it could not be written */
  flushed(): Promise<void>;
  close(): Promise<void>;
}

export class BoundedRecord implements RunRecord {
  private waiting: string[] = [];
  private waitingBytes = 0;
  /** What is being written just now. */
  private batch: Promise<void> = Promise.resolve();
  private busy = false;
  /** Is it on ground that it knows? */
  private retracing = false;
  private failure: Error | null = null;

  /**
   * @param bytes that the store has already
   * @param largest the size it never exceeds
   */
  constructor(
    private readonly store: RecordStore,
    private bytes = 0,
    private readonly largest = LARGEST,
  ) {}

  get position(): number {
    return this.bytes;
  }

  get backlog(): number {
    return this.waitingBytes;
  }

  add(event: RecordEvent): void {
    if (event.type === 'step' && event.step % this.stride !== 0) return;
    const line = `${toLine(event)}\n`;
    const size = this.store.bytesOf(line);
    if (event.type === 'step' && this.bytes + size > this.largest) return;
    this.bytes += size;
    if (this.retracing) return;
    this.waiting.push(line);
    this.waitingBytes += size;
    if (!this.busy) void this.write();
  }

  async retrace(position: number): Promise<void> {
    await this.flushed();
    this.bytes = position;
    this.retracing = true;
  }

  async arrive(): Promise<void> {
    if (!this.retracing) return;
    this.retracing = false;
    await this.store.truncate(this.bytes);
  }

  async flushed(): Promise<void> {
    const goal = this.bytes;
    // not until nothing waits: a fast run always adds more
    while (this.bytes - this.waitingBytes < goal && !this.failure) await this.batch.catch(() => undefined);
    if (this.failure) throw new Error(`The record cannot be written: ${this.failure.message}.`);
  }

  async close(): Promise<void> {
    try {
      await this.flushed();
    } finally {
      await this.store.close();
    }
  }

  /** One step in this many is kept. It follows from the bytes alone, so a run that goes on from a checkpoint keeps the same. */
  private get stride(): number {
    const free = Math.max(1 - this.bytes / this.largest, 2 ** -20);
    return 4 ** Math.floor(-Math.log2(free));
  }

  private async write(): Promise<void> {
    this.busy = true;
    try {
      while (this.waiting.length > 0) {
        const text = this.waiting.join('');
        this.waiting = [];
        this.batch = this.store.append(text);
        await this.batch;
        this.waitingBytes -= this.store.bytesOf(text);
      }
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      this.waiting = [];
      this.waitingBytes = 0;
    } finally {
      this.busy = false;
    }
  }
}
