/**
 * The runs service: one run at a time, in a worker or in the WebGPU engine's page, each started when first needed. Views, hovers and the status
 * bar listen here; an engine's frames are acknowledged when every visible view has taken them, so that a slow view slows nothing but
 * itself. A run whose WebGPU engine ends goes on by itself; one whose worker dies waits for a person.
 */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { findRule } from '../engine/optimizers';
import { baseName } from '../engine/problems/files';
import type { Settings } from '../engine/language';
import type { RuleEvent, StartEvent } from '../engine/run/record';
import type { RareEvent, RunId, RunSnapshot, RunState, Slice, SliceRequest, WeightMap } from '../shared/protocol';
import type { WorkerListener } from '../node/engine';
import { contextKeys } from './commands';
import { Engines, isIn, type EngineName, type Makers } from './engines';
import type { Choice } from './gpu/choice';
import { noticeOf, Rescue, type Place } from './gpu/rescue';
import { checkGoal, Journeys, type Launch } from './journeys';
import type { OpenedRun } from './library/opened';
import { offerRescue } from './lost';
import { Measurements } from './measurements';
import type { Catalogue } from './library/catalogue';
import { Run, type RunRequest } from './run';

export type RunChange =
  | { readonly kind: 'run' } // another run, or the same from a checkpoint: draw everything anew
  | { readonly kind: 'state' }
  | { readonly kind: 'event'; readonly event: RareEvent };

/** Gets every frame; the promise ends when it has been taken in. */
export type FrameListener = (run: RunId, frame: ArrayBuffer) => Thenable<unknown> | undefined;

export class Runs implements vscode.Disposable {
  private run: Run | null = null;
  private readonly engines: Engines;
  private readonly choice: Choice;
  private readonly journeys: Journeys;
  private readonly rescue = new Rescue();
  /** Ends when the last start asked for has. */
  private last: Promise<unknown> = Promise.resolve();
  private readonly changes = new vscode.EventEmitter<RunChange>();
  private readonly frameListeners = new Set<FrameListener>();
  /** What the last run of each line of the user's code has measured. */
  readonly measurements = new Measurements();
  /** Told of every change, on the host's own loop. */
  readonly onDidChange = this.changes.event;
  /** Frames received since the extension was activated. */
  framesReceived = 0;

  constructor(
    makers: Makers,
    private readonly records: Pick<Catalogue, 'fileFor'>,
  ) {
    this.engines = new Engines(makers, (engine) => this.listener(engine));
    this.choice = makers.choice(this.engines);
    this.journeys = new Journeys({
      engines: this.engines,
      launch: (run, how) => this.launch(run, how),
      isCurrent: (run) => this.run === run,
      redraw: (run) => (this.run === run ? this.changed({ kind: 'run' }) : undefined),
      onDidChange: this.onDidChange,
    });
  }

  get current(): Run | null {
    return this.run;
  }

  onFrame(listener: FrameListener): vscode.Disposable {
    this.frameListeners.add(listener);
    return new vscode.Disposable(() => this.frameListeners.delete(listener));
  }

  snapshot(): RunSnapshot | null {
    return this.run?.snapshot() ?? null;
  }

  /** Starts a run; one that is under way is stopped first. @throws what is wrong with the specification; the run is then `failed` */
  start(request: RunRequest): Promise<Run> {
    return this.oneByOne(async () => {
      const { name, file } = request.spec.optimizer;
      const title = findRule(String(name))?.title ?? baseName(String(file ?? name)); // until the run itself says it
      const run = await this.newRun(request, title, '');
      await this.launch(run);
      return run;
    });
  }

  /**
   * Puts the current run to a step, wherever it is and whatever it does: back in its engine, on to there, or by training it once more. It stands
   * still there, perhaps with other hyperparameters. @throws where it does not come there, or a value will not do
   */
  async goTo(step: number, settings?: Settings): Promise<void> {
    const { run } = this;
    if (!run?.start) throw new Error('There is no run yet: use “Train with…” first.');
    await this.journeys.goTo(run, step, settings);
  }

  /** The same for a run read from its record: trained once more, it is the current one. One that is under way is stopped first. */
  async replayRecord({ snapshot, request }: OpenedRun, step: number, settings?: Settings): Promise<void> {
    const known = new Run('', request, '', '', '');
    known.takeOver(snapshot);
    checkGoal(known, step, settings);
    const run = await this.oneByOne(async () => {
      const made = await this.newRun(request, snapshot.title, snapshot.details);
      made.takeOver(snapshot);
      return (this.run = made);
    });
    await this.journeys.goTo(run, step, settings);
  }

  /** The last specification once more, from its first step. */
  async again(): Promise<Run> {
    if (!this.run) throw new Error('There is no run yet: use “Train with…” first.');
    return this.start(this.run.request);
  }

  /** Goes on with a lost run from its last checkpoint, in a new worker. */
  async resumeFromCheckpoint(): Promise<void> {
    const { run } = this;
    if (!run?.checkpoint || run.state !== 'lost') throw new Error('There is no lost run with a checkpoint to resume from.');
    run.rewind();
    run.stopping = false;
    await this.launch(run, { checkpoint: run.checkpoint.bytes.slice(0), ...(run.redo && { replay: run.redo }) });
  }

  async pause(): Promise<void> {
    const run = this.require('running');
    await this.engines.of(run).pause(run.id);
  }

  async resume(): Promise<void> {
    const run = this.require('paused');
    await this.engines.of(run).resume(run.id);
  }

  async step(): Promise<void> {
    const run = this.require('paused');
    await this.engines.of(run).step(run.id);
  }

  /** Undoes the last step of the run, which is paused or has ended. */
  async stepBack(): Promise<void> {
    await this.journeys.stepBack(this.require('paused', 'ended'));
  }

  /** Lets the run stand still, if it runs. @returns the step at which it stands, or came to its end */
  async stand(): Promise<number> {
    const run = this.require('running', 'paused', 'ended', 'lost');
    return run.state === 'running' || run.state === 'paused' ? this.engines.of(run).pause(run.id) : (run.end?.step ?? run.step);
  }

  /** What a person calls the current run; null: by what it is. */
  rename(name: string | null): void {
    if (!this.run) return;
    this.run.name = name;
    this.changed({ kind: 'run' });
  }

  async stop(): Promise<void> {
    const run = this.require('running', 'paused', 'starting');
    run.stopping = true; // one that is still starting stops then
    if (run.state === 'starting') return;
    const { attempt } = run;
    try {
      await this.engines.of(run).stop(run.id);
    } catch (error) {
      if (run.attempt === attempt) throw error; // otherwise its engine has ended, and it stops as soon as it has gone on
    }
  }

  /** Another text of a rule that the paused run has from `file`. @throws where the text will not do */
  async replaceRule(file: string, text: string): Promise<RuleEvent> {
    const run = this.require('paused');
    return this.engines.of(run).replaceRule(run.id, file, text);
  }

  async weightMap(layer: string, quantity: string): Promise<WeightMap | null> {
    return this.run?.start ? this.engines.of(this.run).weightMap(this.run.id, layer, quantity) : null;
  }

  /** Looks at the loss around where the current run stands. @throws where no engine has its weights */
  async slice(request: SliceRequest): Promise<Slice> {
    const run = this.require('running', 'paused', 'ended');
    return this.engines.of(run).slice(run.id, request);
  }

  /** Shows the WebGPU engine's page. */
  openGpuEngine(): void {
    this.engines.gpu().show();
  }

  /** Takes the time of every kernel of the run under way. */
  async timeByKernel(): Promise<void> {
    const run = this.require('running', 'paused');
    if (run.backend !== 'webgpu')
      throw new Error(
        'This run computes on the CPU. Choose WebGPU in “Train with…” (or `"backend": "webgpu"` in the specification) for times by kernel.',
      );
    await this.engines.gpu().timeByKernel();
  }

  /** Ends the worker as a crash would: for trying out what happens then. */
  async killWorker(): Promise<void> {
    await this.engines.killWorker();
  }

  /** Loses the GPU's device: for trying out what happens then. */
  async loseDevice(): Promise<void> {
    await this.engines.loseDevice();
  }

  dispose(): void {
    this.engines.dispose();
    this.changes.dispose();
    this.frameListeners.clear();
  }

  private require(...states: readonly RunState[]): Run {
    if (!this.run) throw new Error('There is no run yet: use “Train with…” first.');
    if (!states.includes(this.run.state)) throw new Error(`The run is ${this.run.state}; this needs one that is ${states.join(' or ')}.`);
    return this.run;
  }

  /** One after the other, however quickly they are asked for. */
  private oneByOne<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }

  /** A run that no engine has yet; one that is under way is stopped first. */
  private async newRun(request: RunRequest, title: string, details: string): Promise<Run> {
    await this.stopIfActive();
    const id: RunId = randomUUID();
    return new Run(id, request, title, details, await this.records.fileFor(id));
  }

  private async stopIfActive(): Promise<void> {
    const { run } = this;
    if (!run?.active) return;
    run.stopping = true;
    await run.rescue;
    try {
      if (run.active) await this.engines.of(run).stop(run.id);
    } catch {
      // it has come to its end by itself in the meantime
    }
  }

  /** Gives a run to its engine. @throws what is wrong; the run is then `failed` */
  private async launch(run: Run, how: Launch = {}): Promise<void> {
    const attempt = run.attempt + 1;
    try {
      await this.begin(run, how);
    } catch (error) {
      if (attempt !== run.attempt) return; // its engine has ended meanwhile, and it goes on
      if (run.state !== 'lost') this.fail(run, messageOf(error));
      throw error;
    }
  }

  private async begin(run: Run, how: Launch): Promise<void> {
    const attempt = ++run.attempt;
    this.run = run;
    this.changed({ kind: 'run' });
    await this.choose(run);
    if (run.stopping && !how.checkpoint) return this.fail(run, 'It was stopped before its first step.');
    const { backend } = run;
    const { spec: asked, folder } = run.request;
    if (backend !== 'webgpu') await this.engines.leaveGpu();
    const spec = backend === null || 'function' in asked.problem ? asked : { ...asked, backend };
    const engine = this.engines.of(run);
    const start = await engine.start({ run: run.id, spec, folder, recordFile: run.recordFile, ...how });
    if (attempt !== run.attempt) return;
    if (!run.start) this.began(run, start);
    if (run.stopping) await engine.stop(run.id);
  }

  /** Where it computes; that stays, whatever is chosen later. */
  private async choose(run: Run): Promise<void> {
    if (run.backend !== null) return;
    const { spec, folder } = run.request;
    const say = (what: string): void => {
      run.place = what;
      if (this.run === run) this.changed({ kind: 'run' });
    };
    const { backend, place } = await this.choice.choose(spec, folder, say);
    [run.backend, run.place] = [backend, place];
  }

  private fail(run: Run, problem: string): void {
    run.problem = problem;
    void this.engines.leaveGpu();
    this.setState(run, 'failed');
  }

  /** Its WebGPU engine has ended: it goes on from its last checkpoint, or from its start where there is none yet, and says so. */
  private async goOn(run: Run, reason: string, place: Place): Promise<void> {
    const { checkpoint } = run;
    run.rewind();
    run.backend = place;
    if (place === 'cpu') run.place = 'CPU: the WebGPU engine has ended';
    const notice = noticeOf(reason, checkpoint?.step ?? null, place);
    run.notices = [...run.notices, notice];
    void vscode.window.showInformationMessage(notice);
    const { attempt } = run;
    const replay = run.replay ?? run.redo;
    try {
      await this.begin(run, {
        ...(checkpoint && { checkpoint: checkpoint.bytes.slice(0) }),
        ...(replay ? { replay } : { paused: run.stood }),
      });
    } catch (error) {
      if (attempt + 1 !== run.attempt || this.run !== run) return;
      if (place === 'webgpu') await this.goOn(run, messageOf(error), 'cpu');
      else this.fail(run, messageOf(error));
    }
  }

  private began(run: Run, start: StartEvent): void {
    run.begin(start);
    this.changed({ kind: 'run' });
  }

  private setState(run: Run, state: RunState): void {
    run.state = state;
    const arrived = run.replay !== null && state !== 'starting' && state !== 'running';
    if (arrived) run.replay = null;
    if (this.run === run) this.changed({ kind: arrived ? 'run' : 'state' });
  }

  private changed(change: RunChange): void {
    if (change.kind !== 'event') {
      void vscode.commands.executeCommand('setContext', contextKeys.state, this.run?.state);
      void vscode.commands.executeCommand('setContext', contextKeys.hasCheckpoint, this.run?.checkpoint != null);
    }
    this.changes.fire(change);
  }

  /** What an engine tells. Word of a run that is no longer the current one is passed over. */
  private listener(engine: EngineName): WorkerListener {
    const mine = (id: RunId): Run | null => (this.run?.id === id && isIn(this.run, engine) ? this.run : null);
    return {
      frame: (id, sequence, frame) => void this.takeFrame(engine, id, sequence, frame),
      event: (id, event) => {
        const run = mine(id);
        if (!run) return;
        if (event.type === 'start') {
          this.began(run, event);
          return;
        }
        run.addEvent(event);
        this.measurements.note(run);
        this.changed({ kind: 'event', event });
      },
      state: (id, state) => {
        const run = mine(id);
        if (run) this.setState(run, state);
      },
      checkpoint: (id, step, bytes) => {
        const run = mine(id);
        if (!run) return;
        const first = run.checkpoint === null;
        run.checkpoints.add({ step, bytes });
        if (first) this.changed({ kind: 'state' });
      },
      died: (reason) => this.died(engine, reason),
    };
  }

  private async takeFrame(engine: EngineName, id: RunId, sequence: number, frame: ArrayBuffer): Promise<void> {
    this.framesReceived++;
    const run = this.run?.id === id && isIn(this.run, engine) ? this.run : null;
    if (run) {
      run.addFrame(frame);
      this.measurements.note(run);
      const taken = [...this.frameListeners].map((listener) => listener(id, frame));
      await Promise.allSettled(taken);
    }
    this.engines.acknowledge(engine, id, sequence);
  }

  private died(engine: EngineName, reason: string): void {
    const { run } = this;
    if (!run?.active || !isIn(run, engine)) return;
    if (engine === 'gpu') {
      run.rescue = this.goOn(run, reason, this.rescue.next(Date.now()));
      return;
    }
    run.problem = `The training worker has died: ${reason}.`;
    this.setState(run, 'lost');
    void offerRescue(this, run);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
