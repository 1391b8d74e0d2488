/**
 * The runs service: one run at a time, in a worker that is started when first needed. Views, hovers and the status bar listen here; the
 * worker's frames are acknowledged when every visible view has taken them, so that a slow view slows nothing but itself.
 */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { findRule } from '../engine/optimizers';
import { baseName } from '../engine/problems/files';
import type { RuleEvent, StartEvent } from '../engine/run/record';
import type { EngineCalls, RareEvent, RateMap, RunId, RunSnapshot, RunState } from '../shared/protocol';
import type { WorkerEngine, WorkerListener } from '../node/engine';
import { contextKeys } from './commands';
import { Measurements } from './measurements';
import type { Records } from './records';
import { Run, type RunRequest } from './run';

/** An engine in a worker. */
export type Engine = EngineCalls & Pick<WorkerEngine, 'kill' | 'dispose'>;

export type RunChange =
  | { readonly kind: 'run' } // another run, or the same from a checkpoint: draw everything anew
  | { readonly kind: 'state' }
  | { readonly kind: 'event'; readonly event: RareEvent };

/** Gets every frame; the promise ends when it has been taken in. */
export type FrameListener = (run: RunId, frame: ArrayBuffer) => Thenable<unknown> | undefined;

export class Runs implements vscode.Disposable {
  private run: Run | null = null;
  private engine: Engine | null = null;
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
    private readonly openEngine: (listener: WorkerListener) => Engine,
    private readonly records: Records,
  ) {}

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
    await this.launch(run, run.checkpoint.bytes.slice(0));
  }

  async pause(): Promise<void> {
    const run = this.require('running');
    await this.engine?.pause(run.id);
  }

  async resume(): Promise<void> {
    const run = this.require('paused');
    await this.engine?.resume(run.id);
  }

  async step(): Promise<void> {
    const run = this.require('paused');
    await this.engine?.step(run.id);
  }

  /** Undoes the last step of the paused run. */
  async stepBack(): Promise<void> {
    const run = this.require('paused');
    const standing = await this.engine?.goBack(run.id);
    if (!standing) return;
    run.standAt(standing);
    if (this.run === run) this.changed({ kind: 'run' });
  }

  async stop(): Promise<void> {
    const run = this.require('running', 'paused', 'starting');
    await this.engine?.stop(run.id);
  }

  /** Another text of a rule that the paused run has from `file`. @throws where the text will not do */
  async replaceRule(file: string, text: string): Promise<RuleEvent> {
    const run = this.require('paused');
    if (!this.engine) throw new Error('The training worker is not there.');
    return this.engine.replaceRule(run.id, file, text);
  }

  async rateMap(layer: string): Promise<RateMap | null> {
    return this.run && this.engine && this.run.start ? this.engine.rateMap(this.run.id, layer) : null;
  }

  /** Ends the worker as a crash would: for trying out what happens then. */
  async killWorker(): Promise<void> {
    await this.engine?.kill();
  }

  dispose(): void {
    this.engine?.dispose();
    this.engine = null;
    this.changes.dispose();
    this.frameListeners.clear();
  }

  private require(...states: readonly RunState[]): Run {
    if (!this.run) throw new Error('There is no run yet: use “Train with…” first.');
    if (!states.includes(this.run.state)) throw new Error(`The run is ${this.run.state}; this needs one that is ${states.join(' or ')}.`);
    return this.run;
  }

  private async stopIfActive(): Promise<void> {
    if (!this.run?.active || !this.engine) return;
    try {
      await this.engine.stop(this.run.id);
    } catch {
      // it has come to its end by itself in the meantime
    }
  }

  private async launch(run: Run, checkpoint?: ArrayBuffer): Promise<void> {
    this.run = run;
    this.changed({ kind: 'run' });
    this.engine ??= this.openEngine(this.listener());
    const { spec, folder } = run.request;
    try {
      const start = await this.engine.start({ run: run.id, spec, folder, recordFile: run.recordFile, ...(checkpoint && { checkpoint }) });
      if (!run.start) this.began(run, start);
    } catch (error) {
      if (run.state !== 'lost') {
        run.problem = error instanceof Error ? error.message : String(error);
        this.setState(run, 'failed');
      }
      throw error;
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

  /** What the worker tells. Word of a run that is no longer the current one is passed over. */
  private listener(): WorkerListener {
    const mine = (id: RunId): Run | null => (this.run?.id === id ? this.run : null);
    return {
      frame: (id, sequence, frame) => void this.takeFrame(id, sequence, frame),
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
      died: (reason) => this.died(reason),
    };
  }

  private async takeFrame(id: RunId, sequence: number, frame: ArrayBuffer): Promise<void> {
    this.framesReceived++;
    const run = this.run?.id === id ? this.run : null;
    if (run) {
      run.addFrame(frame);
      this.measurements.note(run);
      const taken = [...this.frameListeners].map((listener) => listener(id, frame));
      await Promise.allSettled(taken);
    }
    this.engine?.acknowledge(id, sequence);
  }

  private died(reason: string): void {
    const { run } = this;
    if (!run?.active) return;
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
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  }
}
