/**
 * The moments of K-FAC in 32-bit floats: of each layer's inputs and of its errors, as the product of a matrix of samples with itself,
 * for which the kernel of the weights' gradient serves. They have a memory and a module of their own, made when a rule first asks
 * for them, so that other runs carry nothing of it.
 */
import type { Samples } from '../../network/samples';
import type { Structure } from '../../network/structure';
import type { Random } from '../../random';
import type { Moments } from '../backend';
import { Assembler } from './assembler';
import { emitWeightGradient } from './dense';
import { Arena } from './memory';
import { blockRows, Pass, reserveMargin, reserveParameters, reserveRoom, type Room } from './pass';
import type { Program } from './program';
import { instantiate, type WasmExports } from './webassembly';

/** A square matrix of sums in the arena. */
interface Sums {
  readonly address: number;
  readonly extent: number;
}

export class CpuMoments {
  private readonly pass: Pass;
  private readonly room: Room;
  private readonly weights: readonly Float32Array[];
  private readonly inputs: readonly Sums[];
  private readonly errors: readonly Sums[];
  private readonly arena = new Arena();
  /** By extent: adds the product of a matrix of samples with itself. */
  private readonly kernels: WasmExports;

  constructor(network: Structure, samples: Samples, program: Program) {
    const { dense, layers } = network;
    const { arena } = this;
    const weights = reserveParameters(arena, layers, 'weights');
    const sums = (extent: number, what: string): Sums => ({ address: arena.reserve(4 * extent * extent, what), extent });
    this.inputs = dense.map(({ name, inputs }) => sums(inputs, `The moment of the inputs of ${name}`));
    this.errors = dense.map(({ name, outputs }) => sums(outputs, `The moment of the errors of ${name}`));
    this.room = reserveRoom(arena, network, blockRows);
    reserveMargin(arena);
    arena.open();
    this.weights = layers.map(({ parameters }, i) => arena.floats(weights[i], parameters));
    const assembler = new Assembler();
    for (const extent of new Set([...this.inputs, ...this.errors].map((each) => each.extent)))
      emitWeightGradient(assembler, `${extent}`, extent, extent);
    this.kernels = instantiate(assembler.bytes(), arena.memory);
    this.pass = new Pass(network, samples, program.link(arena.memory), weights, this.room, arena);
  }

  /** @param weights of this moment, layer after layer */
  measure(weights: readonly Float32Array[], rows: Uint32Array, random: Random): readonly Moments[] {
    weights.forEach((values, i) => this.weights[i].set(values));
    const { a, delta } = this.room;
    for (let from = 0; from < rows.length; from += blockRows) {
      this.pass.forward(rows, from);
      this.pass.backwardDrawn(random);
      const add = from === 0 ? 0 : 1;
      this.inputs.forEach(({ address, extent }, l) => this.kernels[extent](a[l], a[l], address, this.pass.outputs.count, add));
      this.errors.forEach(({ address, extent }, l) => this.kernels[extent](delta[l], delta[l], address, this.pass.outputs.count, add));
    }
    return this.inputs.flatMap((input, l) => {
      const error = this.mean(this.errors[l], rows.length);
      return [
        { input: this.mean(input, rows.length), error },
        { input: Float64Array.of(1), error },
      ];
    });
  }

  private mean({ address, extent }: Sums, samples: number): Float64Array {
    const sums = this.arena.floats(address, extent * extent);
    const mean = new Float64Array(sums.length);
    for (let i = 0; i < sums.length; i++) mean[i] = sums[i] / samples;
    return mean;
  }
}
