/**
 * The runs service: one run at a time, in a worker or in the WebGPU engine's page, each started when first needed. Views, hovers and the status
 * bar listen here; an engine's frames are acknowledged when every visible view has taken them, so that a slow view slows nothing but
 * itself. A run whose WebGPU engine ends goes on by itself; one whose worker dies waits for a person.
 */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { findRule } from '../engine/optimizers';
import { baseName } from '../engine/problems/files';
import type { RuleEvent, StartEvent } from '../engine/run/record';
import type {
  EngineCalls,
  RareEvent,
  RunId,
  RunSnapshot,
  RunState,
  Slice,
  SliceRequest,
  StartRequest,
  WeightMap,
} from '../shared/protocol';
import type { WorkerEngine, WorkerListener } from '../node/engine';
import { contextKeys } from './commands';
import type { Choice, Measurable } from './gpu/choice';
import type { GpuEngine } from './gpu/engine';
import { noticeOf, Rescue, type Place } from './gpu/rescue';
import { Measurements } from './measurements';
import type { Records } from './records';
import { Run, type RunRequest } from './run';

/** An engine in a worker. */
export type Engine = EngineCalls & Pick<WorkerEngine, 'kill' | 'dispose'>;

/** How the runs get what they need, when they need it. */
export interface Makers {
  worker(listener: WorkerListener): Engine;
  gpu(listener: WorkerListener): GpuEngine;
  choice(engines: Measurable): Choice;
}

export type RunChange =
  | { readonly kind: 'run' } // another run, or the same from a checkpoint: draw everything anew
  | { readonly kind: 'state' }
  | { readonly kind: 'event'; readonly event: RareEvent };

/** Gets every frame; the promise ends when it has been taken in. */
export type FrameListener = (run: RunId, frame: ArrayBuffer) => Thenable<unknown> | undefined;

export class Runs implements vscode.Disposable {
  private run: Run | null = null;
  private worker: Engine | null = null;
  private gpu: GpuEngine | null = null;
  private readonly choice: Choice;
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
    private readonly makers: Makers,
    private readonly records: Records,
  ) {
    this.choice = makers.choice({ worker: () => this.workerEngine(), gpu: () => this.gpuEngine() });
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
    // one after the other, however quickly they are asked for
    const started = this.last.then(() => this.startNow(request));
    this.last = started.catch(() => undefined);
    return started;
  }

  private async startNow(request: RunRequest): Promise<Run> {
    await this.stopIfActive();
    const { name, file } = request.spec.optimizer;
    const title = findRule(String(name))?.title ?? baseName(String(file ?? name)); // until the run itself says it
    const id: RunId = randomUUID();
    const run = new Run(id, request, title, '', await this.records.fileFor(id));
    await this.launch(run);
    return run;
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
    await this.launch(run, { checkpoint: run.checkpoint.bytes.slice(0) });
  }

  async pause(): Promise<void> {
    const run = this.require('running');
    await this.engineOf(run).pause(run.id);
  }

  async resume(): Promise<void> {
    const run = this.require('paused');
    await this.engineOf(run).resume(run.id);
  }

  async step(): Promise<void> {
    const run = this.require('paused');
    await this.engineOf(run).step(run.id);
  }

  /** Undoes the last step of the paused run. */
  async stepBack(): Promise<void> {
    const run = this.require('paused');
    run.standAt(await this.engineOf(run).goBack(run.id));
    if (this.run === run) this.changed({ kind: 'run' });
  }

  async stop(): Promise<void> {
    const run = this.require('running', 'paused', 'starting');
    run.stopping = true; // one that is still starting stops then
    if (run.state === 'starting') return;
    const { attempt } = run;
    try {
      await this.engineOf(run).stop(run.id);
    } catch (error) {
      if (run.attempt === attempt) throw error; // otherwise its engine has ended, and it stops as soon as it has gone on
    }
  }

  /** Another text of a rule that the paused run has from `file`. @throws where the text will not do */
  async replaceRule(file: string, text: string): Promise<RuleEvent> {
    const run = this.require('paused');
    return this.engineOf(run).replaceRule(run.id, file, text);
  }

  async weightMap(layer: string, quantity: string): Promise<WeightMap | null> {
    return this.run?.start ? this.engineOf(this.run).weightMap(this.run.id, layer, quantity) : null;
  }

  /** Looks at the loss around where the current run stands. @throws where no engine has its weights */
  async slice(request: SliceRequest): Promise<Slice> {
    const run = this.require('running', 'paused', 'ended');
    return this.engineOf(run).slice(run.id, request);
  }

  /** Shows the WebGPU engine's page. */
  openGpuEngine(): void {
    this.gpuEngine().show();
  }

  /** Takes the time of every kernel of the run under way. */
  async timeByKernel(): Promise<void> {
    const run = this.require('running', 'paused');
    if (run.backend !== 'webgpu')
      throw new Error(
        'This run computes on the CPU. Choose WebGPU in “Train with…” (or `"backend": "webgpu"` in the specification) for times by kernel.',
      );
    await this.gpuEngine().timeByKernel();
  }

  /** Ends the worker as a crash would: for trying out what happens then. */
  async killWorker(): Promise<void> {
    await this.worker?.kill();
  }

  /** Loses the GPU's device: for trying out what happens then. */
  async loseDevice(): Promise<void> {
    await this.gpu?.loseDevice();
  }

  dispose(): void {
    this.worker?.dispose();
    this.gpu?.dispose();
    [this.worker, this.gpu] = [null, null];
    this.changes.dispose();
    this.frameListeners.clear();
  }

  private require(...states: readonly RunState[]): Run {
    if (!this.run) throw new Error('There is no run yet: use “Train with…” first.');
    if (!states.includes(this.run.state)) throw new Error(`The run is ${this.run.state}; this needs one that is ${states.join(' or ')}.`);
    return this.run;
  }

  private workerEngine(): Engine {
    return (this.worker ??= this.makers.worker(this.listener('worker')));
  }

  private gpuEngine(): GpuEngine {
    return (this.gpu ??= this.makers.gpu(this.listener('gpu')));
  }

  private engineOf(run: Run): EngineCalls {
    return run.backend === 'webgpu' ? this.gpuEngine() : this.workerEngine();
  }

  private async stopIfActive(): Promise<void> {
    const { run } = this;
    if (!run?.active) return;
    run.stopping = true;
    await run.rescue;
    try {
      if (run.active) await this.engineOf(run).stop(run.id);
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
    if (backend !== 'webgpu') await this.gpu?.leave();
    const spec = backend === null || 'function' in asked.problem ? asked : { ...asked, backend };
    const engine = this.engineOf(run);
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
    void this.gpu?.leave();
    this.setState(run, 'failed');
  }

  /** Its WebGPU engine has ended: it goes on from its last checkpoint, or from its start where there is none yet, and says so. */
  private async goOn(run: Run, reason: string, place: Place): Promise<void> {
    const paused = run.state === 'paused';
    const { checkpoint } = run;
    run.rewind();
    run.backend = place;
    if (place === 'cpu') run.place = 'CPU: the WebGPU engine has ended';
    const notice = noticeOf(reason, checkpoint?.step ?? null, place);
    run.notices = [...run.notices, notice];
    void vscode.window.showInformationMessage(notice);
    const { attempt } = run;
    try {
      await this.begin(run, { ...(checkpoint && { checkpoint: checkpoint.bytes.slice(0) }), paused });
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
    if (this.run === run) this.changed({ kind: 'state' });
  }

  private changed(change: RunChange): void {
    if (change.kind !== 'event') {
      void vscode.commands.executeCommand('setContext', contextKeys.state, this.run?.state);
      void vscode.commands.executeCommand('setContext', contextKeys.hasCheckpoint, this.run?.checkpoint != null);
    }
    this.changes.fire(change);
  }

  /** What an engine tells. Word of a run that is no longer the current one is passed over. */
  private listener(engine: 'worker' | 'gpu'): WorkerListener {
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
        run.checkpoint = { step, bytes };
        if (first) this.changed({ kind: 'state' });
      },
      died: (reason) => this.died(engine, reason),
    };
  }

  private async takeFrame(engine: 'worker' | 'gpu', id: RunId, sequence: number, frame: ArrayBuffer): Promise<void> {
    this.framesReceived++;
    const run = this.run?.id === id && isIn(this.run, engine) ? this.run : null;
    if (run) {
      run.addFrame(frame);
      this.measurements.note(run);
      const taken = [...this.frameListeners].map((listener) => listener(id, frame));
      await Promise.allSettled(taken);
    }
    this[engine]?.acknowledge(id, sequence);
  }

  private died(engine: 'worker' | 'gpu', reason: string): void {
    const { run } = this;
    if (!run?.active || !isIn(run, engine)) return;
    if (engine === 'gpu') {
      run.rescue = this.goOn(run, reason, this.rescue.next(Date.now()));
      return;
    }
    run.problem = `The training worker has died: ${reason}.`;
    this.setState(run, 'lost');
    void this.offerRescue(run);
  }

  private async offerRescue(run: Run): Promise<void> {
    const resume = run.checkpoint && `Resume from step ${run.checkpoint.step.toLocaleString('en')}`;
    const again = 'Train again';
    const text = `${run.problem ?? 'The training worker has died.'}${resume ? '' : ' There was no checkpoint yet.'}`;
    const chosen = await vscode.window.showErrorMessage(text, ...(resume ? [resume] : []), again);
    if (this.run !== run || run.state !== 'lost') return; // in the meantime it went on otherwise
    try {
      if (chosen === again) await this.again();
      else if (chosen !== undefined) await this.resumeFromCheckpoint();
    } catch (error) {
      void vscode.window.showErrorMessage(messageOf(error));
    }
  }
}

/** What else an engine is told with a run. */
type Launch = Pick<StartRequest, 'checkpoint' | 'paused'>;

const isIn = ({ backend }: Run, engine: 'worker' | 'gpu'): boolean => (backend === 'webgpu') === (engine === 'gpu');
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
