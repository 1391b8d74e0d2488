/**
 * How many steps to ask for ahead of the last answer: as many as keep the GPU at work for a while, so that waiting for an answer costs
 * nothing, and no more, so that pausing is felt at once. Nothing that is computed depends on it.
 */

/** Milliseconds of work under way. */
const wanted = 40;
const most = 128;
/** Milliseconds over which answers are counted: those of one submission come together. */
const interval = 10;
/** How much of the newest interval goes into the average. */
const share = 0.3;

export class Pacing {
  private underWay = 0;
  private since = 0;
  private counted = 0;
  /** Milliseconds a step. */
  private average = NaN;

  /** @param now milliseconds since any fixed moment */
  constructor(private readonly now: () => number = () => performance.now()) {}

  asked(): void {
    if (this.underWay++ > 0) return;
    this.since = this.now();
    this.counted = 0;
  }

  /** @param steps that were answered together */
  answered(steps = 1): void {
    this.underWay -= steps;
    this.counted += steps;
    const now = this.now();
    if (now - this.since < interval && this.underWay > 0) return;
    const each = (now - this.since) / this.counted;
    this.average = Number.isNaN(this.average) ? each : this.average + share * (each - this.average);
    this.since = now;
    this.counted = 0;
  }

  /** At least two: one at work and one behind it. */
  get ahead(): number {
    const steps = Math.round(wanted / Math.max(this.average, wanted / most));
    return Number.isNaN(steps) ? 4 : Math.max(2, steps);
  }
}
