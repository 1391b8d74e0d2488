/**
 * How long an optimizer's update takes beside a plain copy of the same bytes, in one run. A rule that reads w, g, m and v and writes w, m
 * and v of n weights moves 28·n bytes; beside it stand two plain copies that read and write as many in WebAssembly's or the system's own way:
 * `moved` loads the very same buffers a vector at a time and stores as many of them back, `copied` is memmove of half of the bytes,
 * 14·n, from one place to another. Each figure is a median of interleaved rounds.
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
  /** Loads and stores of the same buffers. */
  readonly moved: number;
  /** memmove of half of the bytes. */
  readonly copied: number;
  /** update ÷ the quicker of the two copies */
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

/** Loads `reads` buffers that lie one after the other, vector by vector, and stores the first `writes` of them as they are. */
export function mover(reads: number, writes: number): () => void {
  const arena = new Arena();
  const bytes = weights * floatBytes;
  const first = arena.reserve(reads * bytes, 'buffers');
  arena.open();
  const assembler = new Assembler();
  assembler.function('move', [], null, (code) => {
    const at = code.local('i32');
    const sum = code.local('v128');
    const unroll = 4;
    code.set(at, first);
    code.steps(at, i32.const(first + bytes), unroll * vectorBytes, () => {
      for (let step = 0; step < unroll; step++)
        for (let buffer = reads - 1; buffer >= 0; buffer--) {
          const offset = buffer * bytes + step * vectorBytes;
          if (buffer < writes) code.store('v128', at, v128.load(at, offset), offset);
          else code.set(sum, v128.or(sum, v128.load(at, offset)));
        }
    });
    code.store('v128', i32.const(first), sum);
  });
  const { move } = instantiate(assembler.bytes(), arena.memory);
  return () => void move();
}

/** memmove of half of `bytes`. */
export function copier(bytes: number): () => void {
  const half = bytes / 2;
  const memory = new Uint8Array(bytes).fill(1);
  return () => void memory.copyWithin(half, 0, half);
}

export function updater({ rule: name, settings }: Case, measure: Measure): () => void {
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
    const calls = [updater(one, 'nothing'), updater(one, 'statistics'), mover(one.reads, one.writes), copier(bytes)];
    const [update, measured, moved, copied] = medians(calls, milliseconds);
    return { name: one.name, weights, bytes, update, measured, moved, copied, ratio: update / Math.min(moved, copied) };
  });
}
