/**
 * One run in an engine: trains in short slices and looks at its messages between them, so that pause, step and stop are answered at
 * once. It tells the host frames, rare events and checkpoints, and keeps the record. A paused run still finishes the curvature measurement
 * under way, since that belongs to a step already taken. Where steps have to be waited for, whatever is asked meanwhile comes in its turn.
 * A run that has ended may go back, and is then a paused one again; until it is closed it keeps all that it computes with.
 */
import type { Course } from '../../engine/run/course';
import type { Waypoint } from '../../engine/curvature/slice';
import { after, type Eventually } from '../../engine/eventually';
import { decodeCheckpoint } from '../../engine/run/checkpoint';
import { joined } from '../../engine/run/lossSurface';
import type { Settings } from '../../engine/language';
import { filesOf, type AskedChange } from '../../engine/run/changes';
import type { RecordEvent, RuleEvent, SettingsEvent } from '../../engine/run/record';
import type { Training } from '../../engine/run/training';
import type { ChangeEvent, EngineEvents, RunId, Slice, SliceRequest, Standing, WeightMap } from '../protocol';
import type { RunRecord } from './boundedRecord';
import { Checkpointing } from './checkpointing';
import { FrameStream } from './frameStream';
import { Route } from './route';
import type { RunParts, Surroundings } from './runParts';
import { Slices } from './slices';
import { Turns } from './turns';
import { weightMap } from './weightMap';

/** Milliseconds of work between two looks at the messages. */
const SLICE = 8;
/** The most places of a run's way that a slice shows. */
const MOST_WAYPOINTS = 400;
/** Bytes of the record that may wait to be written before the run waits for them. */
const BACKLOG = 2 ** 23;

export class TrainingRun {
  private readonly id: RunId;
  private readonly course: Course;
  private readonly trainer: Training;
  private record: RunRecord | null;
  private readonly host: EngineEvents;
  private readonly frames: FrameStream;
  private readonly checkpoints: Checkpointing;
  private readonly turns = new Turns(() => this.goOn());
  private paused: boolean;
  /** Where it is to stand still; null where it trains to its end. */
  private route: Route | null = null;
  /** On the way back to an earlier step. */
  private goingBack = false;
  private stopping = false;
  /** Nobody listens any more. */
  private abandoned = false;
  /** It ended because of a fault: where it stands is not known. */
  private failed = false;
  /** Set while the run sleeps. */
  private wake: (() => void) | null = null;
  private stirred = false;
  private readonly slices: Slices;
  /** Slices being drawn: it stands still meanwhile. */
  private drawing = 0;
  /** Ends with the run: its last event told, its record closed. One that goes back then has another end. */
  ended: Promise<void>;
  /** Has it ended, and is it not on its way back? */
  over = false;
  private closed = false;

  constructor(
    private readonly parts: RunParts,
    private readonly around: Surroundings,
  ) {
    const { id, course, record, host, first, paused = false, route } = parts;
    this.id = id;
    this.course = course;
    this.trainer = course.trainer;
    this.record = record;
    this.host = host;
    this.slices = new Slices(around);
    this.paused = paused && !this.trainer.finishing;
    if (route) this.route = new Route(course, route.to, route.changes, route.on);
    this.checkpoints = new Checkpointing(
      this.trainer,
      () => around.clock(),
      (step, bytes) => this.abandoned || host.checkpoint(id, step, bytes),
    );
    const send = (sequence: number, frame: ArrayBuffer): void => host.frame(id, sequence, frame);
    this.frames = new FrameStream(this.trainer.start.layers.length, send, () => around.clock());
    this.ended = this.run(first.length > 0 ? first : [this.trainer.start]);
  }

  /** Stands still. @returns the step at which it stands */
  pause(): Eventually<number> {
    if (this.paused || this.trainer.finishing) return this.inTurn(() => this.trainer.step);
    this.paused = true;
    return this.inTurn(() => this.standStill());
  }

  /** Goes on. @param upTo stands still after this step */
  resume(upTo?: number): void {
    this.route = upTo === undefined ? null : new Route(this.course, upTo);
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

  /**
   * Back to an earlier step, while paused or after the end. @param goal the step before, if missing
   * @throws while it runs, and where the step cannot be reached; the run is then as it was
   */
  async goBack(goal?: number): Promise<Standing> {
    if (this.trainer.ended) return this.revive(goal);
    if (!this.standing) throw new Error('Going back needs a run that is paused or has ended.');
    return this.journeyBack(goal);
  }

  /** Back from its end: it is a paused run again. */
  private async revive(goal?: number): Promise<Standing> {
    await this.ended;
    if (!this.over) throw new Error('The run is on its way back already.');
    if (this.gone || this.failed) throw new Error('This run has failed: where it stood is not known.');
    this.over = false;
    let record: RunRecord | null = null;
    try {
      if (this.record) record = await this.parts.reopen(this.record.position);
      [this.record, this.paused, this.stopping] = [record, true, false];
      return await this.journeyBack(goal);
    } finally {
      if (this.trainer.ended) {
        [this.paused, this.over] = [false, true]; // it cannot go there
        await record?.close();
      } else this.ended = this.run([]);
    }
  }

  private async journeyBack(goal?: number): Promise<Standing> {
    const { trainer } = this;
    this.goingBack = true;
    this.route = null;
    try {
      const to = await this.inTurn(() => this.backTo(goal ?? trainer.step - 1));
      const there = (): boolean => trainer.step >= to || trainer.finishing || this.stopping;
      while (!there()) {
        const until = this.around.clock() + SLICE;
        while (!there() && this.around.clock() < until) {
          const waited = this.inTurn(() => after(this.course.advance(to), this.tell));
          if (waited instanceof Promise) await waited;
        }
        await this.around.breath();
      }
      await this.arrived();
    } finally {
      this.goingBack = false;
      if (!this.gone) await this.record?.arrive(); // also where it came to a stop on the way
      if (trainer.finishing) this.paused = false; // what is left of a run after its last step
      this.frames.flush();
      this.goOn();
    }
    const { title, details } = trainer.prepared;
    return { step: trainer.step, title, details, rules: filesOf(trainer.prepared) };
  }

  /** Another text of one of its rules, while paused. @throws where it is not, and where the text will not do */
  async replaceRule(file: string, text: string): Promise<RuleEvent> {
    const event = await this.make({ file, text }, 'A rule is replaced while the run is paused; pause it first.');
    if (event?.type !== 'rule') throw new Error('The trainer has not told what became of the rule.');
    return event;
  }

  /** Other hyperparameters, while paused. @throws where it is not, and where one will not do */
  async change(settings: Settings): Promise<SettingsEvent> {
    const event = await this.make({ settings }, 'Hyperparameters are changed while the run is paused; pause it first.');
    if (event?.type !== 'settings') throw new Error('The trainer has not told what became of the hyperparameters.');
    return event;
  }

  /** Looks at the loss around where it stands, which it does meanwhile. @throws for a function, and where it ends meanwhile */
  async slice(request: SliceRequest): Promise<Slice> {
    const { trainer } = this;
    if (this.failed) throw new Error('This run has failed: where it stood is not known. Train it again, then look around.');
    this.drawing++;
    try {
      const place = await this.inTurn(() =>
        after(this.course.settle(), (events) => {
          this.tell(events);
          const way = this.course.way(MOST_WAYPOINTS);
          return after(this.here(), (here) => ({ prepared: trainer.prepared, samples: trainer.probed, here, way }));
        }),
      );
      return await this.slices.draw(place, request);
    } finally {
      this.drawing--;
      this.goOn();
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.slices.cancel('The run was stopped while its slice was drawn. Ask for it again.');
    this.paused = false;
    await this.inTurn(() => this.trainer.stop());
    this.goOn();
    await this.ended;
  }

  /** Ends without another word: nobody listens, or there is nothing left to compute with. */
  abandon(): void {
    this.abandoned = true;
    this.slices.cancel('The engine has ended.');
    this.goOn();
    if (this.over) this.close();
  }

  /** Gives back what it computes with; after the end. */
  close(): void {
    if (!this.closed) this.trainer.close();
    this.closed = true;
  }

  acknowledge(sequence: number): void {
    this.frames.acknowledge(sequence);
    if (this.wake) this.frames.flush(); // nobody else would send what waits
  }

  weightMap(layer: string, quantity: string): Eventually<WeightMap | null> {
    return this.inTurn(() =>
      after(this.course.settle(), (events) => {
        this.tell(events);
        return weightMap(this.trainer, layer, quantity);
      }),
    );
  }

  /** Bytes of its record. */
  get position(): number {
    return this.record?.position ?? 0;
  }

  /** Has it ended, or will it, without its end being told? */
  get gone(): boolean {
    return this.abandoned || this.turns.lost !== null;
  }

  /** Does it stand still, and not only on the way to somewhere else? */
  private get standing(): boolean {
    return this.paused && !this.goingBack;
  }

  /** Does this when what was asked before is done: at once where nothing is waited for. */
  private inTurn<Result>(work: () => Eventually<Result>): Eventually<Result> {
    return this.turns.take(work);
  }

  /** @param first to be told before it goes on */
  private async run(first: readonly RecordEvent[]): Promise<void> {
    if (first.length > 0) await this.around.breath(); // the caller's reply goes first
    for (const event of first) this.announce(event);
    this.host.state(this.id, this.paused ? 'paused' : 'running');
    try {
      while (!this.trainer.ended && !this.abandoned) await this.piece();
      await this.record?.close();
    } catch (error) {
      this.failed = true;
      if (!this.gone) this.tell(this.trainer.fail(error instanceof Error ? error.message : String(error)));
      await this.record?.close().catch(() => undefined); // why it failed is in the end event already
      if (this.turns.lost !== null && !this.abandoned) this.host.state(this.id, 'lost');
    }
    this.over = true;
    if (this.gone) return this.close();
    this.frames.finish();
    this.host.state(this.id, 'ended');
  }

  /** A change of where it stands. @param busy why not, while it runs */
  private async make(change: AskedChange, busy: string): Promise<ChangeEvent | null> {
    while (this.standing && this.trainer.measuring) await this.around.breath(); // `piece` finishes it
    const events = await this.inTurn(() => {
      if (!this.standing || this.trainer.finishing) throw new Error(busy);
      return this.course.make(change);
    });
    this.tell(events);
    this.checkpoints.renew(); // the next one knows of it
    this.goOn();
    const event = events.at(-1);
    return event?.type === 'rule' || event?.type === 'settings' ? event : null;
  }

  /** Stands still where it is, as it has been asked to. @returns the step */
  private standStill(): Eventually<number> {
    return after(this.course.settle(), (events) => {
      this.tell(events);
      this.route = null;
      if (this.trainer.finishing) this.paused = false;
      if (this.paused) {
        this.frames.flush();
        this.host.state(this.id, 'paused');
        this.checkpoints.renew(); // the next one is of where it stands
      }
      this.goOn();
      return this.trainer.step;
    });
  }

  /** Where the run stands. */
  private here(): Eventually<Waypoint> {
    return after(this.trainer.checkpoint({}, false), (checkpoint) => {
      const { header, tensors } = decodeCheckpoint(checkpoint, false);
      return { step: header.step, weights: joined(tensors.weights) };
    });
  }

  private async piece(): Promise<void> {
    if (this.turns.lost !== null) throw this.turns.lost;
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
    if (this.goingBack || (this.drawing > 0 && !this.stopping)) return false;
    if (!this.paused) return this.route === null ? after(this.course.advance(), this.tell) : this.follow(this.route);
    return after(this.course.measureOn(), ({ events, busy }) => this.tell(events) && busy);
  };

  private follow(route: Route): Eventually<true> {
    if (!route.arrived) return after(route.goOn(), this.tell);
    if (route.on) {
      this.route = null;
      return true;
    }
    this.paused = true;
    return after(this.standStill(), () => true);
  }

  /** What is told on the way back is in the record already; nothing of it is forgotten until the host has a checkpoint of where it goes on. */
  private backTo(goal: number): Eventually<number> {
    return after(this.course.goBack(goal), async ({ note, events }) => {
      await this.record?.retrace(note);
      this.tell(events);
      return goal;
    });
  }

  /** It is back: the checkpoint that the host has lies in a future that may come otherwise, so it is told one of here, and then the record forgets that future. */
  private async arrived(): Promise<void> {
    const { told } = await this.inTurn(() =>
      after(this.course.settle(), (events) => {
        this.tell(events);
        return this.checkpoints.take(this.record);
      }),
    );
    await told;
    await this.record?.arrive();
    this.checkpoints.begun();
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
    if (this.goingBack || !this.checkpoints.due) return;
    this.checkpoints.begun();
    return this.inTurn(() =>
      after(this.course.settle(), (events) => {
        this.tell(events);
        return this.trainer.ended || this.abandoned ? undefined : after(this.checkpoints.take(this.record), () => undefined);
      }),
    );
  }
}
