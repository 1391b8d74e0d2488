/**
 * A GPU's device without a GPU, as far as a stream of work needs one: buffers are bytes, copies are done when they are submitted, and an
 * answer comes when the test says so. It is lost as devices are: what was under way is rejected first, and why comes later.
 */
import type { Adapter } from '../../../src/engine/backends/webgpu/definition';
import { GpuContext } from '../../../src/webview/gpu/context';

interface Copy {
  readonly from: FakeBuffer;
  readonly at: number;
  readonly to: FakeBuffer;
  readonly place: number;
  readonly size: number;
}

export class FakeBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  destroyed = false;
  private mapping: { readonly resolve: () => void; readonly reject: (error: Error) => void } | null = null;

  constructor(
    private readonly device: FakeDevice,
    readonly label: string,
    readonly size: number,
  ) {
    this.bytes = new Uint8Array(size);
  }

  mapAsync(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.mapping = { resolve, reject };
      if (this.device.answers) this.answer();
    });
  }
  getMappedRange = (from: number, size: number): ArrayBuffer => this.bytes.buffer.slice(from, from + size);
  unmap = (): void => undefined;
  destroy(): void {
    this.destroyed = true;
  }

  answer(error?: Error): void {
    const { mapping } = this;
    this.mapping = null;
    if (error) mapping?.reject(error);
    else mapping?.resolve();
  }
}

export class FakeDevice {
  readonly buffers: FakeBuffer[] = [];
  /** Are answers given at once? Otherwise they wait for `answer`. */
  answers = true;
  /** Milliseconds from its loss to its saying so; it never says so where that is infinite. */
  tells = 0;
  lostTimes = 0;
  submissions = 0;
  /** Shaders that do not compile. */
  refuses = /^$/;
  /** Bytes after which memory is full. */
  memory = Infinity;
  readonly lost: Promise<{ readonly message: string }>;
  private tellLost: (info: { readonly message: string }) => void = () => undefined;
  private copies: Copy[] = [];
  private readonly scopes: { readonly filter: string; error: { readonly message: string } | null }[] = [];

  constructor() {
    this.lost = new Promise((resolve) => (this.tellLost = resolve));
  }

  readonly queue = {
    submit: (): void => {
      this.submissions++;
      for (const { from, at, to, place, size } of this.copies.splice(0)) to.bytes.set(from.bytes.subarray(at, at + size), place);
    },
    writeBuffer: (buffer: FakeBuffer, at: number, data: ArrayBuffer, from: number, size: number): void =>
      buffer.bytes.set(new Uint8Array(data, from, size), at),
    onSubmittedWorkDone: (): Promise<void> => Promise.resolve(),
  };

  createBuffer({ label = '', size }: { readonly label?: string; readonly size: number }): FakeBuffer {
    const taken = this.buffers.reduce((sum, buffer) => sum + (buffer.destroyed ? 0 : buffer.size), 0);
    const inner = [...this.scopes].reverse().find(({ filter }) => filter === 'out-of-memory');
    if (taken + size > this.memory && inner) inner.error = { message: 'full' };
    const buffer = new FakeBuffer(this, label, taken + size > this.memory ? 0 : size);
    this.buffers.push(buffer);
    return buffer;
  }

  createCommandEncoder = () => ({
    copyBufferToBuffer: (from: FakeBuffer, at: number, to: FakeBuffer, place: number, size: number): void =>
      void this.copies.push({ from, at, to, place, size }),
    clearBuffer: (): void => undefined,
    beginComputePass: () => ({
      setPipeline: (): void => undefined,
      setBindGroup: (): void => undefined,
      dispatchWorkgroups: (): void => undefined,
      end: (): void => undefined,
    }),
    finish: (): null => null,
  });

  createBindGroupLayout = () => ({});
  createPipelineLayout = () => ({});
  createBindGroup = () => ({});
  createShaderModule = ({ code }: { readonly code: string }) => ({
    getCompilationInfo: () =>
      Promise.resolve({ messages: this.refuses.test(code) ? [{ type: 'error', message: 'refused', lineNum: 1 }] : [] }),
  });
  createComputePipelineAsync = () => Promise.resolve({});

  pushErrorScope(filter: string): void {
    this.scopes.push({ filter, error: null });
  }
  popErrorScope(): Promise<{ readonly message: string } | null> {
    return Promise.resolve(this.scopes.pop()?.error ?? null);
  }

  addEventListener = (): void => undefined;

  destroy(): void {
    if (this.lostTimes++ > 0) return;
    for (const buffer of this.buffers) buffer.answer(new Error('Buffer was unmapped before mapping was resolved.'));
    if (this.tells < Infinity) setTimeout(() => this.tellLost({ message: 'Device was destroyed.' }), this.tells);
  }

  /** Bytes of what is not destroyed. */
  get taken(): number {
    return this.buffers.reduce((sum, { destroyed, size }) => sum + (destroyed ? 0 : size), 0);
  }
}

const limits = {
  maxComputeWorkgroupStorageSize: 2 ** 14,
  maxComputeInvocationsPerWorkgroup: 256,
  maxStorageBufferBindingSize: 2 ** 27,
  maxBufferSize: 2 ** 28,
  maxStorageBuffersPerShaderStage: 8,
};

/** A context over it, with the limits that every adapter has. @param less some that are lower */
export function fakeContext(device: FakeDevice, kind: Adapter['kind'] = 'hardware', less: Partial<Adapter['limits']> = {}): GpuContext {
  return new GpuContext(device as unknown as GPUDevice, { kind, limits: { ...limits, ...less }, subgroups: false }, 'a fake GPU', false);
}
