/**
 * Samples carried through frozen weights, and directions with them: what curvature and moments are measured with. The calls of a pass are
 * made from JavaScript, since losses' curvature is computed there; every value and error keeps a place of its own. The code is made once
 * for a network and a size of block.
 */
import type { Rows } from '../../network/losses';
import type { Samples } from '../../network/samples';
import { type Structure, withoutDraws } from '../../network/structure';
import type { Random } from '../../random';
import { Assembler } from './assembler';
import { type Call, Kernels, type Operand, settled } from './kernels';
import { Layout } from './layout';
import type { CurvatureMatrix } from './layers/definition';
import { rowBytes, sizeOf, stride } from './matrix';
import type { Arena } from './memory';
import { compile, link, type WasmExports, type WasmModule } from './webassembly';

/** Samples of a block, where nothing asks for more: what they take stays in a second-level cache. */
export const usualBlock = 64;

export class CurvatureProgram {
  readonly structure: Structure;
  readonly layout: Layout;
  readonly forward: readonly Call[];
  readonly backward: readonly Call[];
  readonly tangent: readonly Call[];
  readonly tangentBackward: Readonly<Record<CurvatureMatrix, readonly Call[]>>;
  private readonly module: WasmModule;

  /** @param more emits further kernels */
  constructor(
    network: Structure,
    readonly capacity: number,
    more: (kernels: Kernels) => void = () => undefined,
  ) {
    const assembler = new Assembler();
    const kernels = new Kernels(assembler, 1);
    this.structure = withoutDraws(network);
    this.layout = new Layout(this.structure, kernels, capacity, true);
    const { parts } = this.layout;
    const back = [...parts].reverse();
    this.forward = parts.flatMap((part) => part.forward(true));
    this.backward = back.flatMap((part) => part.backward());
    this.tangent = parts.flatMap((part) => part.tangent());
    const tangentBackward = (matrix: CurvatureMatrix): Call[] => back.flatMap((part) => part.tangentBackward(matrix));
    this.tangentBackward = { hessian: tangentBackward('hessian'), gaussNewton: tangentBackward('gaussNewton') };
    more(kernels);
    this.module = compile(assembler.bytes());
  }

  link(arena: Arena): WasmExports {
    return link(this.module, arena.memory);
  }

  /** Bytes of so many blocks, with what is fixed. */
  bytes(blocks: number): number {
    return this.layout.fixedBytes + blocks * this.layout.blockBytes;
  }
}

/** One block of samples in memory. */
export class CurvatureBlock {
  readonly outputs: Rows & { count: number };
  readonly wanted: Float64Array;
  /** ∂loss/∂outputs. */
  readonly lastError: Float32Array;
  private readonly x: Float32Array;
  private readonly block: number;

  constructor(
    private readonly program: CurvatureProgram,
    private readonly samples: Samples,
    private readonly kernels: WasmExports,
    private readonly arena: Arena,
    position: number,
  ) {
    const { structure, capacity, layout } = program;
    this.block = layout.fixedBytes + position * layout.blockBytes;
    const last = structure.values.length - 1;
    this.x = this.matrix(layout.value(0), sizeOf(structure, 0));
    const { outputs } = structure;
    this.outputs = { values: this.matrix(layout.value(last), outputs), count: 0, columns: outputs, stride: stride(outputs) };
    this.lastError = this.matrix(layout.error(last), outputs);
    this.wanted = new Float64Array(capacity * samples.wantedColumns);
  }

  /** A matrix of the block's samples. */
  matrix(at: Operand, columns: number): Float32Array {
    return this.arena.floats(this.address(at), (this.program.capacity * rowBytes(columns)) / 4);
  }

  address(at: Operand): number {
    return settled(at, { block: this.block, rows: 0, add: 0, weight: 0 });
  }

  /** Carries out the calls on this block. @param add 1 to add to gradients or products, 0 to replace them */
  run(calls: readonly Call[], add = 0): void {
    const values = { block: this.block, rows: this.outputs.count, add, weight: 0 };
    for (const { kernel, operands } of calls) this.kernels[kernel](...operands.map((operand) => settled(operand, values)), 0);
  }

  /** Gathers the samples at `rows[from …]`, as many as there are and the block holds, and carries them through the network. */
  forward(rows: Uint32Array, from: number): void {
    const { structure, capacity, forward } = this.program;
    const count = Math.min(capacity, rows.length - from);
    this.outputs.count = count;
    const inputs = sizeOf(structure, 0);
    this.samples.gather(rows, from, count, this.x, stride(inputs), this.wanted);
    this.run(forward);
  }

  /** Carries back weight·∂loss/∂outputs. */
  backward(weight: number, add: number): void {
    this.program.structure.loss.gradient(this.outputs, this.wanted, weight, this.lastError);
    this.run(this.program.backward, add);
  }

  /** Carries back the errors of targets drawn from what the model itself predicts. */
  backwardDrawn(random: Random): void {
    this.program.structure.loss.drawn(this.outputs, random, this.lastError);
    this.run(this.program.backward);
  }
}
