/**
 * A GPU with what was compiled for it: an adapter's device, its limits in the terms that shaders are written in, and every pipeline once. It
 * is lost once, for everybody who works with it: because the device says so, or because somebody found that it does not work any more.
 */
import type { Access, Adapter, NetworkKernel } from '../../engine/backends/webgpu/definition';
import { bufferUsage, shaderStage } from './flags';
import { ShaderError } from './shaderError';

/** Something to dispatch. */
export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

const bufferType = { read: 'read-only-storage', write: 'storage', uniform: 'uniform' } as const;

export class GpuContext {
  private readonly layouts = new Map<string, { readonly group: GPUBindGroupLayout; readonly pipeline: GPUPipelineLayout }>();
  private readonly compiled = new Map<string, Promise<Pipeline>>();
  private readonly listeners = new Set<(because: string) => void>();
  /** Why it is gone; null while it is there. */
  private gone: string | null = null;

  constructor(
    readonly device: GPUDevice,
    readonly adapter: Adapter,
    /** What a person calls it. */
    readonly name: string,
    /** Whether times can be taken on the GPU. */
    readonly timestamps: boolean,
  ) {
    void device.lost.then(({ message }) => this.lose(`the GPU was lost${message === '' ? '' : ` (${message.replace(/\.$/, '')})`}`));
  }

  /** @param tell is called once, when the GPU is gone, or at once where it is @returns ends the listening */
  onLost(tell: (because: string) => void): () => void {
    if (this.gone === null) this.listeners.add(tell);
    else tell(this.gone);
    return () => void this.listeners.delete(tell);
  }

  /** Gives it up, whatever the device says. @param because as a sentence's end: `the GPU has not answered for 120 s` */
  lose(because: string): void {
    if (this.gone !== null) return;
    this.gone = because;
    for (const tell of this.listeners) tell(because);
    this.listeners.clear();
    this.device.destroy();
  }

  /** How many different texts have been compiled. */
  get count(): number {
    return this.compiled.size;
  }

  /** A buffer for 32-bit words that shaders read and write. @param more further usage flags */
  buffer(words: number, label: string, more = 0): GPUBuffer {
    const { storage, copySource, copyDestination } = bufferUsage;
    const size = Math.max(16, Math.ceil(words / 4) * 16);
    return this.device.createBuffer({ label, size, usage: storage | copySource | copyDestination | more });
  }

  /** Each text is compiled once; one that does not compile is tried again. @param origin where a line of the code, from 1, comes from: `my.optim:7: ` @throws ShaderError with that and the compiler's message */
  pipeline(kernel: NetworkKernel, origin?: (line: number) => string): Promise<Pipeline> {
    const known = this.compiled.get(kernel.code);
    if (known !== undefined) return known;
    const made = this.compile(kernel, origin);
    this.compiled.set(kernel.code, made);
    made.catch(() => this.compiled.delete(kernel.code));
    return made;
  }

  private layoutOf(access: readonly Access[]): { readonly group: GPUBindGroupLayout; readonly pipeline: GPUPipelineLayout } {
    const key = access.join();
    const known = this.layouts.get(key);
    if (known !== undefined) return known;
    const group = this.device.createBindGroupLayout({
      entries: access.map((each, binding) => ({ binding, visibility: shaderStage.compute, buffer: { type: bufferType[each] } })),
    });
    const made = { group, pipeline: this.device.createPipelineLayout({ bindGroupLayouts: [group] }) };
    this.layouts.set(key, made);
    return made;
  }

  private async compile({ name, code, access }: NetworkKernel, origin?: (line: number) => string): Promise<Pipeline> {
    const { group, pipeline: layout } = this.layoutOf(access);
    const module = this.device.createShaderModule({ label: name, code });
    const { messages } = await module.getCompilationInfo();
    const error = messages.find(({ type }) => type === 'error');
    if (error !== undefined) {
      const text = code.split('\n')[error.lineNum - 1]?.trim() ?? '';
      const where = origin === undefined ? 'The' : `${origin(error.lineNum)}the`;
      throw new ShaderError(`${where} shader "${name}" does not compile: ${error.message} in \`${text}\` (line ${error.lineNum})`);
    }
    const pipeline = await this.device.createComputePipelineAsync({ label: name, layout, compute: { module, entryPoint: 'main' } });
    return { pipeline, layout: group };
  }
}
