/**
 * The learning rate of a run, step by step: the schedule with its linear warm-up in front of it, and what a schedule that watches
 * remembers of the losses it was shown. The only thing of a schedule that changes while a run goes on is in here, and a checkpoint
 * keeps it to the bit.
 */
import type { Floats } from '../backends/backend';
import { warmedUp, type Memory, type Schedule, type ScheduleValues } from '../schedules';

export class Pace {
  private memory: Memory | null;

  /** @param lr the optimizer's own rate @param values every setting of the schedule, complete and checked */
  constructor(
    private readonly schedule: Schedule,
    private readonly lr: number,
    private readonly values: ScheduleValues,
  ) {
    this.memory = schedule.kind === 'watching' ? schedule.begin(lr, values) : null;
  }

  /** Does the rate of a step depend on the evaluations before it? */
  get watches(): boolean {
    return this.memory !== null;
  }

  /** The learning rate of step k, from 0. What watches knows only the present: its rate is that of the coming step. */
  rate(k: number): number {
    return warmedUp(k, this.values, (own) => this.own(own));
  }

  /**
   * Shows an evaluation to a schedule that watches. One before its own first step (the first evaluation of a run, those of the warm-up)
   * says nothing about its rate and is passed over.
   * @param step steps taken @param loss of the samples held out, or of the training samples where none are
   */
  observe(step: number, loss: number): void {
    if (this.memory === null || this.schedule.kind !== 'watching' || step <= Number(this.values.warmup)) return;
    this.memory = this.schedule.observe(this.memory, loss, this.values);
  }

  /** What a checkpoint keeps: nothing, or one vector. */
  save(): Float64Array[] {
    return this.memory === null ? [] : [Float64Array.from(Object.values(this.memory))];
  }

  /** Goes on from what `save` gave. */
  restore([numbers]: readonly Floats[]): void {
    if (this.memory === null || numbers === undefined) return;
    this.memory = Object.fromEntries(Object.keys(this.memory).map((name, i) => [name, numbers[i]]));
  }

  /** The schedule's rate at its own step k. */
  private own(k: number): number {
    if (this.schedule.kind === 'planned') return this.schedule.rate(k, this.lr, this.values);
    return this.memory === null ? this.lr : this.schedule.rate(this.memory);
  }
}
