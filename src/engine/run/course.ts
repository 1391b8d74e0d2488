/**
 * A run that can go back. Checkpoints are kept on the way, and any earlier step is reached again from the nearest one before it by
 * training on: the same batches, draws and sums give the same bits. What a person did to the run while it stood still is not in its
 * specification, so it is written down here and done again at the same step.
 */
import type { Waypoint } from '../curvature/slice';
import { after, eventually, wait, type Eventually, type Waiting } from '../eventually';
import { showBytes } from '../problems/files';
import { decodeCheckpoint } from './checkpoint';
import { joined } from './lossSurface';
import type { AskedChange, Change } from './changes';
import type { Prepared } from './prepare';
import type { RecordEvent } from './record';
import { Timeline } from './timeline';
import type { Training } from './training';

export interface CourseOptions {
  /** The most bytes that checkpoints may take. */
  readonly budget?: number;
  /** Steps from one checkpoint to the next, at first. */
  readonly every?: number;
  /** The share of the training's time that checkpoints may take; they become rarer until it is kept. */
  readonly share?: number;
  /** Milliseconds since any fixed moment. */
  readonly clock?: () => number;
  /** What to find again with a checkpoint, where the run is put back to it. */
  readonly note?: () => number;
}

/** What was done to a run that stood still after a step: a change, or so many products of a curvature measurement. */
type Deed = Change | { readonly step: number; products: number };

interface Mark {
  readonly checkpoint: ArrayBuffer;
  /** The run with the rules that it had. */
  readonly prepared: Prepared;
  /** Deeds before it. */
  readonly deeds: number;
  /** Taken once the events up to it have been told; until then undefined. */
  note?: number;
}

/** What a course has gone back to. */
export interface Return {
  /** The step of the checkpoint. */
  readonly step: number;
  /** Its note. */
  readonly note: number;
  /** Of what was done to the run there. */
  readonly events: RecordEvent[];
}

/** 128 MiB. */
const BUDGET = 2 ** 27;
const SHARE = 0.02;

export class Course<Run extends Training = Training> {
  private readonly timeline: Timeline<Mark>;
  private deeds: Deed[] = [];
  /** Deeds that the run as it stands has behind it. */
  private done = 0;
  /** The checkpoint at which the run stands, until it has a note. */
  private fresh: Mark | null = null;
  private readonly budget: number;
  private readonly share: number;
  private readonly clock: () => number;
  private readonly note: () => number;
  /** When the last checkpoint was taken, and the least time that one took. */
  private last: number;
  private least = Infinity;

  private constructor(
    readonly trainer: Run,
    { budget = BUDGET, every = 1, share = SHARE, clock = Date.now, note = () => 0 }: CourseOptions,
  ) {
    this.timeline = new Timeline(budget, every);
    this.budget = budget;
    this.share = share;
    this.clock = clock;
    this.note = note;
    this.last = clock();
  }

  /** @param trainer a run that has begun: the step at which it stands is the earliest that can be gone back to */
  static of<Run extends Training>(trainer: Run, options: CourseOptions = {}): Eventually<Course<Run>> {
    const course = new Course(trainer, options);
    return after(course.keep(), () => course);
  }

  /** The steps whose checkpoints are kept, ascending, and what they take. */
  get kept(): { readonly steps: readonly number[]; readonly bytes: number } {
    return { steps: this.timeline.steps, bytes: this.timeline.bytes };
  }

  /** As the trainer's. */
  advance(upTo = Infinity): Eventually<RecordEvent[]> {
    this.noteMark();
    return after(this.trainer.advance(Math.min(upTo, this.nextStop)), this.arrived);
  }

  /** As the trainer's. */
  settle(): Eventually<RecordEvent[]> {
    return this.trainer.settle();
  }

  /** As the trainer's. */
  measureOn(): Eventually<{ readonly events: RecordEvent[]; readonly busy: boolean }> {
    this.noteMark();
    if (this.trainer.measuring) this.noteProduct();
    return this.trainer.measureOn();
  }

  /** As the trainer's. @throws where the text or a value will not do; the run is then as it was */
  make(change: AskedChange): Eventually<RecordEvent[]> {
    this.noteMark();
    return after(this.trainer.make(change), (events) => {
      this.add({ ...change, step: this.trainer.step });
      return events;
    });
  }

  /**
   * Puts a settled run back to a checkpoint from which `step` is reached by `advance(step)`; what was done to the run later than that step
   * is undone. It is a step earlier than need be, so that gradient and rates of the step are known again, too.
   * @param step from the run's beginning to where it stands
   * @throws RangeError where the step cannot be reached
   */
  goBack(step: number): Eventually<Return> {
    this.noteMark();
    const { trainer, timeline } = this;
    const [first] = timeline.steps;
    if (!Number.isSafeInteger(step) || step < 0 || step > trainer.step)
      throw new RangeError(`The run stands at step ${trainer.step} and cannot go back to step ${step}.`);
    if (first === undefined)
      throw new RangeError(
        `The run cannot go back: one of its checkpoints takes ${showBytes(trainer.checkpointBytes)}, and only ${showBytes(this.budget)} are kept for them.`,
      );
    const mark = timeline.upTo(Math.max(first, trainer.toldUpTo(step) - 1));
    if (step < first || mark === undefined)
      throw new RangeError(`The run cannot go back to step ${step}: it is known from step ${first} on.`);
    return after(trainer.restore(mark.checkpoint, mark.prepared, false), () => {
      const undone = this.deeds.find((deed) => deed.step > step);
      if (undone) timeline.forgetAfter(undone.step);
      this.deeds = this.deeds.filter((deed) => deed.step <= step);
      this.done = mark.deeds;
      const from = { step: trainer.step, note: mark.note ?? 0 };
      return after(this.redo(), (events) => ({ ...from, events }));
    });
  }

  /**
   * The way up to where the run stands: the weights of the steps whose checkpoints are kept, read when they are taken, ascending.
   * @param most thinned evenly to so many
   */
  way(most: number): Iterable<Waypoint> {
    const steps = this.timeline.steps.filter((step) => step < this.trainer.step);
    const every = Math.max(1, Math.ceil(steps.length / most));
    const marks = steps.flatMap((step, i) => (i % every === 0 ? [{ step, mark: this.timeline.upTo(step) }] : []));
    return (function* () {
      for (const { step, mark } of marks)
        if (mark) yield { step, weights: joined(decodeCheckpoint(mark.checkpoint, false).tensors.weights) };
    })();
  }

  /** The run may not go beyond this step by itself: something was done to it there, or a checkpoint is to be taken. */
  private get nextStop(): number {
    const deed = this.done < this.deeds.length ? this.deeds[this.done].step : Infinity;
    return Math.min(deed, this.timeline.dueAfter(this.trainer.step));
  }

  /** Where something was done to the run no checkpoint is taken on the way: none could have a note between the step and that. */
  private readonly arrived = (events: RecordEvent[]): Eventually<RecordEvent[]> => {
    const work = this.deeds[this.done]?.step === this.trainer.step ? this.redo() : this.keep();
    return after(work, (more) => (more.length > 0 ? [...events, ...more] : events));
  };

  /** Does again what was done at this step. */
  private redo(): Eventually<RecordEvent[]> {
    return eventually(this.redone());
  }

  private *redone(): Waiting<RecordEvent[]> {
    const { trainer, deeds } = this;
    const events: RecordEvent[] = [];
    for (; this.done < deeds.length && deeds[this.done].step === trainer.step; this.done++) {
      const deed = deeds[this.done];
      if (!('products' in deed)) events.push(...(yield* wait(trainer.make(deed))));
      else for (let k = 0; k < deed.products; k++) events.push(...(yield* wait(trainer.measureOn())).events);
    }
    return events;
  }

  private noteProduct(): void {
    const newest = this.deeds.at(-1);
    if (newest !== undefined && 'products' in newest && newest.step === this.trainer.step) newest.products++;
    else this.add({ step: this.trainer.step, products: 1 });
  }

  /** The run is no longer what it was when it came here before. */
  private add(deed: Deed): void {
    this.timeline.forgetAfter(deed.step);
    this.deeds.push(deed);
    this.done = this.deeds.length;
  }

  /** Keeps a checkpoint where one is due. @returns the events of what was under way */
  private keep(): Eventually<RecordEvent[]> {
    const { trainer, timeline } = this;
    if (!timeline.due(trainer.step) || trainer.checkpointBytes > this.budget) return [];
    return after(trainer.settle(), (events) => after(this.take(), () => events));
  }

  private take(): Eventually<void> {
    const { trainer, timeline } = this;
    const from = this.clock();
    return after(trainer.checkpoint({}, false), (checkpoint) => {
      this.fresh = { checkpoint, prepared: trainer.prepared, deeds: this.done };
      timeline.add(trainer.step, checkpoint.byteLength, this.fresh);
      const took = this.clock() - from;
      this.least = Math.min(this.least, took);
      if (this.least > this.share * (from - this.last)) timeline.widen();
      this.last = from + took;
    });
  }

  /** By the time that the run goes on, what happened up to its last checkpoint has been told. */
  private noteMark(): void {
    if (this.fresh === null) return;
    this.fresh.note = this.note();
    this.fresh = null;
  }
}
