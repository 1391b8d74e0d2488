/**
 * Several optimizers from one start, looked at after the same step. Going back is looking at an earlier place of each track; going forward
 * again meets the same places, and beyond the newest the runs take new steps.
 */
import type { ScalarFunction } from '../../engine/language';
import { readLandscape } from './function';
import { Participant, type Entry, type Ground } from './participant';

/** Steps that a run takes at a time while the others wait. */
const STRIDE = 8;

/** An entry that cannot run, and why. */
export interface Refusal {
  readonly entry: Entry;
  readonly error: Error;
}

export class Race {
  /** The step that is looked at. */
  step = 0;

  private constructor(
    readonly ground: Ground,
    readonly f: ScalarFunction,
    /** One for each entry, in their order. */
    readonly lanes: readonly (Participant | Refusal)[],
  ) {}

  /** @throws LanguageError where the formula is no function of one or two variables, with the place */
  static async of(ground: Ground, entries: readonly Entry[]): Promise<Race> {
    const f = readLandscape(ground.formula);
    const lanes = entries.map((entry) =>
      Participant.enter(ground, entry).catch((error: unknown): Refusal => ({
        entry,
        error: error instanceof Error ? error : new Error(String(error)),
      })),
    );
    return new Race(ground, f, await Promise.all(lanes));
  }

  get participants(): readonly Participant[] {
    return this.lanes.filter((lane) => lane instanceof Participant);
  }

  /** Is nothing left but to look back? */
  get over(): boolean {
    const { step, participants } = this;
    return step >= this.ground.steps || participants.every(({ end, track }) => end !== null && track.last <= step);
  }

  /** Looks at a step, from 0 to the last one of the ground; all runs come up to it. */
  goTo(step: number): void {
    this.look(step);
    this.catchUp();
  }

  /** Looks at a step that the runs may still have to come up to. */
  look(step: number): void {
    this.step = Math.max(0, Math.min(Math.round(step), this.ground.steps));
  }

  /** Lets the runs come up to the step that is looked at, all alike. @param enough whether to stop before. @returns whether they are there */
  catchUp(enough: () => boolean = () => false): boolean {
    const behind = this.participants.filter((participant) => participant.behind(this.step));
    for (let known = Math.min(...behind.map(({ track }) => track.last)); behind.some((each) => each.behind(this.step)); known += STRIDE) {
      for (const participant of behind) participant.reach(Math.min(this.step, known + STRIDE));
      if (enough()) break;
    }
    return !behind.some((participant) => participant.behind(this.step));
  }
}
