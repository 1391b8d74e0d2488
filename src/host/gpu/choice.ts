/**
 * Where a run computes. What a specification says is done; otherwise what the setting says; otherwise the faster one for this network on
 * this machine: the processor is measured first, in its worker, and only where a GPU could win a page with a GPU is opened and measured,
 * too. That is done once a network and remembered.
 */
import { randomUUID } from 'node:crypto';
import { backendTitles, type BackendChoice, type BackendName } from '../../engine/run/backendNames';
import type { RunSpecification } from '../../engine/run/specification';
import type { AdapterDescription } from '../../shared/gpuProtocol';
import type { EngineCalls } from '../../shared/protocol';
import { WORTH_IT } from '../../shared/run/speed';
import type { Speeds, SpeedMemory } from './speeds';

/** Where, and why there; null where the specification says so itself. */
export interface Chosen {
  readonly backend: BackendName;
  readonly place: string | null;
}

/** The engines, as far as they are measured. */
export interface Measurable {
  worker(): Pick<EngineCalls, 'measure'>;
  gpu(): Pick<EngineCalls, 'measure'> & { adapter(): Promise<AdapterDescription> };
}

export interface ChoiceOptions {
  /** The setting of the editor. */
  readonly setting: () => BackendChoice;
  /** There is no GPU to be had: tells a person, once. */
  readonly noAdapter: (why: string) => void;
}

export class Choice {
  /** Why there is no adapter, once that is known; another window may have one. */
  private missing: string | null = null;

  constructor(
    private readonly memory: SpeedMemory,
    private readonly engines: Measurable,
    private readonly options: ChoiceOptions,
  ) {}

  /** @param say what is being done, while it takes long @throws what is wrong with the specification */
  async choose(spec: RunSpecification, folder: string, say: (what: string) => void): Promise<Chosen> {
    if ('function' in spec.problem) return { backend: 'reference', place: null };
    if (spec.backend !== undefined && spec.backend !== 'auto') return { backend: spec.backend, place: null };
    const setting = spec.backend === undefined ? this.options.setting() : 'auto';
    if (setting !== 'auto') return { backend: setting, place: `${backendTitles[setting]}, as the setting optimizerDebugger.backend says` };
    return this.measured(spec, folder, say);
  }

  /** Forgets what is known of this session. */
  forget(): void {
    this.missing = null;
  }

  private async measured(spec: RunSpecification, folder: string, say: (what: string) => void): Promise<Chosen> {
    const known = this.memory.find(spec, folder);
    const request = { run: randomUUID(), folder };
    let cpu = known?.cpu;
    if (cpu === undefined) {
      say('Measuring how long a step takes on the CPU, once for this network');
      cpu = await this.engines.worker().measure({ ...request, spec: { ...spec, backend: 'cpu' } });
      await this.memory.remember(spec, folder, { cpu, webgpu: null });
    }
    if (!(cpu >= WORTH_IT)) return onCpu(cpu, `below ${WORTH_IT} µs a GPU cannot win`);
    if (known?.webgpu && known.webgpu.microseconds >= cpu) return faster({ cpu, webgpu: known.webgpu });
    if (this.missing !== null) return onCpu(cpu, 'there is no WebGPU adapter');
    const gpu = this.engines.gpu();
    let adapter: AdapterDescription;
    try {
      adapter = await gpu.adapter();
    } catch (error) {
      this.missing = messageOf(error);
      this.options.noAdapter(this.missing);
      return onCpu(cpu, 'there is no WebGPU adapter');
    }
    if (known?.webgpu?.adapter === adapter.name) return faster({ cpu, webgpu: known.webgpu });
    say('Measuring how long a step takes on WebGPU, once for this network');
    try {
      const microseconds = await gpu.measure({ ...request, spec: { ...spec, backend: 'webgpu' } });
      const speeds = { cpu, webgpu: { microseconds, adapter: adapter.name } };
      await this.memory.remember(spec, folder, speeds);
      return faster(speeds);
    } catch (error) {
      return onCpu(cpu, `WebGPU cannot train it: ${messageOf(error)}`);
    }
  }
}

const onCpu = (microseconds: number, why: string): Chosen => ({ backend: 'cpu', place: `CPU: ${showTime(microseconds)} a step; ${why}` });

/** `WebGPU: 4.1 ms a step, CPU: 9.6 ms` */
function faster({ cpu, webgpu }: Speeds): Chosen {
  if (!webgpu || !(webgpu.microseconds < cpu))
    return { backend: 'cpu', place: `CPU: ${showTime(cpu)} a step${webgpu ? `, WebGPU: ${showTime(webgpu.microseconds)}` : ''}` };
  return { backend: 'webgpu', place: `WebGPU: ${showTime(webgpu.microseconds)} a step, CPU: ${showTime(cpu)}` };
}

/** `45 µs`, `9.6 ms`, `1.2 s`. */
export function showTime(microseconds: number): string {
  const [value, unit] =
    microseconds < 1000 ? [microseconds, 'µs'] : microseconds < 1e6 ? [microseconds / 1000, 'ms'] : [microseconds / 1e6, 's'];
  return `${Number(value.toPrecision(value < 100 ? 2 : 3))} ${unit}`;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
