/**
 * The checkpoints that the editor has of a run, so that it can go on, or be put to an earlier step, when its engine is gone: the newest, and some
 * of those before it, spread over the run within a bound. Knows nothing of the editor.
 */

export interface Checkpoint {
  readonly step: number;
  readonly bytes: ArrayBuffer;
}

/** The most that are kept, and the most bytes of all but the newest: 64 MiB. */
const MOST = 24;
const BYTES = 2 ** 26;

export class Checkpoints {
  private kept: Checkpoint[] = [];

  get newest(): Checkpoint | null {
    return this.kept.at(-1) ?? null;
  }

  /** The latest of those up to a step. */
  upTo(step: number): Checkpoint | null {
    return this.kept.filter((each) => each.step <= step).at(-1) ?? null;
  }

  add(checkpoint: Checkpoint): void {
    this.kept = [...this.kept.filter(({ step }) => step < checkpoint.step), checkpoint];
    while (this.kept.length > MOST || (this.kept.length > 1 && this.earlierBytes > BYTES)) this.thin();
  }

  /** Those of later steps are of a future that the run has left. */
  forgetAfter(step: number): void {
    this.kept = this.kept.filter((each) => each.step <= step);
  }

  private get earlierBytes(): number {
    return this.kept.slice(0, -1).reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  }

  /** Every second one goes, the newest never. */
  private thin(): void {
    const last = this.kept.length - 1;
    this.kept = this.kept.filter((_, i) => (last - i) % 2 === 0);
  }
}
