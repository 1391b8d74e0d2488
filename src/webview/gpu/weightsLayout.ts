/** Vectors of all weights, layer after layer without gaps, and how they lie on a GPU: each layer where it can be bound by itself. */
import type { Layer } from '../../engine/backends/backend';
import { layerPlaces } from '../../engine/backends/webgpu/definition';
import type { Region, Stream } from './stream';

const bytes = 4;

export class WeightsLayout {
  /** Numbers of a vector. */
  readonly parameters: number;
  /** Words that it takes on the GPU. */
  readonly words: number;
  private readonly offsets: readonly number[];
  private readonly flat: Float32Array;

  constructor(private readonly layers: readonly Pick<Layer, 'parameters'>[]) {
    const { offsets, total } = layerPlaces(layers);
    this.parameters = layers.reduce((sum, { parameters }) => sum + parameters, 0);
    this.words = total;
    this.offsets = offsets;
    this.flat = new Float32Array(total);
  }

  /** As it lies on the GPU, with 0 between layers. The same array at every call, to be uploaded at once. */
  laidOut(vector: Float64Array): Float32Array {
    let at = 0;
    this.each((offset, count) => {
      this.flat.set(vector.subarray(at, at + count), offset);
      at += count;
    });
    return this.flat;
  }

  /** A vector as it was read from the GPU. */
  gathered(words: Float32Array, out: Float64Array = new Float64Array(this.parameters)): Float64Array {
    let at = 0;
    this.each((offset, count) => {
      out.set(words.subarray(offset, offset + count), at);
      at += count;
    });
    return out;
  }

  /** Copies the layers and leaves what lies between them. */
  copy(from: Region, to: Region, stream: Stream): void {
    this.each((offset, count) => {
      const [start, size] = [bytes * offset, bytes * count];
      stream.copy({ buffer: from.buffer, offset: from.offset + start, size }, { buffer: to.buffer, offset: to.offset + start, size });
    });
  }

  private each(use: (offset: number, count: number) => void): void {
    this.layers.forEach(({ parameters }, layer) => use(this.offsets[layer], parameters));
  }
}
