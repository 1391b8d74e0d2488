/**
 * Buffers of a GPU, asked for together. What is beyond the adapter's limits is refused before it is made, with a message that says what was
 * wanted, what there is and what would fit; what the GPU's memory has no more room for is found out when it is made, and told in the
 * same terms. Nothing is left behind then.
 */
import { showBytes } from '../../engine/problems/files';
import type { GpuContext } from './context';

/** Memory that the GPU cannot give. */
export class GpuMemoryError extends Error {
  override readonly name = 'GpuMemoryError';
}

export interface BufferWish {
  readonly name: string;
  /** 32-bit words. */
  readonly words: number;
  /** Usage flags beyond those of `GpuContext.buffer`. */
  readonly usage?: number;
  /** Whether a shader sees all of it at once. */
  readonly whole?: boolean;
}

/** What they take together. */
export const bytesOf = (wishes: readonly BufferWish[]): number => wishes.reduce((sum, { words }) => sum + 4 * words, 0);

export interface MadeBuffers {
  /** Whether there is a buffer of that name. */
  has(name: string): boolean;
  /** By its name. Work with it is not to be submitted before `ready`. */
  find(name: string): GPUBuffer;
  /** Rejects with a GpuMemoryError where the GPU has no room for all; then all are destroyed. */
  readonly ready: Promise<void>;
  destroy(): void;
}

/**
 * @param what for messages, as the beginning of a sentence: `A batch of 64 samples`
 * @param advice what to do where memory runs out. @param given bytes that could be had
 * @throws GpuMemoryError where a buffer is beyond the limits
 */
export function makeBuffers(
  context: GpuContext,
  wishes: readonly BufferWish[],
  what: string,
  advice: (given: number) => string = () => 'Take less, or use the CPU ("backend": "cpu").',
): MadeBuffers {
  const { device, adapter, name } = context;
  const sizes = wishes.map(({ words }) => 4 * words);
  const wanted = bytesOf(wishes);
  const { maxBufferSize, maxStorageBufferBindingSize: seen } = adapter.limits;
  const long = wishes.findIndex(({ whole }, i) => whole === true && sizes[i] > seen);
  if (long >= 0)
    throw new GpuMemoryError(
      `${what} takes ${showBytes(sizes[long])} in one piece (${wishes[long].name}), but ${name} gives a shader none above ${showBytes(seen)} ` +
        `(maxStorageBufferBindingSize). ${advice(seen)}`,
    );
  const large = sizes.findIndex((size) => size > maxBufferSize);
  if (large >= 0)
    throw new GpuMemoryError(
      `${what} takes a buffer of ${showBytes(sizes[large])} (${wishes[large].name}), but ${name} makes none above ${showBytes(maxBufferSize)} ` +
        `(maxBufferSize). ${advice(maxBufferSize)}`,
    );
  const made = new Map<string, GPUBuffer>();
  const destroy = (): void => made.forEach((buffer) => buffer.destroy());
  const found = wishes.map(({ name: label, words, usage }) => {
    device.pushErrorScope('validation');
    device.pushErrorScope('out-of-memory');
    made.set(label, context.buffer(words, label, usage));
    return Promise.all([device.popErrorScope(), device.popErrorScope()]);
  });
  const judge = async (): Promise<void> => {
    const faults = await Promise.all(found);
    const at = faults.findIndex(([full, invalid]) => full !== null || invalid !== null);
    if (at < 0) return;
    destroy();
    const [, invalid] = faults[at];
    const given = sizes.reduce((sum, size, i) => (faults[i][0] === null && faults[i][1] === null ? sum + size : sum), 0);
    if (invalid !== null)
      throw new GpuMemoryError(`${name} refuses the buffer "${wishes[at].name}" of ${showBytes(sizes[at])}: ${invalid.message}`);
    throw new GpuMemoryError(
      `${what} takes ${showBytes(wanted)} of the GPU's memory, and ${name} gave ${showBytes(given)} of it. ${advice(given)}`,
    );
  };
  const find = (label: string): GPUBuffer => {
    const buffer = made.get(label);
    if (buffer === undefined) throw new Error(`There is no buffer called ${label}.`);
    return buffer;
  };
  return { has: (label) => made.has(label), find, ready: judge(), destroy };
}
