/**
 * How samples come to the GPU. A data set that has room there lies there as a whole, bytes as bytes, and a step only says which rows it
 * takes. Of a larger one the rows of a block are copied out and uploaded with each block; the same shader then picks rows 0, 1, 2, … of
 * what was uploaded.
 */
import type { Adapter } from '../../engine/backends/webgpu/definition';
import { type Origin, wordsOf } from '../../engine/backends/webgpu/program';
import { Samples } from '../../engine/network/samples';
import type { Structure } from '../../engine/network/structure';
import type { Dataset } from '../../engine/problems/dataset';
import type { BufferWish } from './memory';
import type { Stream } from './stream';

/** Share of the largest binding that a data set may take to be kept on the GPU. */
const share = 0.5;
/** Numbers written at a time when a data set is brought there. */
const piece = 2 ** 22;

export class Intake {
  readonly origin: Origin;
  private readonly ofBytes: boolean;
  /** Numbers that a sample is compared with. */
  private readonly answers: number;

  /** @throws Error where the data do not fit the network or its loss */
  constructor(
    private readonly data: Dataset,
    private readonly structure: Structure,
    readonly resident: boolean,
  ) {
    const { classifies } = new Samples(data, structure);
    const { x, y, samples, scale } = data;
    this.ofBytes = x instanceof Uint8Array;
    this.answers = y.kind === 'classes' ? 1 : y.outputs;
    this.origin = { samples: resident ? samples : null, bytes: this.ofBytes, scale, labels: y.kind === 'classes', classifies };
  }

  /** The buffers of a data set that is kept there. */
  get wishes(): readonly BufferWish[] {
    const { x, y } = wordsOf(this.origin, this.structure, this.data.samples);
    const wishes = [
      { name: 'x', words: x },
      { name: 'y', words: y },
    ];
    return this.resident ? wishes : [];
  }

  /** Copies the whole data set there. */
  fill(device: GPUDevice, x: GPUBuffer, y: GPUBuffer): void {
    const { samples, inputs } = this.data;
    // Four samples are whole words, whatever one of them is.
    const atOnce = 4 * Math.max(1, Math.floor(piece / (4 * inputs)));
    for (let from = 0; from < samples; from += atOnce) {
      const rows = Uint32Array.from({ length: Math.min(atOnce, samples - from) }, (_, i) => from + i);
      device.queue.writeBuffer(x, from * inputs * (this.ofBytes ? 1 : 4), this.features(rows));
      device.queue.writeBuffer(y, from * this.answers * 4, this.wanted(rows));
    }
  }

  /**
   * Encodes the arrival of some samples, as far as they are not there.
   * @param picked receives which rows the shader picks @param find the block's buffers
   * @throws RangeError where a row is not in the data set
   */
  bring(stream: Stream, rows: Uint32Array, picked: Uint32Array, find: (name: string) => GPUBuffer): void {
    const { samples, name } = this.data;
    for (const row of rows)
      if (!(row < samples)) throw new RangeError(`Sample ${row} is asked for, but ${name} has ${samples}, counted from 0.`);
    if (this.resident) return picked.set(rows);
    for (let i = 0; i < rows.length; i++) picked[i] = i;
    const [x, y] = [find('x'), find('y')];
    stream.upload(this.features(rows), { buffer: x, offset: 0, size: x.size });
    stream.upload(this.wanted(rows), { buffer: y, offset: 0, size: y.size });
  }

  /** The features of some samples, one after another without gaps, in whole words. */
  private features(rows: Uint32Array): Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer> {
    const { x, inputs } = this.data;
    const of = (row: number) => x.subarray(row * inputs, (row + 1) * inputs);
    if (this.ofBytes) {
      const words = new Uint32Array(Math.ceil((rows.length * inputs) / 4));
      const bytes = new Uint8Array(words.buffer);
      rows.forEach((row, i) => bytes.set(of(row), i * inputs));
      return words;
    }
    const floats = new Float32Array(rows.length * inputs);
    rows.forEach((row, i) => floats.set(of(row), i * inputs));
    return floats;
  }

  /** What the loss compares their outputs with. */
  private wanted(rows: Uint32Array): Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer> {
    const { y } = this.data;
    if (y.kind === 'classes') return Int32Array.from(rows, (row) => y.labels[row]);
    const { outputs, values } = y;
    const floats = new Float32Array(rows.length * outputs);
    rows.forEach((row, i) => floats.set(values.subarray(row * outputs, (row + 1) * outputs), i * outputs));
    return floats;
  }
}

/** Whether a data set is to be kept on the GPU. */
export function fitsThere({ x, y, samples, inputs }: Dataset, { limits }: Adapter): boolean {
  const features = samples * inputs * (x instanceof Uint8Array ? 1 : 4);
  const answers = 4 * (y.kind === 'classes' ? samples : y.values.length);
  return Math.max(features, answers) <= share * Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
}
