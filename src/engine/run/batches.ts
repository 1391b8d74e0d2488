/**
 * Which samples each step sees. Every epoch passes over all training samples once, in an order drawn from the seed and the epoch's number
 * alone, so that any step's batch can be told without those before it: a checkpoint keeps nothing but the step.
 */
import { Random } from '../random';

export class Batches {
  /** Steps in one pass; the last batch of a pass may be smaller. */
  readonly perEpoch: number;
  private order: Uint32Array;
  private epoch = -1;

  /** @param rows the training samples @param batch samples a step @param shuffled false: always in the order of `rows` */
  constructor(
    private readonly rows: Uint32Array,
    private readonly batch: number,
    private readonly seed: number,
    shuffled: boolean,
  ) {
    this.perEpoch = Math.ceil(rows.length / batch);
    this.order = rows;
    // With one batch an epoch there is nothing to shuffle: the mean is over all of them in any order.
    this.shuffled = shuffled && this.perEpoch > 1;
  }

  private readonly shuffled: boolean;

  /** The samples of step `k`, from 0. Not to be written to. */
  at(k: number): Uint32Array {
    const epoch = Math.floor(k / this.perEpoch);
    if (this.shuffled && epoch !== this.epoch) {
      this.order = new Random(this.seed, `order/${epoch}`).permutation(this.rows.length).map((i) => this.rows[i]);
      this.epoch = epoch;
    }
    const start = (k % this.perEpoch) * this.batch;
    return this.order.subarray(start, Math.min(start + this.batch, this.rows.length));
  }

  /** Passes over the training samples once `steps` steps are taken, a fraction. */
  passes(steps: number): number {
    const whole = Math.floor(steps / this.perEpoch);
    return whole + ((steps % this.perEpoch) * this.batch) / this.rows.length;
  }
}
