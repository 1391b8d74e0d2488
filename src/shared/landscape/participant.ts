/**
 * One optimizer on a function: a run of the engine as any other, in float64, of which every step is kept. Nothing of a rule is computed here, so
 * that its numbers are those of the record that the command line writes for the same specification.
 */
import { assemble } from '../../engine/run/machine';
import { prepare, type Prepared } from '../../engine/run/prepare';
import type { EndEvent, RecordEvent } from '../../engine/run/record';
import type { RuleSpecification, RunSpecification, ScheduleSpecification } from '../../engine/run/specification';
import { Trainer } from '../../engine/run/trainer';
import { FileError, type Files } from '../../engine/problems/files';
import { readLandscape } from './function';
import { Track, type Place } from './track';

/** What is run: an optimizer with what is round it. */
export interface Entry {
  readonly optimizer: RuleSpecification;
  readonly wrappers?: readonly RuleSpecification[];
  readonly schedule?: ScheduleSpecification;
}

/** What all of them run on. */
export interface Ground {
  readonly formula: string;
  readonly start: Readonly<Record<string, number>>;
  readonly steps: number;
  readonly seed: number;
}

/** The specification of an entry's run, as a file of the command line would hold it. */
export const specificationOf = ({ formula, start, steps, seed }: Ground, { optimizer, wrappers, schedule }: Entry): RunSpecification => ({
  problem: { function: formula, start },
  optimizer,
  ...(wrappers && wrappers.length > 0 ? { wrappers } : {}),
  ...(schedule ? { schedule } : {}),
  steps,
  seed,
  measure: { curvatureEvery: 0, perWeight: true },
});

const noFile = (path: string): Promise<never> =>
  Promise.reject(new FileError(`${path}: a landscape takes the optimizers of the library; rules in files are trained with “Train with…”.`));
const noFiles: Files = { size: noFile, read: noFile, text: noFile };

export class Participant {
  readonly track: Track;
  /** How its run ended, once it has. */
  end: EndEvent | null = null;
  private readonly trainer: Trainer;

  private constructor(
    readonly entry: Entry,
    readonly prepared: Prepared,
    ground: Ground,
  ) {
    const f = readLandscape(ground.formula);
    const start = f.variables.map((name) => ground.start[name]);
    const machine = assemble(prepared);
    this.track = new Track(f.variables, machine.variables ?? []);
    this.track.begin(start, f.value(start), f.gradient(start));
    this.trainer = new Trainer(prepared, { machine });
    this.trainer.begin();
  }

  /** @throws SpecificationError or LanguageError for what is wrong with the function, its start or the optimizer's hyperparameters */
  static async enter(ground: Ground, entry: Entry): Promise<Participant> {
    return new Participant(entry, await prepare(specificationOf(ground, entry), noFiles), ground);
  }

  /** `Adam` */
  get title(): string {
    return this.prepared.title;
  }

  /** The step at which it diverged; null where it did not. */
  get divergedAt(): number | null {
    return this.end?.reason === 'diverged' ? this.end.step : null;
  }

  /** Whether it has still to go on to know a step. */
  behind(step: number): boolean {
    return this.end === null && (this.track.last < step || this.trainer.finishing);
  }

  /** Goes on until a step is known, or the run has ended. */
  reach(step: number): void {
    while (this.behind(step)) this.take(this.advance(step));
  }

  /** Where it stood after a step; its last place where it did not get so far. */
  at(step: number): Place {
    return this.track.at(Math.min(step, this.track.last));
  }

  /** A fault in the midst of a run ends it, as it ends any run. */
  private advance(step: number): RecordEvent[] {
    try {
      return this.trainer.advance(step);
    } catch (error) {
      return this.trainer.fail(error instanceof Error ? error.message : String(error));
    }
  }

  private take(events: readonly RecordEvent[]): void {
    for (const event of events)
      if (event.type === 'step') this.track.take(event);
      else if (event.type === 'end') this.end = event;
  }
}
