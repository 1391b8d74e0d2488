/**
 * Work for a GPU, gathered and then submitted at once: uploads, copies, dispatches and read-backs in the order in which they are asked for.
 * Dispatches that follow one another share a pass. What is to be uploaded travels in chunks from which it is copied to its place in
 * between, so that many steps with numbers of their own go into one submission; what is read back comes in chunks, too, mapped when the
 * GPU is done, while the next submission is already under way.
 */
import type { Workgroups } from '../../engine/backends/webgpu/definition';
import { MachineLost } from '../../engine/run/stream';
import type { GpuContext } from './context';
import { bufferUsage, mapMode } from './flags';
import { PassTimes, type Profiler } from './passTimes';
import { Patience, type PatienceOptions } from './patience';

/** A stretch of a buffer, in bytes, both multiples of 4. */
export interface Region {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/** A dispatch that is ready: everything but its size. */
export interface Ready {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  /** Of the kernel. */
  readonly name: string;
}

/** Milliseconds that a device may take to say that it is lost, after what was under way has been rejected for it. */
const EXPLAINING = 1000;
/** Bytes of a chunk, where nothing larger is asked for. */
const usualChunk = 2 ** 18;

/** A buffer that is filled from its start. */
interface Chunk {
  readonly buffer: GPUBuffer;
  used: number;
}

interface FeedChunk extends Chunk {
  readonly words: Uint32Array<ArrayBuffer>;
}

interface Read {
  readonly parts: readonly { readonly chunk: Chunk; readonly at: number; readonly size: number }[];
  readonly resolve: (read: readonly Float32Array[]) => void;
  readonly reject: (reason: unknown) => void;
}

export interface StreamOptions extends PatienceOptions {
  /** Milliseconds that a device may take to say why it rejected what was under way. */
  readonly explaining?: number;
}

export class Stream {
  private encoder: GPUCommandEncoder | null = null;
  private pass: GPUComputePassEncoder | null = null;
  private feeds: FeedChunk[] = [];
  private idleFeeds: FeedChunk[] = [];
  private stagings: Chunk[] = [];
  private idleStagings: GPUBuffer[] = [];
  private reads: Read[] = [];
  /** Those that have been submitted. */
  private readonly under = new Set<Read>();
  private times: PassTimes | null = null;
  private profiler: Profiler | null = null;
  private fault: Error | null = null;
  private readonly patience: Patience;
  private readonly unlisten: () => void;
  /** Submissions that are not done. */
  pending = 0;

  constructor(
    readonly context: GpuContext,
    private readonly options: StreamOptions = {},
  ) {
    this.patience = new Patience((seconds) => context.lose(`the GPU has not answered for ${seconds} s`), options);
    this.unlisten = context.onLost((because) => this.close(new MachineLost(`${because[0].toUpperCase()}${because.slice(1)}.`)));
  }

  /** From the next submission on every dispatch has a pass of its own, whose time is told; null for no more of it. Needs `context.timestamps`. */
  profile(profiler: Profiler | null): void {
    this.submit();
    this.profiler = profiler;
  }

  /** Nothing goes on from here: what waits, and whatever is asked for later, is rejected. */
  close(reason: Error): void {
    if (this.fault !== null) return;
    this.fault = reason;
    this.unlisten();
    this.patience.end();
    for (const { reject } of [...this.reads.splice(0), ...this.under]) reject(reason);
    for (const { buffer } of [...this.feeds, ...this.idleFeeds, ...this.stagings]) buffer.destroy();
    for (const buffer of this.idleStagings) buffer.destroy();
  }

  /** Whatever comes after finds these words in `to`. */
  upload(data: Uint32Array | Float32Array | Int32Array, to: Region): void {
    if (data.length === 0 || this.fault) return;
    const chunk = this.feed(data.byteLength);
    chunk.words.set(new Uint32Array(data.buffer, data.byteOffset, data.length), chunk.used / 4);
    this.outside().copyBufferToBuffer(chunk.buffer, chunk.used, to.buffer, to.offset, data.byteLength);
    chunk.used += data.byteLength;
  }

  copy(from: Region, to: Region): void {
    if (from.size > 0 && !this.fault) this.outside().copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, from.size);
  }

  clear({ buffer, offset, size }: Region): void {
    if (size > 0 && !this.fault) this.outside().clearBuffer(buffer, offset, size);
  }

  dispatch({ pipeline, group, name }: Ready, workgroups: Workgroups): void {
    if (this.fault) return;
    const timed = this.profiler !== null;
    if (timed) this.outside();
    this.pass ??= this.open().beginComputePass(timed ? this.timesOf().pass(name) : undefined);
    this.pass.setPipeline(pipeline);
    this.pass.setBindGroup(0, group);
    this.pass.dispatchWorkgroups(...workgroups);
    if (timed) this.outside();
  }

  /** @returns what the regions hold at this moment of the stream, once that has been submitted and done */
  read(regions: readonly Region[]): Promise<readonly Float32Array[]> {
    if (this.fault) return Promise.reject(this.fault);
    const encoder = this.outside();
    const parts = regions.map(({ buffer, offset, size }) => {
      const chunk = this.staging(size);
      const at = chunk.used;
      encoder.copyBufferToBuffer(buffer, offset, chunk.buffer, at, size);
      chunk.used += size;
      return { chunk, at, size };
    });
    return new Promise((resolve, reject) => this.reads.push({ parts, resolve, reject }));
  }

  /** Sends everything off. */
  submit(): void {
    if (this.encoder === null || this.fault) return;
    const { device } = this.context;
    this.pass?.end();
    this.pass = null;
    const { encoder, reads, stagings, times, profiler } = this;
    const told = times?.resolve(encoder);
    for (const { buffer, words, used } of this.feeds) device.queue.writeBuffer(buffer, 0, words.buffer, 0, used);
    device.queue.submit([encoder.finish()]);
    this.encoder = null;
    this.idleFeeds.push(...this.feeds);
    this.feeds.forEach((chunk) => (chunk.used = 0));
    this.feeds = [];
    this.reads = [];
    this.stagings = [];
    this.times = null;
    this.pending++;
    this.patience.begun();
    for (const each of reads) this.under.add(each);
    void this.finish(reads, stagings).finally(() => {
      this.pending--;
      for (const each of reads) this.under.delete(each);
      if (this.fault === null) this.patience.answered();
    });
    if (told && profiler) told.tell(profiler).catch(() => undefined); // of a device that is lost, which is told otherwise
  }

  private async finish(reads: readonly Read[], chunks: readonly Chunk[]): Promise<void> {
    try {
      if (chunks.length === 0) await this.context.device.queue.onSubmittedWorkDone();
      const mapped = new Map<Chunk, ArrayBuffer>();
      await Promise.all(
        chunks.map(async (chunk) => {
          await chunk.buffer.mapAsync(mapMode.read, 0, Math.max(4, chunk.used));
          mapped.set(chunk, chunk.buffer.getMappedRange(0, Math.max(4, chunk.used)).slice(0));
          chunk.buffer.unmap();
          if (this.fault === null) this.idleStagings.push(chunk.buffer);
          else chunk.buffer.destroy();
        }),
      );
      for (const { parts, resolve } of reads)
        resolve(parts.map(({ chunk, at, size }) => new Float32Array(mapped.get(chunk) ?? new ArrayBuffer(0), at, size / 4)));
    } catch (error) {
      if (this.fault === null) await this.lost(error);
    }
  }

  /** What was under way is rejected for a device that is lost, or about to say that it is. */
  private async lost(error: unknown): Promise<void> {
    const { context, options } = this;
    await Promise.race([context.device.lost, new Promise((resolve) => setTimeout(resolve, options.explaining ?? EXPLAINING))]);
    context.lose(`the GPU gave no answer (${error instanceof Error ? error.message : String(error)})`);
  }

  private open(): GPUCommandEncoder {
    return (this.encoder ??= this.context.device.createCommandEncoder());
  }

  /** The encoder, outside of any pass. */
  private outside(): GPUCommandEncoder {
    this.pass?.end();
    this.pass = null;
    return this.open();
  }

  private timesOf(): PassTimes {
    if (this.times?.full) this.submit();
    return (this.times ??= new PassTimes(this.context));
  }

  private feed(bytes: number): FeedChunk {
    const last = this.feeds.at(-1);
    if (last !== undefined && last.used + bytes <= last.buffer.size) return last;
    const found = this.idleFeeds.findIndex(({ buffer }) => buffer.size >= bytes);
    const chunk = found >= 0 ? this.idleFeeds.splice(found, 1)[0] : this.newFeed(Math.max(usualChunk, bytes));
    this.feeds.push(chunk);
    return chunk;
  }

  private newFeed(size: number): FeedChunk {
    const { copySource, copyDestination } = bufferUsage;
    const buffer = this.context.device.createBuffer({ label: 'feed', size, usage: copySource | copyDestination });
    return { buffer, used: 0, words: new Uint32Array(size / 4) };
  }

  private staging(bytes: number): Chunk {
    const last = this.stagings.at(-1);
    if (last !== undefined && last.used + bytes <= last.buffer.size) return last;
    const found = this.idleStagings.findIndex(({ size }) => size >= bytes);
    const { mapRead, copyDestination } = bufferUsage;
    const buffer =
      found >= 0
        ? this.idleStagings.splice(found, 1)[0]
        : this.context.device.createBuffer({ label: 'staging', size: Math.max(usualChunk, bytes), usage: mapRead | copyDestination });
    const chunk = { buffer, used: 0 };
    this.stagings.push(chunk);
    return chunk;
  }
}
