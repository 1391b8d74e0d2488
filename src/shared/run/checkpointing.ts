/** The checkpoints that a run tells its host: the newest, every so often, and anew wherever the run has become another than the host knows. */
import { after, type Eventually } from '../../engine/eventually';
import type { Training } from '../../engine/run/training';
import type { RunRecord } from './boundedRecord';

/** Milliseconds from one checkpoint to the next. */
const EVERY = 2000;

export class Checkpointing {
  private last = -Infinity;

  /** @param send tells one */
  constructor(
    private readonly trainer: Training,
    private readonly clock: () => number,
    private readonly send: (step: number, bytes: ArrayBuffer) => void,
  ) {}

  get due(): boolean {
    return this.clock() - this.last >= EVERY;
  }

  /** The next is due at once: the run stands still, or the one that the host has is no longer of its past. */
  renew(): void {
    this.last = -Infinity;
  }

  /** The next is due later. */
  begun(): void {
    this.last = this.clock();
  }

  /** Of a settled run: told once the record up to it is kept, so that a run that goes on from it finds the lines before. @returns ends when it has been taken, with the promise of its having been told */
  take(record: RunRecord | null): Eventually<{ readonly told: Promise<void> }> {
    const { step } = this.trainer;
    return after(this.trainer.checkpoint({ record: record?.position ?? 0 }), (bytes) => {
      const written = record?.flushed() ?? Promise.resolve();
      const told = written.then(
        () => this.send(step, bytes),
        () => undefined, // the next slice that waits for the record, or its closing, tells why
      );
      return { told };
    });
  }
}
