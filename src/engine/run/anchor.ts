/**
 * A state on the way that a run is kept in. Where several steps are under way, that the run has diverged is found out when it is already
 * beyond: it is put back to here and trained again, with the same learning rates, up to the very step.
 */
import type { MachineTensors } from './stream';

export class Anchor {
  /** The step whose state it is. */
  step = 0;
  /** Null before the first. */
  tensors: MachineTensors | null = null;
  /** The learning rates of the steps asked for since. */
  private paces: number[] = [];
  /** When a state was last asked for. */
  private asked = -Infinity;

  /** @param clock milliseconds since any fixed moment @param every milliseconds after which another is kept */
  constructor(
    private readonly clock: () => number,
    private readonly every: number,
  ) {}

  /** A step is asked for. @returns whether the state after it is to be kept */
  pass(lr: number): boolean {
    this.paces.push(lr);
    const now = this.clock();
    if (now - this.asked < this.every) return false;
    this.asked = now;
    return true;
  }

  /** The learning rate of a step asked for after this one. */
  rate(step: number): number {
    return this.paces[step - this.step - 1];
  }

  /** @param step one that was asked for since, or this one again */
  keep(step: number, tensors: MachineTensors): void {
    this.stand(step, tensors, this.paces.slice(step - this.step));
  }

  /** The run stands elsewhere, and no step has been asked for since. */
  restart(step: number, tensors: MachineTensors): void {
    this.stand(step, tensors, []);
  }

  private stand(step: number, tensors: MachineTensors, paces: number[]): void {
    [this.step, this.tensors, this.paces] = [step, tensors, paces];
    this.asked = this.clock();
  }
}
