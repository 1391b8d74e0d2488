/**
 * One run in the worker: trains in short slices and looks at its messages between them, so that pause, step and stop are answered at
 * once. It tells the host frames, rare events and checkpoints, and keeps the record's file. A paused run still finishes the curvature
 * measurement under way, since that belongs to a step already taken.
 */
import { setImmediate } from 'node:timers/promises';
import { Course } from '../engine/run/course';
import type { RecordEvent, RuleEvent } from '../engine/run/record';
import { filesOf } from '../engine/run/replaceRule';
import type { Trainer } from '../engine/run/trainer';
import type { EngineEvents, RateMap, RunId, Standing } from '../shared/protocol';
import { FrameStream } from './frameStream';
import { rateMap } from './rateMap';
import type { RunRecord } from '../shared/run/boundedRecord';

/** Milliseconds of work between two looks at the messages. */
const SLICE = 8;
/** Milliseconds from one checkpoint to the next. */
const CHECKPOINT_EVERY = 2000;
/** Bytes of the record that may wait for the disk before the run waits for them. */
const BACKLOG = 2 ** 23;

export class TrainingRun {
  private readonly frames: FrameStream;
  private readonly course: Course;
  private paused = false;
  /** On the way back to an earlier step. */
  private goingBack = false;
  /** Set while the run sleeps. */
  private wake: (() => void) | null = null;
  private stirred = false;
  private lastCheckpoint = -Infinity;
  /** Ends with the run: its last event told, its record closed. */
  readonly ended: Promise<void>;

  /** @param first the events before the first step; none for a run that goes on from a checkpoint */
  constructor(
    private readonly id: RunId,
    private readonly trainer: Trainer,
    private readonly record: RunRecord | null,
    private readonly host: EngineEvents,
    first: readonly RecordEvent[],
  ) {
    for (const event of first) record?.add(event);
    this.course = new Course(trainer, { clock: now, note: () => record?.position ?? 0 });
    this.frames = new FrameStream(trainer.start.layers.length, (sequence, frame) => host.frame(id, sequence, frame), now);
    this.ended = this.run(first);
  }

  /** Stands still. @returns the step at which it stands */
  pause(): number {
    if (!this.trainer.finishing && !this.paused) {
      this.paused = true;
      this.frames.flush();
      this.host.state(this.id, 'paused');
    }
    return this.trainer.step;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    if (!this.trainer.ended) this.host.state(this.id, 'running');
    this.goOn();
  }

  /** One step, while paused. @throws where it is not */
  step(): number {
    if (!this.standing || this.trainer.ended) throw new Error('A single step needs a paused run.');
    this.tell(this.course.advance());
    this.frames.flush();
    if (this.trainer.finishing) this.resume();
    else this.goOn(); // a measurement may have begun
    return this.trainer.step;
  }

  /** Back to an earlier step, while paused. @param goal the step before, if missing @throws where it is not, and where the step cannot be reached */
  async goBack(goal = this.trainer.step - 1): Promise<Standing> {
    const { course, trainer } = this;
    if (!this.standing || trainer.ended) throw new Error('Going back needs a paused run.');
    const { note, events } = course.goBack(goal);
    this.goingBack = true;
    try {
      await this.record?.rewind(note);
      this.tell(events);
      while (trainer.step < goal && !trainer.finishing) {
        const until = now() + SLICE;
        while (trainer.step < goal && !trainer.finishing && now() < until) this.tell(course.advance());
        await setImmediate();
      }
      await this.record?.flushed();
    } finally {
      this.goingBack = false;
      this.frames.flush();
      this.lastCheckpoint = -Infinity; // the one that the host has lies in a future that may come otherwise
      this.goOn();
    }
    const { title, details } = trainer.prepared;
    return { step: trainer.step, title, details, rules: filesOf(trainer.prepared) };
  }

  /** Another text of one of its rules, while paused. @throws where it is not, and where the text will not do */
  async replaceRule(file: string, text: string): Promise<RuleEvent> {
    while (this.standing && this.trainer.measuring) await setImmediate(); // `slice` finishes it
    if (!this.standing || this.trainer.finishing) throw new Error('A rule is replaced while the run is paused; pause it first.');
    const events = this.course.replaceRule(file, text);
    this.tell(events);
    this.lastCheckpoint = -Infinity; // the next one has the new text
    this.goOn();
    const event = events.at(-1);
    if (event?.type !== 'rule') throw new Error('The trainer has not told what became of the rule.');
    return event;
  }

  async stop(): Promise<void> {
    this.trainer.stop();
    this.paused = false;
    this.goOn();
    await this.ended;
  }

  acknowledge(sequence: number): void {
    this.frames.acknowledge(sequence);
    if (this.wake) this.frames.flush(); // nobody else would send what waits
  }

  rateMap(layer: string): RateMap | null {
    return rateMap(this.trainer, layer);
  }

  /** Does it stand still, and not only on the way to somewhere else? */
  private get standing(): boolean {
    return this.paused && !this.goingBack;
  }

  private async run(first: readonly RecordEvent[]): Promise<void> {
    await setImmediate(); // the caller's reply goes first
    if (first.length === 0) this.host.event(this.id, this.trainer.start);
    for (const event of first) this.announce(event);
    this.host.state(this.id, 'running');
    try {
      while (!this.trainer.ended) await this.slice();
      await this.record?.close();
    } catch (error) {
      this.tell(this.trainer.fail(error instanceof Error ? error.message : String(error)));
      await this.record?.close().catch(() => undefined); // why it failed is in the end event already
    }
    this.frames.finish();
    this.host.state(this.id, 'ended');
  }

  private async slice(): Promise<void> {
    const until = now() + SLICE;
    let idle = false;
    while (!idle && !this.trainer.ended && now() < until) {
      if (this.goingBack) idle = true;
      else if (this.paused) {
        const { events, busy } = this.course.measureOn();
        this.tell(events);
        idle = !busy;
      } else this.tell(this.course.advance());
      this.frames.tick();
    }
    if (idle) this.frames.flush();
    this.keepCheckpoint();
    if (this.record && this.record.backlog > BACKLOG) await this.record.flushed();
    if (!idle || this.stirred) await setImmediate();
    else await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = null;
    this.stirred = false;
  }

  /** There is something to do again, or there may be. */
  private goOn(): void {
    this.stirred = true;
    this.wake?.();
  }

  private tell(events: readonly RecordEvent[]): void {
    for (const event of events) {
      this.record?.add(event);
      this.announce(event);
    }
  }

  /** Steps go into frames, all else goes at once; the end goes after the last frame. */
  private announce(event: RecordEvent): void {
    if (event.type === 'step') this.frames.add(event);
    else {
      if (event.type === 'end') this.frames.finish();
      this.host.event(this.id, event);
    }
  }

  /** A checkpoint is told once the record up to it is in the file, so that a run that goes on finds the lines before. */
  private keepCheckpoint(): void {
    if (this.trainer.ended || this.goingBack || now() - this.lastCheckpoint < CHECKPOINT_EVERY) return;
    this.lastCheckpoint = now();
    const { step } = this.trainer;
    const bytes = this.trainer.checkpoint({ record: this.record?.position ?? 0 });
    const written = this.record?.flushed() ?? Promise.resolve();
    written.then(
      () => this.host.checkpoint(this.id, step, bytes),
      () => undefined, // the next slice that waits for the record, or its closing, tells why
    );
  }
}

const now = (): number => performance.now();
