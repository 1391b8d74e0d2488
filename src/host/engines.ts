/** The two engines that runs compute in, each started when first needed: a worker, and the WebGPU engine's page. */
import type { BackendName } from '../engine/run/backendNames';
import type { WorkerEngine, WorkerListener } from '../node/engine';
import type { EngineCalls, RunId } from '../shared/protocol';
import type { Choice, Measurable } from './gpu/choice';
import type { GpuEngine } from './gpu/engine';

/** An engine in a worker. */
export type Engine = EngineCalls & Pick<WorkerEngine, 'kill' | 'dispose'>;

export type EngineName = 'worker' | 'gpu';

/** How the runs get what they need, when they need it. */
export interface Makers {
  worker(listener: WorkerListener): Engine;
  gpu(listener: WorkerListener): GpuEngine;
  choice(engines: Measurable): Choice;
}

export class Engines implements Measurable {
  private live: { worker: Engine | null; gpu: GpuEngine | null } = { worker: null, gpu: null };

  /** @param listener hears what an engine tells */
  constructor(
    private readonly makers: Pick<Makers, 'worker' | 'gpu'>,
    private readonly listener: (engine: EngineName) => WorkerListener,
  ) {}

  worker(): Engine {
    return (this.live.worker ??= this.makers.worker(this.listener('worker')));
  }

  gpu(): GpuEngine {
    return (this.live.gpu ??= this.makers.gpu(this.listener('gpu')));
  }

  /** Where a run computes. */
  of({ backend }: { readonly backend: BackendName | null }): EngineCalls {
    return backend === 'webgpu' ? this.gpu() : this.worker();
  }

  acknowledge(engine: EngineName, run: RunId, sequence: number): void {
    this.live[engine]?.acknowledge(run, sequence);
  }

  /** No run needs the WebGPU engine's page any more. */
  async leaveGpu(): Promise<void> {
    await this.live.gpu?.leave();
  }

  /** Ends the worker as a crash would: for trying out what happens then. */
  async killWorker(): Promise<void> {
    await this.live.worker?.kill();
  }

  /** Loses the GPU's device: for trying out what happens then. */
  async loseDevice(): Promise<void> {
    await this.live.gpu?.loseDevice();
  }

  dispose(): void {
    this.live.worker?.dispose();
    this.live.gpu?.dispose();
    this.live = { worker: null, gpu: null };
  }
}

/** Is this the engine that a run computes in? */
export const isIn = ({ backend }: { readonly backend: BackendName | null }, engine: EngineName): boolean =>
  (backend === 'webgpu') === (engine === 'gpu');
