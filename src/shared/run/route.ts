/**
 * The way to a step at which a run is to stand still, or from which it trains on, with what was changed on that way once: each change is made again at its own step, so that
 * what is trained is, bit for bit, what was trained then.
 */
import type { Eventually } from '../../engine/eventually';
import type { Change } from '../../engine/run/changes';
import type { Course } from '../../engine/run/course';
import type { RecordEvent } from '../../engine/run/record';
import type { ChangeEvent } from '../protocol';

export class Route {
  /** @param to where it ends @param changes of steps up to there, in order @param on whether the run then trains on */
  constructor(
    private readonly course: Course,
    readonly to: number,
    private changes: readonly Change[] = [],
    readonly on = false,
  ) {}

  /** Is it at its end, with all changes made? Also where the run ends on the way. */
  get arrived(): boolean {
    const { step, finishing } = this.course.trainer;
    return finishing || (step >= this.to && this.changes.length === 0);
  }

  /** The next of what there is to do; not yet `arrived`. @throws Error where a change cannot be made again, with the reason */
  goOn(): Eventually<RecordEvent[]> {
    const [next, ...later] = this.changes;
    if (next === undefined) return this.course.advance(this.to);
    if (next.step > this.course.trainer.step) return this.course.advance(next.step);
    this.changes = later;
    return this.make(next);
  }

  private make(change: Change): Eventually<RecordEvent[]> {
    const fail = (error: unknown): never => {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`What was changed after step ${change.step} cannot be changed again: ${why}`, { cause: error });
    };
    try {
      const events = this.course.make(change);
      return events instanceof Promise ? events.catch(fail) : events;
    } catch (error) {
      return fail(error);
    }
  }
}

/** What an event tells, as it is done again. */
export const changeOf = (event: ChangeEvent): Change =>
  event.type === 'rule' ? { step: event.step, file: event.file, text: event.text } : { step: event.step, settings: event.changed };
