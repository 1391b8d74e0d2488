/** One thing after the other: at once where nothing is waited for, otherwise when what was asked before is done. */
import type { Eventually } from '../../engine/eventually';
import { MachineLost } from '../../engine/run/stream';

export class Turns {
  /** Ends with the work that is waited for; null while there is none. */
  private last: Promise<void> | null = null;
  /** What computed is gone. */
  lost: MachineLost | null = null;

  /** @param stir is called when what computed is gone: a run that stands still would not find out */
  constructor(private readonly stir: () => void) {}

  take<Result>(work: () => Eventually<Result>): Eventually<Result> {
    const result = this.last === null ? work() : this.last.then(work);
    if (result instanceof Promise) {
      const done = (error?: unknown): void => {
        if (this.last === turn) this.last = null;
        if (!(error instanceof MachineLost)) return;
        this.lost = error;
        this.stir();
      };
      const turn = result.then(() => done(), done);
      this.last = turn;
    }
    return result;
  }
}
