/**
 * The moments of K-FAC in 32-bit floats: of each dense layer's inputs and of its errors, as the product of a matrix of samples with itself.
 * They have a memory and a module of their own, made when a rule first asks for them, so that other runs carry nothing of it.
 */
import type { DenseOperation } from '../../network/operations';
import type { Samples } from '../../network/samples';
import type { Structure } from '../../network/structure';
import type { Random } from '../../random';
import type { Moments } from '../backend';
import { CurvatureBlock, CurvatureProgram, usualBlock } from './curvature';
import type { Kernels, Operand, ProductKernel } from './kernels';
import { stride } from './matrix';
import { Arena } from './memory';

/** A square matrix of sums in the arena, and the matrix of samples whose product with itself it is. */
interface Sums {
  readonly address: number;
  readonly extent: number;
  readonly of: Operand;
  readonly product: ProductKernel;
}

/** x[rows, extent]ᵀ·x, added to what is there where `add` is not 0. */
const square = (kernels: Kernels, extent: number): ProductKernel =>
  kernels.product(`moment/${extent}`, {
    m: extent,
    k: 'rows',
    n: extent,
    mostRows: usualBlock,
    a: { rowStep: 1, columnStep: stride(extent) },
    b: { rowStep: stride(extent), columnStep: 1 },
    c: { rowStep: extent },
    start: 'add',
  });

export class CpuMoments {
  private readonly block: CurvatureBlock;
  private readonly weights: readonly Float32Array[];
  private readonly inputs: readonly Sums[];
  private readonly errors: readonly Sums[];
  private readonly scratch: number;
  private readonly arena = new Arena();

  constructor(network: Structure, samples: Samples) {
    const { arena } = this;
    const products = new Map<number, ProductKernel>();
    const program = new CurvatureProgram(network, usualBlock, (kernels) => {
      for (const operation of network.operations)
        if (operation.kind === 'dense')
          for (const extent of [operation.inputs, operation.outputs]) products.set(extent, square(kernels, extent));
    });
    const { operations, layers } = program.structure;
    arena.reserve(program.bytes(1), 'The measurement of moments');
    const sums = (extent: number, of: Operand, what: string): Sums => {
      const product = products.get(extent);
      if (product === undefined) throw new Error(`There is no product for the moment of ${what}.`);
      return { address: arena.reserve(4 * extent * extent, `The moment of ${what}`), extent, of, product };
    };
    const dense = operations.flatMap((operation, i): (readonly [DenseOperation, number])[] =>
      operation.kind === 'dense' ? [[operation, i]] : [],
    );
    const { layout } = program;
    this.inputs = dense.map(([{ name, inputs, from }]) => sums(inputs, layout.value(from[0]), `the inputs of ${name}`));
    this.errors = dense.map(([{ name, outputs }, i]) => sums(outputs, layout.error(i + 1), `the errors of ${name}`));
    this.scratch = arena.reserve(Math.max(...[...products.values()].map(({ scratch }) => scratch)), 'The measurement of moments');
    arena.reserve(64, 'The margin');
    arena.open();
    this.weights = layers.map(({ parameters }, i) => arena.floats(layout.places.weights[i], parameters));
    this.block = new CurvatureBlock(program, samples, program.link(arena), arena, 0);
  }

  /** @param weights of this moment, layer after layer */
  measure(weights: readonly Float32Array[], rows: Uint32Array, random: Random): readonly Moments[] {
    weights.forEach((values, i) => this.weights[i].set(values));
    const all = [...this.inputs, ...this.errors];
    for (let from = 0; from < rows.length; from += usualBlock) {
      this.block.forward(rows, from);
      this.block.backwardDrawn(random);
      const calls = all.map(({ of, address, product }) => product.call({ a: of, b: of, c: address, add: 'add', scratch: this.scratch }));
      this.block.run(calls, from === 0 ? 0 : 1);
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
