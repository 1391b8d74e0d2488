/**
 * One run in an engine: trains in short slices and looks at its messages between them, so that pause, step and stop are answered at
 * once. It tells the host frames, rare events and checkpoints, and keeps the record. A paused run still finishes the curvature measurement
 * under way, since that belongs to a step already taken. Where steps have to be waited for, whatever is asked meanwhile comes in its turn.
 */
import type { Course } from '../../engine/run/course';
import { after, type Eventually } from '../../engine/eventually';
import type { RecordEvent, RuleEvent } from '../../engine/run/record';
import { filesOf } from '../../engine/run/replaceRule';
import { MachineLost } from '../../engine/run/stream';
import type { Training } from '../../engine/run/training';
import type { EngineEvents, RateMap, RunId, Standing } from '../protocol';
import type { RunRecord } from './boundedRecord';
import { FrameStream } from './frameStream';
import { rateMap } from './rateMap';

/** Milliseconds of work between two looks at the messages. */
const SLICE = 8;
/** Milliseconds from one checkpoint to the next. */
const CHECKPOINT_EVERY = 2000;
/** Bytes of the record that may wait to be written before the run waits for them. */
const BACKLOG = 2 ** 23;

/** What a run needs of where it lives. */
export interface Surroundings {
  /** Milliseconds since any fixed moment. */
  clock(): number;
  /** Ends after messages have been looked at: a task of its own, not a microtask. */
  breath(): Promise<void>;
}

export interface RunParts {
  readonly id: RunId;
  /** Of a run that has begun, or stands where its checkpoint does. */
  readonly course: Course;
  readonly record: RunRecord | null;
  readonly host: EngineEvents;
  /** The events before the first step, in the record already; none for a run that goes on from a checkpoint. */
  readonly first: readonly RecordEvent[];
  /** Does it stand still from the beginning? */
  readonly paused?: boolean;
}

export class TrainingRun {
  private readonly id: RunId;
  private readonly course: Course;
  private readonly trainer: Training;
  private readonly record: RunRecord | null;
  private readonly host: EngineEvents;
  private readonly frames: FrameStream;
  private paused: boolean;
  /** On the way back to an earlier step. */
  private goingBack = false;
  private stopping = false;
  /** Nobody listens any more. */
  private abandoned = false;
  /** What computed is gone. */
  private lost: MachineLost | null = null;
  /** Ends with the work that is waited for; null while there is none. */
  private turn: Promise<void> | null = null;
  /** Set while the run sleeps. */
  private wake: (() => void) | null = null;
  private stirred = false;
  private lastCheckpoint = -Infinity;
  /** Ends with the run: its last event told, its record closed. */
  readonly ended: Promise<void>;

  constructor(
    { id, course, record, host, first, paused = false }: RunParts,
    private readonly around: Surroundings,
  ) {
    this.id = id;
    this.course = course;
    this.trainer = course.trainer;
    this.record = record;
    this.host = host;
    this.paused = paused && !this.trainer.finishing;
    const send = (sequence: number, frame: ArrayBuffer): void => host.frame(id, sequence, frame);
    this.frames = new FrameStream(this.trainer.start.layers.length, send, () => around.clock());
    this.ended = this.run(first);
  }

  /** Stands still. @returns the step at which it stands */
  pause(): Eventually<number> {
    if (this.paused || this.trainer.finishing) return this.inTurn(() => this.trainer.step);
    this.paused = true;
    return this.inTurn(() =>
      after(this.course.settle(), (events) => {
        this.tell(events);
        if (this.trainer.finishing) this.paused = false;
        if (this.paused) {
          this.frames.flush();
          this.host.state(this.id, 'paused');
          this.lastCheckpoint = -Infinity; // the next one is of where it stands
        }
        this.goOn();
        return this.trainer.step;
      }),
    );
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    if (!this.trainer.ended) this.host.state(this.id, 'running');
    this.goOn();
  }

  /** One step, while paused. @throws where it is not */
  step(): Eventually<number> {
    if (!this.standing || this.trainer.ended) throw new Error('A single step needs a paused run.');
    return this.inTurn(() =>
      after(this.course.advance(this.trainer.step + 1), (events) => {
        this.tell(events);
        this.frames.flush();
        if (this.trainer.finishing) this.resume();
        else this.goOn(); // a measurement may have begun
        return this.trainer.step;
      }),
    );
  }

  /** Back to an earlier step, while paused. @param goal the step before, if missing @throws where it is not, and where the step cannot be reached */
  async goBack(goal?: number): Promise<Standing> {
    const { trainer } = this;
    if (!this.standing || trainer.ended) throw new Error('Going back needs a paused run.');
    this.goingBack = true;
    try {
      const to = await this.inTurn(() => this.backTo(goal ?? trainer.step - 1));
      const arrived = (): boolean => trainer.step >= to || trainer.finishing || this.stopping;
      while (!arrived()) {
        const until = this.around.clock() + SLICE;
        while (!arrived() && this.around.clock() < until) {
          const waited = this.inTurn(() => after(this.course.advance(to), this.tell));
          if (waited instanceof Promise) await waited;
        }
        await this.around.breath();
      }
      await this.record?.flushed();
      this.lastCheckpoint = -Infinity; // the one that the host has lies in a future that may come otherwise
    } finally {
      this.goingBack = false;
      this.frames.flush();
      this.goOn();
    }
    const { title, details } = trainer.prepared;
    return { step: trainer.step, title, details, rules: filesOf(trainer.prepared) };
  }

  /** Another text of one of its rules, while paused. @throws where it is not, and where the text will not do */
  async replaceRule(file: string, text: string): Promise<RuleEvent> {
    while (this.standing && this.trainer.measuring) await this.around.breath(); // `slice` finishes it
    const events = await this.inTurn(() => {
      if (!this.standing || this.trainer.finishing) throw new Error('A rule is replaced while the run is paused; pause it first.');
      return this.course.replaceRule(file, text);
    });
    this.tell(events);
    this.lastCheckpoint = -Infinity; // the next one has the new text
    this.goOn();
    const event = events.at(-1);
    if (event?.type !== 'rule') throw new Error('The trainer has not told what became of the rule.');
    return event;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.paused = false;
    await this.inTurn(() => this.trainer.stop());
    this.goOn();
    await this.ended;
  }

  /** Ends without another word: nobody listens, or there is nothing left to compute with. */
  abandon(): void {
    this.abandoned = true;
    this.goOn();
  }

  acknowledge(sequence: number): void {
    this.frames.acknowledge(sequence);
    if (this.wake) this.frames.flush(); // nobody else would send what waits
  }

  rateMap(layer: string): Eventually<RateMap | null> {
    return this.inTurn(() =>
      after(this.course.settle(), (events) => {
        this.tell(events);
        return rateMap(this.trainer, layer);
      }),
    );
  }

  /** Has it ended, or will it, without its end being told? */
  get gone(): boolean {
    return this.abandoned || this.lost !== null;
  }

  /** Does it stand still, and not only on the way to somewhere else? */
  private get standing(): boolean {
    return this.paused && !this.goingBack;
  }

  /** Does this when what was asked before is done: at once where nothing is waited for. */
  private inTurn<Result>(work: () => Eventually<Result>): Eventually<Result> {
    const result = this.turn === null ? work() : this.turn.then(work);
    if (result instanceof Promise) {
      const done = (error?: unknown): void => {
        if (this.turn === turn) this.turn = null;
        if (!(error instanceof MachineLost)) return;
        this.lost = error;
        this.goOn(); // a run that stands still would not find out
      };
      const turn = result.then(() => done(), done);
      this.turn = turn;
    }
    return result;
  }

  private async run(first: readonly RecordEvent[]): Promise<void> {
    await this.around.breath(); // the caller's reply goes first
    if (first.length === 0) this.host.event(this.id, this.trainer.start);
    for (const event of first) this.announce(event);
    this.host.state(this.id, this.paused ? 'paused' : 'running');
    try {
      while (!this.trainer.ended && !this.abandoned) await this.slice();
      await this.record?.close();
    } catch (error) {
      if (!this.gone) this.tell(this.trainer.fail(error instanceof Error ? error.message : String(error)));
      await this.record?.close().catch(() => undefined); // why it failed is in the end event already
      if (this.lost !== null && !this.abandoned) this.host.state(this.id, 'lost');
    }
    if (this.gone) return;
    this.frames.finish();
    this.host.state(this.id, 'ended');
  }

  private async slice(): Promise<void> {
    if (this.lost !== null) throw this.lost;
    const until = this.around.clock() + SLICE;
    let idle = false;
    while (!idle && !this.trainer.ended && !this.abandoned && this.around.clock() < until) {
      const busy = this.inTurn(this.work);
      idle = !(busy instanceof Promise ? await busy : busy);
      this.frames.tick();
    }
    if (idle) this.frames.flush();
    const kept = this.keepCheckpoint();
    if (kept instanceof Promise) await kept;
    if (this.record && this.record.backlog > BACKLOG) await this.record.flushed();
    if (!idle || this.stirred) await this.around.breath();
    else await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = null;
    this.stirred = false;
  }

  /** The next of what there is to do. @returns false where there is nothing */
  private readonly work = (): Eventually<boolean> => {
    if (this.goingBack) return false;
    if (!this.paused) return after(this.course.advance(), this.tell);
    return after(this.course.measureOn(), ({ events, busy }) => this.tell(events) && busy);
  };

  private backTo(goal: number): Eventually<number> {
    return after(this.course.goBack(goal), async ({ note, events }) => {
      await this.record?.rewind(note);
      this.tell(events);
      return goal;
    });
  }

  /** There is something to do again, or there may be. */
  private goOn(): void {
    this.stirred = true;
    this.wake?.();
  }

  /** @returns true, that there may be more */
  private readonly tell = (events: readonly RecordEvent[]): true => {
    for (const event of events) {
      this.record?.add(event);
      this.announce(event);
    }
    return true;
  };

  /** Steps go into frames, all else goes at once; the end goes after the last frame. */
  private announce(event: RecordEvent): void {
    if (event.type === 'step') this.frames.add(event);
    else {
      if (event.type === 'end') this.frames.finish();
      this.host.event(this.id, event);
    }
  }

  private keepCheckpoint(): Eventually<void> {
    if (this.goingBack || this.around.clock() - this.lastCheckpoint < CHECKPOINT_EVERY) return;
    this.lastCheckpoint = this.around.clock();
    return this.inTurn(() =>
      after(this.course.settle(), (events) => {
        this.tell(events);
        if (!this.trainer.ended && !this.abandoned) return this.sendCheckpoint();
      }),
    );
  }

  /** A checkpoint is told once the record up to it is kept, so that a run that goes on finds the lines before. */
  private sendCheckpoint(): Eventually<void> {
    const { step } = this.trainer;
    return after(this.trainer.checkpoint({ record: this.record?.position ?? 0 }), (bytes) => {
      const written = this.record?.flushed() ?? Promise.resolve();
      written.then(
        () => this.abandoned || this.host.checkpoint(this.id, step, bytes),
        () => undefined, // the next slice that waits for the record, or its closing, tells why
      );
    });
  }
}
