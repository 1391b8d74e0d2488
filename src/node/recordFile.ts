/**
 * A run's record as a file of JSON Lines, written beside the training. The file is bounded: once half of it is used only every 4th step is
 * kept, after three quarters every 16th, and so on, so that a run of any length is there from first to last step. Every line that is
 * there is exact, and all that is not a step (evaluations, curvature, findings, the end) is always kept.
 */
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toLine } from '../engine/run/line';
import type { RecordEvent } from '../engine/run/record';

/** The size that the step lines of a record never exceed, in bytes. */
const LARGEST = 2 ** 26;

export class RecordFile {
  private waiting: string[] = [];
  private waitingBytes = 0;
  /** What is being written just now. */
  private batch: Promise<void> = Promise.resolve();
  private busy = false;
  private failure: Error | null = null;

  private constructor(
    private readonly file: FileHandle,
    private bytes: number,
    private readonly largest: number,
  ) {}

  /**
   * Opens a record for writing.
   * @param keep go on after this many bytes of what is there; 0 begins anew. A file that is shorter begins anew too: `position` is then 0
   * @param largest the size it never exceeds
   */
  static async open(path: string, keep = 0, largest = LARGEST): Promise<RecordFile> {
    await mkdir(dirname(path), { recursive: true });
    if (keep === 0) await (await open(path, 'w')).close();
    const file = await open(path, 'a'); // and not where the file was read or cut last
    if (keep === 0) return new RecordFile(file, 0, largest);
    try {
      const kept = (await file.stat()).size >= keep ? keep : 0;
      await file.truncate(kept);
      return new RecordFile(file, kept, largest);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Bytes of the record so far, written or still waiting. */
  get position(): number {
    return this.bytes;
  }

  /** Bytes that wait to be written. */
  get backlog(): number {
    return this.waitingBytes;
  }

  add(event: RecordEvent): void {
    if (event.type === 'step' && event.step % this.stride !== 0) return;
    const line = `${toLine(event)}\n`;
    const size = Buffer.byteLength(line);
    if (event.type === 'step' && this.bytes + size > this.largest) return;
    this.waiting.push(line);
    this.waitingBytes += size;
    this.bytes += size;
    if (!this.busy) void this.write();
  }

  /** Forgets all that was added after `position`, which was the record's once; nothing may be added meanwhile. @throws why it could not be written */
  async rewind(position: number): Promise<void> {
    await this.flushed();
    await this.file.truncate(position);
    this.bytes = position;
  }

  /** Ends when all that was added before is in the file. @throws why it could not be written */
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
      await this.file.close();
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
        this.batch = this.file.appendFile(text);
        await this.batch;
        this.waitingBytes -= Buffer.byteLength(text);
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
