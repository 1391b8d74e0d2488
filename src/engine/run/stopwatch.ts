/** How long a run has worked: time counts while one of its calls is under way, and while what it asked for is. */
import type { Eventually } from '../eventually';

export class Stopwatch {
  private spent = 0;
  /** Since when it counts; null where it does not. */
  private since: number | null = null;

  /** @param clock milliseconds since any fixed moment @param busy is anything under way after a call? */
  constructor(
    private readonly clock: () => number,
    private readonly busy: () => boolean,
  ) {}

  get milliseconds(): number {
    return this.spent + (this.since === null ? 0 : this.clock() - this.since);
  }

  /** Stands still at `milliseconds`. */
  set(milliseconds: number): void {
    this.spent = milliseconds;
    this.since = null;
  }

  during<Result>(work: () => Eventually<Result>): Eventually<Result> {
    this.since ??= this.clock();
    let result: Eventually<Result>;
    try {
      result = work();
    } catch (error) {
      this.rest();
      throw error;
    }
    if (result instanceof Promise) return result.finally(() => this.rest());
    this.rest();
    return result;
  }

  private rest(): void {
    if (!this.busy()) this.set(this.milliseconds);
  }
}
