/**
 * How long an optimizer's update takes beside a plain copy of the same bytes, in one run. Adam reads w, g, m and v of n weights and writes w,
 * m and v: 16·n bytes are read and 12·n written. Beside it stand three plain copies that read and write as many: `copied`, a WebAssembly
 * loop of vector loads and stores that reads four buffers and writes three others; `moved`, the system's memmove of 14·n bytes; and `stored`, a loop
 * that stores back what it loads where it was, which is no copy but the least that an update could do. The rounds take turns, and every
 * figure is a median.
 */
import type { Measure } from '../src/engine/backends/backend';
import { Assembler } from '../src/engine/backends/cpu/assembler';
import { i32, v128 } from '../src/engine/backends/cpu/instructions';
import { Arena } from '../src/engine/backends/cpu/memory';
import type { ResidentModel } from '../src/engine/backends/cpu/resident';
import { instantiate } from '../src/engine/backends/cpu/webassembly';
import { checkSettings } from '../src/engine/language';
import { noBatch } from '../src/engine/language/reference';
import { wasmUpdater } from '../src/engine/language/wasm';
import { findRule } from '../src/engine/optimizers';
import { Random } from '../src/engine/random';

/** Layers of half a million weights in all: a wide one, its biases, a narrow one. */
const shapes: readonly (readonly number[])[] = [[500, 984], [500], [15, 500]];
const weights = 500_000;
const floatBytes = 4;
const vectorBytes = 16;

/** A rule with settings, and how many buffers as large as the weights it reads and writes. */
interface Case {
  readonly name: string;
  readonly rule: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly reads: number;
  readonly writes: number;
}

const cases: readonly Case[] = [
  { name: 'SGD', rule: 'sgd', settings: {}, reads: 2, writes: 1 },
  { name: 'momentum', rule: 'sgd', settings: { momentum: 0.9 }, reads: 3, writes: 2 },
  { name: 'Adam', rule: 'adam', settings: {}, reads: 4, writes: 3 },
  { name: 'Lion', rule: 'lion', settings: {}, reads: 3, writes: 2 },
];

/** Medians in microseconds, for half a million weights. */
export interface UpdateRow {
  readonly name: string;
  readonly weights: number;
  /** Of all that is read and written. */
  readonly bytes: number;
  readonly update: number;
  /** The update with its statistics: norms and mean rate of every layer. */
  readonly measured: number;
  /** A loop of loads, and of stores elsewhere. */
  readonly copied: number;
  /** memmove of half of the bytes. */
  readonly moved: number;
  /** Loads and stores in place. */
  readonly stored: number;
  /** update ÷ copied */
  readonly ratio: number;
}

/** A model that is nothing but weights and gradients. */
function bareModel(): ResidentModel {
  const arena = new Arena();
  const layers = shapes.map((shape, i) => ({
    name: `layer${i}`,
    shape,
    parameters: shape.reduce((product, extent) => product * extent, 1),
  }));
  const place = (what: string): number[] => layers.map(({ parameters }) => arena.reserve(parameters * floatBytes, what));
  const [weightAddresses, gradientAddresses] = [place('weights'), place('gradient')];
  arena.open(8 * weights * floatBytes);
  const views = (addresses: readonly number[]): Float32Array[] => layers.map(({ parameters }, i) => arena.floats(addresses[i], parameters));
  const model = { weights: views(weightAddresses), gradients: views(gradientAddresses) };
  const random = new Random(1, 'bench');
  for (const values of [...model.weights, ...model.gradients]) for (let i = 0; i < values.length; i++) values[i] = 0.01 * random.normal();
  const unasked = (): never => {
    throw new Error('These weights belong to no model.');
  };
  return {
    ...{ layers, parameters: weights, samples: 0, buffers: [], arena, weightAddresses, gradientAddresses, ...model, moments: null },
    ...{ begin: unasked, gradient: unasked, loss: unasked, evaluate: unasked, hessian: unasked, gaussNewton: unasked },
  };
}

/** Loads `reads` buffers that lie one after the other, vector by vector, and stores `writes` of them: as they are, or to other places. */
function mover(reads: number, writes: number, elsewhere: boolean): () => void {
  const arena = new Arena();
  const bytes = weights * floatBytes;
  const first = arena.reserve(reads * bytes, 'buffers');
  const target = elsewhere ? arena.reserve(writes * bytes, 'copies') : first;
  arena.open();
  arena.floats(first, reads * weights).fill(1);
  const assembler = new Assembler();
  assembler.function('move', [], null, (code) => {
    const at = code.local('i32');
    const sum = code.local('v128');
    const unroll = 4;
    code.steps(at, i32.const(bytes), unroll * vectorBytes, () => {
      for (let step = 0; step < unroll; step++)
        for (let buffer = reads - 1; buffer >= 0; buffer--) {
          const offset = buffer * bytes + step * vectorBytes;
          if (buffer < writes) code.store('v128', at, v128.load(at, first + offset), target + offset);
          else code.set(sum, v128.or(sum, v128.load(at, first + offset)));
        }
    });
    code.store('v128', i32.const(first), sum);
  });
  const { move } = instantiate(assembler.bytes(), arena.memory);
  return () => void move();
}

/** memmove of half of `bytes`. */
function copier(bytes: number): () => void {
  const half = bytes / 2;
  const memory = new Uint8Array(bytes).fill(1);
  return () => void memory.copyWithin(half, 0, half);
}

function updater({ rule: name, settings }: Case, measure: Measure): () => void {
  const rule = findRule(name);
  if (rule?.kind !== 'text') throw new Error(`There is no text of a rule ${name}.`);
  const made = wasmUpdater(rule, checkSettings(rule, { ...settings }), bareModel());
  let t = 0;
  return () => made.step(++t, 1e-6, measure, noBatch);
}

/** Median microseconds of each call, over rounds in which they take turns. @param milliseconds for all of them together */
function medians(calls: readonly (() => void)[], milliseconds: number): number[] {
  const times = calls.map((): number[] => []);
  const warm = performance.now() + milliseconds / 4;
  while (performance.now() < warm) for (const call of calls) call();
  const end = performance.now() + milliseconds;
  while (performance.now() < end || times[0].length < 5)
    calls.forEach((call, i) => {
      call(); // what lies in the cache is its own, as between the steps of a large network it would not be for any of them
      const start = performance.now();
      call();
      call();
      call();
      times[i].push((1000 * (performance.now() - start)) / 3);
    });
  return times.map((each) => each.sort((a, b) => a - b)[each.length >> 1]);
}

/** Runs every case. @param milliseconds for each */
export function benchUpdates(milliseconds = 2000): UpdateRow[] {
  return cases.map((one) => {
    const bytes = (one.reads + one.writes) * weights * floatBytes;
    const { reads, writes } = one;
    const copies = [mover(reads, writes, true), copier(bytes), mover(reads, writes, false)];
    const [update, measured, copied, moved, stored] = medians(
      [updater(one, 'nothing'), updater(one, 'statistics'), ...copies],
      milliseconds,
    );
    return { name: one.name, weights, bytes, update, measured, copied, moved, stored, ratio: update / copied };
  });
}
