/**
 * How near matrix products come to what WebAssembly can do on this machine at all. That limit is measured in the same run: ten chains of
 * multiply-adds (fused where the engine has them) that wait for nothing but themselves, in registers. Each product is timed in turn
 * with it, round after round, and the median of the rounds' ratios counts, so that whatever disturbs the machine hits both. Packing
 * is part of the product.
 */
import { Assembler } from '../src/engine/backends/cpu/assembler';
import { fusedMultiplyAdd } from '../src/engine/backends/cpu/features';
import { f32x4, i32, multiplyAdd } from '../src/engine/backends/cpu/instructions';
import { emitProduct, type Product } from '../src/engine/backends/cpu/matmul/product';
import type { Factor, ProductShape } from '../src/engine/backends/cpu/matmul/shape';
import { stride } from '../src/engine/backends/cpu/matrix';
import { Arena } from '../src/engine/backends/cpu/memory';
import { instantiate } from '../src/engine/backends/cpu/webassembly';
import { Random } from '../src/engine/random';

/** Samples × inputs × outputs of a dense layer, and the least share of the limit that its products are to reach. */
interface Layer {
  readonly shape: readonly [rows: number, inputs: number, outputs: number];
  readonly atLeast?: number;
}

const layers: readonly Layer[] = [
  { shape: [256, 256, 256], atLeast: 0.9 },
  { shape: [100, 784, 500], atLeast: 0.85 },
  { shape: [64, 784, 128], atLeast: 0.85 },
  { shape: [128, 1024, 1024] },
  { shape: [64, 64, 64] },
  { shape: [64, 64, 10] },
  { shape: [32, 16, 16] },
  { shape: [32, 2, 16] },
  { shape: [32, 16, 1] },
  { shape: [1, 784, 128] },
];

export type Orientation = 'forward' | 'input gradient' | 'weight gradient';

export interface KernelRow {
  readonly shape: Layer['shape'];
  readonly orientation: Orientation;
  /** Medians. */
  readonly microseconds: number;
  readonly gigaflops: number;
  /** Of what the machine can do. */
  readonly share: number;
  readonly atLeast?: number;
}

export interface KernelReport {
  /** Whether multiplication and addition are one instruction. */
  readonly fused: boolean;
  /** What one core can do in WebAssembly. */
  readonly peakGigaflops: number;
  readonly rows: readonly KernelRow[];
}

const chains = 10;
const lanes = 4;
/** Multiply-adds of each chain in a turn of the loop. */
const links = 4;

/** Floating-point operations of a call. @param turns of the loop */
const peakOperations = (turns: number): number => 2 * lanes * chains * links * turns;

/** The limit as a function of the loop's turns. */
function peakKernel(): (turns: number) => void {
  const arena = new Arena();
  const result = arena.reserve(16, 'the sum');
  arena.open();
  const assembler = new Assembler();
  assembler.function('peak', ['i32'], null, (code, [turns]) => {
    const sums = Array.from({ length: chains }, (_, i) => code.local('v128', f32x4.const(i)));
    const [x, y] = [code.local('v128', f32x4.const(0.5)), code.local('v128', f32x4.const(0.25))];
    code.while(turns, () => {
      for (let link = 0; link < links; link++) for (const sum of sums) code.set(sum, multiplyAdd(x, y, sum, fusedMultiplyAdd()));
      code.set(turns, i32.sub(turns, 1));
    });
    for (const sum of sums.slice(1)) code.set(sums[0], f32x4.add(sums[0], sum));
    code.store('v128', i32.const(result), sums[0]);
  });
  const { peak } = instantiate(assembler.bytes(), arena.memory);
  return (turns) => void peak(turns);
}

const transposed = ({ rowStep, columnStep }: Factor): Factor => ({ rowStep: columnStep, columnStep: rowStep });

/** The products of a dense layer: samples in rows of `stride` floats, weights [outputs][inputs] without gaps. */
export function denseProducts([rows, inputs, outputs]: Layer['shape']): Readonly<Record<Orientation, ProductShape>> {
  const x = { rowStep: stride(inputs), columnStep: 1 };
  const d = { rowStep: stride(outputs), columnStep: 1 };
  const w = { rowStep: inputs, columnStep: 1 };
  const common = { mostRows: rows } as const;
  return {
    forward: { ...common, m: 'rows', k: inputs, n: outputs, a: x, b: transposed(w), c: d, start: 'row' },
    'input gradient': { ...common, m: 'rows', k: outputs, n: inputs, a: d, b: w, c: x, start: 'zero' },
    'weight gradient': { ...common, m: outputs, k: 'rows', n: inputs, a: transposed(d), b: x, c: w, start: 'add' },
  };
}

/** A dense layer's products, ready to be called. */
function callsOf(shape: Layer['shape']): Readonly<Record<Orientation, () => void>> {
  const [rows, inputs, outputs] = shape;
  const products = denseProducts(shape);
  const assembler = new Assembler();
  const made = Object.fromEntries(Object.entries(products).map(([name, one]) => [name, emitProduct(assembler, name, one)]));
  const arena = new Arena();
  const random = new Random(1, 'bench');
  const place = (floats: number) => ({ address: arena.reserve(4 * floats, 'a matrix'), floats });
  const [x, dx] = [place(rows * stride(inputs)), place(rows * stride(inputs))];
  const [z, d] = [place(rows * stride(outputs)), place(rows * stride(outputs))];
  const [w, dw, bias] = [place(inputs * outputs), place(inputs * outputs), place(outputs)];
  const scratch = arena.reserve(Math.max(16, ...Object.values(made).map((product) => product.scratch)), 'scratch');
  arena.open();
  for (const { address, floats } of [x, d, w, bias]) {
    const values = arena.floats(address, floats);
    for (let i = 0; i < floats; i++) values[i] = random.normal();
  }
  const exports = instantiate(assembler.bytes(), arena.memory);
  const call = (name: Orientation, a: number, b: number, c: number) => {
    const product: Product = made[name];
    const values: Record<string, number> = { a, b, c, start: bias.address, add: 0, rows, scratch, part: 0 };
    const operands = product.operands.map((operand) => values[operand]);
    return () => void exports[name](...operands);
  };
  return {
    forward: call('forward', x.address, w.address, z.address),
    'input gradient': call('input gradient', d.address, w.address, dx.address),
    'weight gradient': call('weight gradient', d.address, x.address, dw.address),
  };
}

/** Milliseconds that a round gives to each of the two that it compares: short, so that both meet the same disturbances. */
const slice = 0.5;

const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1];

/** Milliseconds of `times` calls. */
function timed(times: number, call: () => void): number {
  const start = performance.now();
  for (let i = 0; i < times; i++) call();
  return performance.now() - start;
}

/** Calls until V8 has compiled its best and the processor runs at its speed. @returns how many calls fill a slice */
function warm(call: () => void): number {
  const end = performance.now() + 60;
  while (performance.now() < end) call();
  let best = Infinity;
  for (let i = 0; i < 20; i++) best = Math.min(best, timed(1, call));
  return Math.max(1, Math.round(slice / Math.max(best, 1e-4)));
}

/** Measures every product beside the limit. @param milliseconds for each product */
export function benchKernels(milliseconds = 250): KernelReport {
  const kernel = peakKernel();
  const turns = 1000;
  const peak = () => kernel(turns);
  const peakCalls = warm(peak);
  const peaks: number[] = [];
  const rows = layers.flatMap(({ shape, atLeast }) =>
    Object.entries(callsOf(shape)).map(([orientation, call]): KernelRow => {
      const calls = warm(call);
      const operations = 2 * shape[0] * shape[1] * shape[2];
      const found: { rate: number; share: number }[] = [];
      for (const end = performance.now() + milliseconds; performance.now() < end || found.length < 5;) {
        const limit = (peakCalls * peakOperations(turns)) / timed(peakCalls, peak);
        const rate = (calls * operations) / timed(calls, call);
        peaks.push(limit * 1e-6);
        found.push({ rate, share: rate / limit });
      }
      const gigaflops = median(found.map(({ rate }) => rate)) * 1e-6;
      return {
        ...{ shape, orientation: orientation as Orientation, gigaflops, atLeast },
        ...{ microseconds: (operations / gigaflops) * 1e-3, share: median(found.map(({ share }) => share)) },
      };
    }),
  );
  return { fused: fusedMultiplyAdd(), peakGigaflops: median(peaks), rows };
}
