/**
 * Places on a GPU by their names, with numbers in them, and dispatches on them. Whatever was not set is NaN, so that what must not be relied
 * upon cannot be.
 */
import { type Adapter, type Dispatch, infoWords, type Place } from '../../src/engine/backends/webgpu/definition';
import { type BlockInfo, writeInfo } from '../../src/engine/backends/webgpu/info';
import type { GpuContext } from '../../src/webview/gpu/context';
import { bufferUsage } from '../../src/webview/gpu/flags';
import { type Region, Stream } from '../../src/webview/gpu/stream';

export class Places {
  readonly info: Place = { buffer: 'info', at: 0, words: infoWords };
  private readonly buffers = new Map<string, GPUBuffer>();
  private readonly words = new Map<string, number>();
  private readonly stream: Stream;

  constructor(private readonly context: GpuContext) {
    this.stream = new Stream(context);
  }

  get adapter(): Adapter {
    return this.context.adapter;
  }

  /** The start of a buffer, which is as large as was ever asked for before it is used. */
  place = (buffer: string, words: number): Place => {
    this.words.set(buffer, Math.max(words, this.words.get(buffer) ?? 0));
    return { buffer, at: 0, words };
  };

  setInfo(info: Partial<BlockInfo>): void {
    const words = new Uint32Array(infoWords);
    writeInfo(words, { rows: 1, add: false, first: 0, training: true, step: 1, joins: false, batch: info.rows ?? 1, ...info });
    this.set(this.info, words);
  }

  set(place: Place, data: Uint32Array | Float32Array): void {
    this.stream.upload(data, this.region(place));
  }

  /** @param rows samples of the block */
  async run(dispatches: readonly Dispatch[], rows: number): Promise<void> {
    const pipelines = await Promise.all(dispatches.map(({ kernel }) => this.context.pipeline(kernel)));
    dispatches.forEach(({ kernel: { name }, bind, workgroups }, i) => {
      const { pipeline, layout } = pipelines[i];
      const entries = bind.map((place, binding) => ({ binding, resource: this.region(place) }));
      const group = this.context.device.createBindGroup({ layout, entries });
      this.stream.dispatch({ pipeline, group, name }, typeof workgroups === 'function' ? workgroups(rows) : workgroups);
    });
  }

  /** What places hold at this moment. */
  read(...places: readonly Place[]): Promise<readonly Float32Array[]> {
    return this.stream.read(places.map((place) => this.region(place)));
  }

  /** Sends off what has been asked for; what is read comes then. */
  submit(): void {
    this.stream.submit();
  }

  close(): void {
    this.stream.submit();
    for (const buffer of this.buffers.values()) buffer.destroy();
  }

  private region({ buffer: name, at, words }: Place): Region {
    let buffer = this.buffers.get(name);
    if (buffer === undefined) {
      const size = this.words.get(name) ?? words;
      buffer = this.context.buffer(size, name, name === 'info' ? bufferUsage.uniform : 0);
      this.buffers.set(name, buffer);
      this.stream.upload(new Float32Array(size).fill(NaN), { buffer, offset: 0, size: 4 * size });
    }
    return { buffer, offset: 4 * at, size: 4 * words };
  }
}
