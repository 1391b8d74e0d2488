/**
 * The WebGPU engine's page: an engine for the editor's calls, on the GPU of this machine. What runs here does not depend on the page being
 * seen. When the device is lost everything that was on it is; a new session begins then with a new device, and the editor, which has a
 * checkpoint of every run, decides what goes on.
 */
import type { GpuHostCalls, GpuPageCalls } from '../../../shared/gpuProtocol';
import type { EngineEvents } from '../../../shared/protocol';
import { EngineServer, type EngineHome } from '../../../shared/run/engineServer';
import type { Training } from '../../../engine/run/training';
import type { GpuContext } from '../context';
import type { Profiler } from '../passTimes';
import { KernelTimes, type KernelReport } from './kernelTimes';
import { openSession, type Port, type Session } from './link';
import { Watch } from './watch';

/** Milliseconds that kernels are watched for a report. */
const WATCHED = 2000;
/** Milliseconds that a GPU may take to open: the first time on a busy machine takes seconds. */
const OPENING = 60_000;

/** What a run computes with, as far as the page asks it. */
export interface Profiled {
  profile(profiler: Profiler | null): void;
}

export interface PageParts {
  readonly port: Port;
  openGpu(): Promise<GpuContext>;
  /** Milliseconds that it may take. */
  readonly opening?: number | undefined;
  /** @param gpu opens it, or gives the one that is open @param opened is told of every run's machine */
  makeHome(gpu: () => Promise<GpuContext>, host: GpuHostCalls, opened: (machine: Profiled, training: Training) => void): EngineHome;
  /** Something that is shown has changed. */
  changed(): void;
}

export class GpuPage {
  /** The GPU, why there is none, or null while it is being opened. */
  gpu: GpuContext | Error | null = null;
  watch: Watch | null = null;
  /** Is a speed being measured? */
  measuring = false;
  /** The last report, null while there is none. */
  report: KernelReport | null = null;
  /** Are kernels being watched? */
  profiling = false;
  private session!: Session;
  private current: { readonly machine: Profiled; readonly training: Training } | null = null;

  constructor(private readonly parts: PageParts) {
    this.begin(null);
  }

  openTraining(): Promise<void> {
    return this.session.host.openTraining();
  }

  /** Watches the kernels of the run under way for a moment. @throws where there is nothing to watch */
  async timeByKernel(): Promise<void> {
    const { current, watch, gpu } = this;
    if (gpu === null || gpu instanceof Error || !gpu.timestamps)
      throw new Error('This adapter cannot take times on the GPU: it does not have `timestamp-query`.');
    if (!current || !watch || (watch.state !== 'running' && watch.state !== 'paused'))
      throw new Error('There is no run under way here. Start one on WebGPU, then ask again.');
    if (watch.state === 'paused') throw new Error('The run is paused: continue it, then ask again.');
    if (this.profiling) return;
    this.profiling = true;
    this.parts.changed();
    try {
      const times = new KernelTimes();
      const { machine, training } = current;
      const [from, first] = [performance.now(), training.step];
      machine.profile(times.add);
      await new Promise((resolve) => setTimeout(resolve, WATCHED));
      const [elapsed, steps] = [performance.now() - from, training.step - first];
      machine.profile(null);
      await new Promise((resolve) => setTimeout(resolve, WATCHED / 10)); // the last times arrive
      this.report = times.report(`${watch.title} · ${watch.details}`, steps, elapsed);
    } finally {
      this.profiling = false;
      this.parts.changed();
    }
  }

  /** @param because why there was one before that is over: the next GPU is opened when something needs it, or devices that are lost at once would follow one another without end */
  private begin(because: string | null): void {
    const { parts } = this;
    this.gpu =
      because === null ? null : new Error(`${because[0].toUpperCase()}${because.slice(1)}. It is opened again when a run needs it.`);
    this.current = null;
    this.watch = null;
    this.session = openSession(parts.port, because, (host) => this.serve(host, because === null));
    parts.changed();
  }

  /** @param end is called when the GPU is lost */
  private async open(end: (because: string) => void): Promise<GpuContext> {
    const { openGpu, opening = OPENING, changed } = this.parts;
    const set = (gpu: GpuContext | Error | null): void => {
      this.gpu = gpu;
      changed();
    };
    set(null);
    try {
      const gpu = await within(opening, openGpu());
      gpu.onLost(end);
      gpu.device.addEventListener('uncapturederror', ({ error }) =>
        gpu.lose(`the GPU refused its work (${error.message.replace(/\s+/g, ' ').slice(0, 300)})`),
      );
      set(gpu);
      return gpu;
    } catch (error) {
      set(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  /** @param atOnce opens the GPU although nothing needs it yet */
  private serve(host: GpuHostCalls, atOnce: boolean): GpuPageCalls {
    let over = false;
    let opening: Promise<GpuContext> | null = null;
    const gpu = (): Promise<GpuContext> => {
      opening ??= this.open(end).catch((error: unknown) => {
        opening = null; // the next who needs it tries again
        throw error;
      });
      return opening;
    };
    const home = this.parts.makeHome(gpu, host, (machine, training) => {
      if (!over) this.current = { machine, training };
    });
    const engine = new EngineServer(home);
    /** All that was on the device is gone. */
    const end = (because: string): void => {
      if (over) return;
      over = true;
      engine.abandon();
      this.session.end();
      this.begin(because);
    };
    if (atOnce) gpu().catch(() => undefined); // whoever needs it is told
    const told =
      <Args extends unknown[]>(tell: (...args: Args) => void) =>
      (...args: Args): void => {
        if (!over) tell(...args);
      };
    const listening: EngineEvents = {
      frame: told((...frame) => host.frame(...frame)),
      event: told((...event) => host.event(...event)),
      state: told((run, state) => {
        if (state !== 'lost') host.state(run, state); // the end of the session says so
      }),
      checkpoint: told((...checkpoint) => host.checkpoint(...checkpoint)),
    };
    return {
      start: async (request) => {
        this.watch = new Watch();
        engine.host = this.watch.through(listening, this.parts.changed);
        this.parts.changed();
        // the editor knows where the run's record lies; here it goes by the run's name
        return engine.start({ ...request, ...(request.recordFile !== undefined && { recordFile: request.run }) });
      },
      measure: async (request) => {
        this.measuring = true;
        this.parts.changed();
        try {
          return await engine.measure(request);
        } finally {
          this.measuring = false;
          this.parts.changed();
        }
      },
      pause: (run) => engine.pause(run),
      resume: (run, upTo) => engine.resume(run, upTo),
      step: (run) => engine.step(run),
      goBack: (run, step) => engine.goBack(run, step),
      stop: (run) => engine.stop(run),
      replaceRule: (run, file, text) => engine.replaceRule(run, file, text),
      change: (run, settings) => engine.change(run, settings),
      slice: (run, request) => engine.slice(run, request),
      weightMap: (run, layer, quantity) => engine.weightMap(run, layer, quantity),
      acknowledge: (run, sequence) => engine.acknowledge(run, sequence),
      adapter: async () => {
        const { name, adapter } = await gpu();
        return { name, software: adapter.kind === 'software' };
      },
      beat: () => Promise.resolve(),
      timeByKernel: () => this.timeByKernel(),
      loseDevice: async () => (await gpu()).device.destroy(),
    };
  }
}

/** @throws where it takes longer: a GPU that hangs never opens */
function within<Value>(milliseconds: number, work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () =>
        reject(
          new Error(
            `The GPU was not opened within ${milliseconds / 1000} s: it hangs, or its driver does. Restart the editor; until then the CPU computes the same ("backend": "cpu").`,
          ),
        ),
      milliseconds,
    );
    void work.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
