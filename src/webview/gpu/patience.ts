/**
 * Whether a GPU still answers. A device that is lost says so; one that hangs says nothing, its page goes on answering the editor, and whoever
 * waits for it (to pause, to stop, to begin something else) would wait for ever. The longest piece of work that is ever sent off at once takes
 * seconds, on a slow machine too, so minutes without any answer mean that none will come.
 */

/** Milliseconds without an answer after which none is expected. */
const PATIENCE = 120_000;
/** Milliseconds between two looks at the clock, and the most that one interval counts for: a machine that slept was not waiting. */
const LOOK = 5000;
const MOST = 60_000;

export interface PatienceOptions {
  readonly limit?: number;
  readonly look?: number;
  /** Milliseconds since any fixed moment. */
  readonly clock?: () => number;
}

export class Patience {
  private pending = 0;
  private waited = 0;
  private looked = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** @param over is called once, with the seconds without an answer */
  constructor(
    private readonly over: (seconds: number) => void,
    private readonly options: PatienceOptions = {},
  ) {}

  /** Something was sent off. */
  begun(): void {
    const { look = LOOK } = this.options;
    if (this.pending++ > 0) return;
    this.reset();
    this.timer = setInterval(() => this.look(), look);
  }

  /** One of them was answered, however. */
  answered(): void {
    this.reset();
    if (--this.pending === 0) clearInterval(this.timer);
  }

  /** Nobody waits any more. */
  end(): void {
    clearInterval(this.timer);
  }

  private reset(): void {
    this.waited = 0;
    this.looked = this.now();
  }

  private look(): void {
    const { limit = PATIENCE } = this.options;
    const now = this.now();
    this.waited += Math.min(now - this.looked, MOST);
    this.looked = now;
    if (this.waited < limit) return;
    this.end();
    this.over(Math.round(this.waited / 1000));
  }

  private now(): number {
    return (this.options.clock ?? (() => performance.now()))();
  }
}
