/**
 * All kernels of one network as one WebAssembly module, compiled once and linked to as many memories as there are models and
 * curvature measurements of it. Addresses are bytes; `add` is 1 to add to what is there and 0 to replace it.
 */
import type { Structure } from '../../network/structure';
import { Assembler } from './assembler';
import { emitBiasGradient, emitForward, emitInputGradient, emitWeightGradient } from './dense';
import { emitActivation, emitProducts } from './elementwise';
import { compile, link, type WasmMemory, type WasmModule } from './webassembly';

/** The kernels of one dense layer; see `dense.ts` and `elementwise.ts` for what each computes. */
export interface DenseKernels {
  forward(x: number, w: number, start: number, startStep: number, z: number, rows: number): void;
  inputGradient(d: number, w: number, dx: number, rows: number, add: number): void;
  weightGradient(d: number, x: number, dw: number, rows: number, add: number): void;
  biasGradient(d: number, db: number, rows: number, add: number): void;
  value(z: number, a: number, bytes: number): void;
  slope(z: number, a: number, out: number, bytes: number): void;
  delta(z: number, a: number, e: number, out: number, bytes: number): void;
  bend(z: number, a: number, e: number, out: number, bytes: number): void;
}

export interface Kernels {
  readonly dense: readonly DenseKernels[];
  multiply(a: number, b: number, out: number, bytes: number): void;
  multiplyAdd(a: number, b: number, c: number, d: number, out: number, bytes: number): void;
}

export class Program {
  private readonly module: WasmModule;

  constructor(private readonly network: Structure) {
    const assembler = new Assembler();
    for (const { name, inputs, outputs } of network.dense) {
      emitForward(assembler, `${name}.forward`, inputs, outputs);
      emitInputGradient(assembler, `${name}.inputGradient`, inputs, outputs);
      emitWeightGradient(assembler, `${name}.weightGradient`, inputs, outputs);
      emitBiasGradient(assembler, `${name}.biasGradient`, outputs);
    }
    for (const activation of new Set(network.dense.map((dense) => dense.function))) emitActivation(assembler, activation);
    emitProducts(assembler);
    this.module = compile(assembler.bytes());
  }

  /** The kernels at work on one memory. */
  link(memory: WasmMemory): Kernels {
    const made = link(this.module, memory);
    const dense = this.network.dense.map(({ name, activation }) => ({
      forward: made[`${name}.forward`],
      inputGradient: made[`${name}.inputGradient`],
      weightGradient: made[`${name}.weightGradient`],
      biasGradient: made[`${name}.biasGradient`],
      value: made[`${activation}.value`],
      slope: made[`${activation}.slope`],
      delta: made[`${activation}.delta`],
      bend: made[`${activation}.bend`],
    }));
    return { dense, multiply: made.multiply, multiplyAdd: made.multiplyAdd };
  }
}
