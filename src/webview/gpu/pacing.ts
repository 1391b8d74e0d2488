/**
 * How many steps to ask for ahead of the last answer: as many as keep the GPU at work for a while, so that waiting for an answer costs
 * nothing, and no more, so that pausing is felt at once. Nothing that is computed depends on it.
 */

/** Milliseconds of work under way. */
const wanted = 40;
const most = 128;
/** How much of the newest time goes into the average. */
const share = 0.1;

export class Pacing {
  private underWay = 0;
  private last = 0;
  private average = NaN;

  /** @param now milliseconds since any fixed moment */
  constructor(private readonly now: () => number = () => performance.now()) {}

  asked(): void {
    if (this.underWay++ === 0) this.last = this.now();
  }

  answered(): void {
    this.underWay--;
    const now = this.now();
    const took = now - this.last;
    this.last = now;
    this.average = Number.isNaN(this.average) ? took : this.average + share * (took - this.average);
  }

  /** At least two: one at work and one behind it. */
  get ahead(): number {
    const steps = Math.round(wanted / this.average);
    return Number.isNaN(steps) ? 4 : Math.min(most, Math.max(2, steps));
  }
}
