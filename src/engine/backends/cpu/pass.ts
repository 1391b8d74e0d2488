/**
 * A block of samples on its way through a network and the loss's gradient on its way back. Blocks are small enough for the
 * second-level cache; a larger batch is block after block, always in the same order. Once made, a pass allocates nothing.
 */
import type { Rows } from '../../network/losses';
import type { Samples } from '../../network/samples';
import type { Structure } from '../../network/structure';
import type { Random } from '../../random';
import type { Layer } from '../backend';
import { stride } from './dense';
import type { Arena } from './memory';
import type { Kernels } from './program';

/** The most samples of a block. */
export const blockRows = 64;

/** Where a block lies: what comes into each layer (and last what comes out), z, and ∂loss/∂z. */
export interface Room {
  readonly rows: number;
  readonly a: readonly number[];
  readonly z: readonly number[];
  readonly delta: readonly number[];
}

/** Room for a matrix with a row a sample. @returns its address */
export const reserveMatrix = (arena: Arena, rows: number, columns: number): number =>
  arena.reserve(4 * rows * stride(columns), `A block of ${rows} samples × ${columns}`);

/** Room for a block. @param z where z may lie that another block uses too, since it is needed on the way back only */
export function reserveRoom(arena: Arena, { dense }: Structure, rows: number, z?: readonly number[]): Room {
  const out = () => dense.map(({ outputs }) => reserveMatrix(arena, rows, outputs));
  return { rows, a: [reserveMatrix(arena, rows, dense[0].inputs), ...out()], z: z ?? out(), delta: out() };
}

/** Room for one vector of all parameters, an aligned part a layer. @returns the parts' addresses */
export const reserveParameters = (arena: Arena, layers: readonly Layer[], what: string): readonly number[] =>
  layers.map(({ name, parameters }) => arena.reserve(4 * parameters, `The ${what} of ${name}`));

/** The last reservation of an arena: vectors may be read this far past the end of what lies before. */
export const reserveMargin = (arena: Arena): number => arena.reserve(64, 'The margin');

export class Pass {
  /** What comes out of the network. */
  readonly outputs: Rows & { count: number };
  /** What that is compared with. */
  readonly wanted: Float64Array;
  private readonly x: Float32Array;
  private readonly lastDelta: Float32Array;

  /** @param weights addresses of weight, bias, layer after layer */
  constructor(
    private readonly network: Structure,
    private readonly samples: Samples,
    private readonly kernels: Kernels,
    private readonly weights: readonly number[],
    private readonly room: Room,
    arena: Arena,
  ) {
    const { dense, outputs } = network;
    const matrix = (address: number, columns: number) => arena.floats(address, room.rows * stride(columns));
    this.x = matrix(room.a[0], dense[0].inputs);
    this.outputs = { values: matrix(room.a[dense.length], outputs), count: 0, columns: outputs, stride: stride(outputs) };
    this.lastDelta = matrix(room.delta[dense.length - 1], outputs);
    this.wanted = new Float64Array(room.rows * samples.wantedColumns);
  }

  /** Bytes of what comes out of layer l. */
  bytes(l: number): number {
    return 4 * this.outputs.count * stride(this.network.dense[l].outputs);
  }

  /** Gathers the samples at `rows[from …]`, as many as there are and the block holds, and carries them through the network. */
  forward(rows: Uint32Array, from: number): void {
    const { a, z } = this.room;
    const count = Math.min(this.room.rows, rows.length - from);
    this.outputs.count = count;
    this.samples.gather(rows, from, count, this.x, stride(this.network.dense[0].inputs), this.wanted);
    for (let l = 0; l < z.length; l++) {
      const kernels = this.kernels.dense[l];
      kernels.forward(a[l], this.weights[2 * l], this.weights[2 * l + 1], 0, z[l], count);
      kernels.value(z[l], a[l + 1], this.bytes(l));
    }
  }

  /** Sum of the samples' losses. */
  loss(): number {
    return this.network.loss.value(this.outputs, this.wanted);
  }

  /**
   * Carries weight·∂loss/∂outputs back.
   * @param before called for each layer, from the last, while ∂loss/∂a stands where δ will, or null
   * @returns the sum of the samples' losses
   */
  backward(weight: number, before: ((l: number) => void) | null): number {
    const sum = this.network.loss.gradient(this.outputs, this.wanted, weight, this.lastDelta);
    this.carryErrors(before);
    return sum;
  }

  /** Carries back the errors of targets drawn from what the model itself predicts. */
  backwardDrawn(random: Random): void {
    this.network.loss.drawn(this.outputs, random, this.lastDelta);
    this.carryErrors(null);
  }

  private carryErrors(before: ((l: number) => void) | null): void {
    const { a, z, delta } = this.room;
    for (let l = z.length - 1; l >= 0; l--) {
      const kernels = this.kernels.dense[l];
      before?.(l);
      kernels.delta(z[l], a[l + 1], delta[l], delta[l], this.bytes(l));
      if (l > 0) kernels.inputGradient(delta[l], this.weights[2 * l], delta[l - 1], this.outputs.count, 0);
    }
  }

  /** The gradient with respect to all parameters, from δ. @param add 1 to add to what is at the addresses, 0 to replace it */
  gradient(addresses: readonly number[], add: number): void {
    const { a, delta } = this.room;
    for (let l = 0; l < delta.length; l++) {
      this.kernels.dense[l].weightGradient(delta[l], a[l], addresses[2 * l], this.outputs.count, add);
      this.kernels.dense[l].biasGradient(delta[l], addresses[2 * l + 1], this.outputs.count, add);
    }
  }
}
