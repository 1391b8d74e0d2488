/** The buffers of one block of samples, and how samples come into it. */
import { rowsAt, writeInfo } from '../../engine/backends/webgpu/info';
import type { Layout } from '../../engine/backends/webgpu/layout';
import type { Dispatch, Place } from '../../engine/backends/webgpu/definition';
import { bufferUsage } from './flags';
import type { Intake } from './intake';
import type { BufferWish } from './memory';
import type { Stream } from './stream';

/** As what a batch is carried through the network. */
export interface Occasion {
  readonly training: boolean;
  /** Of the run. */
  readonly step: number;
  /** Whether running statistics move. */
  readonly joins: boolean;
}

/** Buffers by their names in a layout. */
export type Find = (name: string) => GPUBuffer;

export class Room {
  private readonly words: Uint32Array;

  /** @param capacity samples of the block */
  constructor(
    readonly capacity: number,
    private readonly find: Find,
  ) {
    this.words = new Uint32Array(rowsAt + capacity);
  }

  /**
   * Encodes the arrival of a batch's next samples, those at `rows[first …]`.
   * @returns how many they are
   * @throws RangeError where a row is not in the data set
   */
  bring(stream: Stream, intake: Intake, rows: Uint32Array, first: number, occasion: Occasion): number {
    const { capacity, words, find } = this;
    const count = Math.min(capacity, rows.length - first);
    writeInfo(words, { ...occasion, rows: count, add: first > 0, first, batch: rows.length });
    intake.bring(stream, rows.subarray(first, first + count), words.subarray(rowsAt), find);
    const info = find('info');
    stream.upload(words.subarray(0, rowsAt + count), { buffer: info, offset: 0, size: info.size });
    return count;
  }
}

/** The buffers that dispatches are bound to, with the sizes that the layout gives them. */
export function wishesOf(layout: Layout, dispatches: Iterable<Dispatch>): BufferWish[] {
  const names = new Set(Array.from(dispatches, ({ bind }) => bind.map(({ buffer }: Place) => buffer)).flat());
  return [...layout.sizes]
    .filter(([name]) => names.has(name))
    .map(([name, words]) => ({ name, words, usage: name === 'info' ? bufferUsage.uniform : 0 }));
}
