/**
 * The engine as the host sees it: the calls of the protocol, answered by a worker thread that starts with the first call. When
 * the worker dies, whatever was asked of it is rejected and the listener is told once. The host does nothing here but pass messages.
 */
import { Worker } from 'node:worker_threads';
import type { Settings } from '../engine/language';
import type { RuleEvent, SettingsEvent, StartEvent } from '../engine/run/record';
import type {
  EngineCalls,
  EngineEvents,
  RunId,
  Slice,
  SliceRequest,
  SpeedRequest,
  Standing,
  StartRequest,
  WeightMap,
} from '../shared/protocol';
import { toWorker, type EngineRemote } from './channel';

/** What a worker tells, its own death included. */
export interface WorkerListener extends EngineEvents {
  /** The worker has ended without being asked to: every run in it is lost. The next call starts another. */
  died(reason: string): void;
}

export class WorkerEngine implements EngineCalls {
  private live: { readonly worker: Worker; readonly remote: EngineRemote } | null = null;
  private disposed = false;

  /** @param script the built `dist/worker.js` */
  constructor(
    private readonly script: string,
    private readonly listener: WorkerListener,
  ) {}

  async start(request: StartRequest): Promise<StartEvent> {
    return this.remote().start(request);
  }
  async pause(run: RunId): Promise<number> {
    return this.remote().pause(run);
  }
  async resume(run: RunId, upTo?: number): Promise<void> {
    return upTo === undefined ? this.remote().resume(run) : this.remote().resume(run, upTo);
  }
  async step(run: RunId): Promise<number> {
    return this.remote().step(run);
  }
  async goBack(run: RunId, step?: number): Promise<Standing> {
    return this.remote().goBack(run, step);
  }
  async stop(run: RunId): Promise<void> {
    return this.remote().stop(run);
  }
  async replaceRule(run: RunId, file: string, text: string): Promise<RuleEvent> {
    return this.remote().replaceRule(run, file, text);
  }
  async change(run: RunId, settings: Settings): Promise<SettingsEvent> {
    return this.remote().change(run, settings);
  }
  async weightMap(run: RunId, layer: string, quantity: string): Promise<WeightMap | null> {
    return this.remote().weightMap(run, layer, quantity);
  }
  async slice(run: RunId, request: SliceRequest): Promise<Slice> {
    return this.remote().slice(run, request);
  }
  async measure(request: SpeedRequest): Promise<number> {
    return this.remote().measure(request);
  }
  acknowledge(run: RunId, sequence: number): void {
    if (this.live) void this.live.remote.acknowledge(run, sequence);
  }

  /** Ends the worker as a crash would: what it was asked is rejected, and the listener is told. */
  async kill(): Promise<void> {
    await this.live?.worker.terminate();
  }

  /** Ends the worker quietly. */
  dispose(): void {
    this.disposed = true;
    const { live } = this;
    this.live = null;
    live?.remote.$close(new Error('The engine is closed.'));
    void live?.worker.terminate();
  }

  private remote(): EngineRemote {
    if (this.disposed) throw new Error('The engine is closed.');
    this.live ??= this.open();
    return this.live.remote;
  }

  private open(): { readonly worker: Worker; readonly remote: EngineRemote } {
    const worker = new Worker(this.script, { name: 'Optimizer Debugger' });
    const remote = toWorker(worker, this.listener);
    let fault: Error | null = null;
    worker.on('error', (error) => (fault = error));
    worker.on('messageerror', (error) => (fault = error));
    worker.on('exit', (code) => {
      if (this.live?.worker !== worker) return;
      this.live = null;
      const reason = fault?.message ?? `it ended with code ${code}`;
      remote.$close(new Error(`The training worker has died: ${reason}.`));
      this.listener.died(reason);
    });
    return { worker, remote };
  }
}
