/**
 * The statistics of a step, summed inside the pass that stores the new weights: squares of the gradient, of what the weights change by and
 * of the new weights, and the effective rates. The pass goes on a chunk at a time, keeps the chunk's changes and rates aside, and has all of
 * them summed while they are in the nearest cache: over the chunk in float32, beyond it in float64, so that norms and means are right to
 * 1e-6 of themselves. Sums so small or so large that float32 has lost squares are taken anew in float64. Each
 * block of a layer leaves its sums in a table, and they are added in the order of the blocks, so that threads make no difference.
 */
import type { Statistics } from '../backends/backend';
import { call, type Assembler, type Code, type Local, type WasmFunction } from '../backends/cpu/assembler';
import { fusedMultiplyAdd } from '../backends/cpu/features';
import { f32, f32x4, f64, f64x2, i32, multiplyAdd, v128, type Expression, type I32, type V128 } from '../backends/cpu/instructions';
import { noStatistics } from '../backends/statistics';
import { blockBytes, type Buffers } from './buffers';
import { highHalf } from './reduction';
import { tensorShape } from './shape';

const vectorBytes = 16;
const doubleBytes = 8;
/**
 * Most bytes of a buffer in a chunk. A square is rounded at most 30 + 1 times as it is added to one of two sums of 30 vectors and
 * these to each other, and once itself where multiplication and addition are not fused: 32·2⁻²⁴ of the sum, half of that of its root.
 */
const chunkBytes = 60 * vectorBytes;
/** Below and above, squares may have been lost. */
const [least, most] = [2 ** -110, 2 ** 127];

const sums = ['gradient', 'update', 'weight', 'rate'] as const;
/** Of a block in the table. */
const entryBytes = sums.length * doubleBytes;

/** The sums of every block of the model's weights. */
export class StatisticsTable {
  readonly of: Statistics;
  readonly address: number;
  /** Where each thread keeps a chunk's changes and rates. */
  readonly aside: number;
  private readonly first: readonly number[];
  private values: Float64Array = new Float64Array(0);

  /** Reserves room. @param counts numbers of each layer */
  constructor(
    private readonly buffers: Buffers,
    private readonly counts: readonly number[],
  ) {
    this.of = noStatistics(counts.length);
    this.first = buffers.firstBlocks(tensorShape);
    const { arena } = buffers;
    this.address = arena.reserve(this.blocks * entryBytes, 'Statistics');
    this.aside = arena.reserve(arena.team.size * 2 * chunkBytes, 'Statistics');
  }

  private get blocks(): number {
    return this.first[this.counts.length];
  }

  /** The arena is open. */
  open(): void {
    this.values = this.buffers.arena.doubles(this.address, this.blocks * sums.length);
  }

  /** From the sums of the blocks. @param withRates are there sums of rates? Otherwise the mean rates stay as they are. */
  collect(withRates: boolean): void {
    const { first, values, of } = this;
    for (let layer = 0; layer < this.counts.length; layer++) {
      let gradient = 0;
      let update = 0;
      let weight = 0;
      let rate = 0;
      for (let at = first[layer] * sums.length; at < first[layer + 1] * sums.length; at += sums.length) {
        gradient += values[at];
        update += values[at + 1];
        weight += values[at + 2];
        rate += values[at + 3];
      }
      of.gradientNorm[layer] = Math.sqrt(gradient);
      of.updateNorm[layer] = Math.sqrt(update);
      of.weightNorm[layer] = Math.sqrt(weight);
      if (withRates) of.meanRate[layer] = this.counts[layer] > 0 ? rate / this.counts[layer] : 0;
    }
  }
}

/** (entry, numbers, gradient, changes, weights, rates) → nothing: adds the sums of a chunk to a block's entry; no rates where their address is 0. */
export type Summing = WasmFunction<null>;

/** @param lanes address of the numbers 0 to 3 */
export function emitSums(assembler: Assembler, lanes: number): Summing {
  const squares = emitSquares(assembler, lanes);
  return assembler.function('sums', ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], null, (code, [entry, numbers, ...places]) => {
    const rates = places[sums.indexOf('rate')];
    const others = places.filter((place) => place !== rates);
    const add = (place: Local<'i32'>, value: Expression<'f64'>): void => {
      const offset = places.indexOf(place) * doubleBytes;
      code.store('f64', entry, f64.add(f64.load(entry, offset), value), offset);
    };
    const totals = sumsOf(code, others, numbers, lanes, (so, value) => multiplyAdd(value, value, so, fusedMultiplyAdd()));
    others.forEach((place, i) => {
      const total = code.local('f64', totals[i]);
      const safe = i32.and(f64.gt(total, least), f64.lt(total, most));
      code.if(
        safe,
        () => add(place, total),
        () => add(place, call(squares, place, numbers)),
      );
    });
    code.if(rates, () => add(rates, sumsOf(code, [rates], numbers, lanes, f32x4.add)[0]));
  });
}

/** Sums of the numbers at some places, each as several sums side by side, which hides the latency of the addition. @param add a sum and one vector more */
function sumsOf(
  code: Code,
  places: readonly Local<'i32'>[],
  numbers: I32,
  lanes: number,
  add: (so: V128, value: V128) => V128,
): Expression<'f64'>[] {
  const at = code.local('i32', 0);
  const lines = places.length === 1 ? 8 : 2;
  const side = places.map(() => Array.from({ length: lines }, () => code.local('v128', 0)));
  /** One vector of every place. */
  const turn = (line: number, read: (place: Local<'i32'>) => V128): void =>
    places.forEach((place, i) => code.set(side[i][line], add(side[i][line], code.local('v128', read(place)))));
  const whole = code.local('i32', i32.and(i32.shl(numbers, 2), -vectorBytes));
  code.steps(at, whole, lines * vectorBytes, () => {
    const from = new Map(places.map((place) => [place, code.local('i32', i32.add(place, at))]));
    for (let line = 0; line < lines; line++) turn(line, (place) => v128.load(from.get(place) ?? place, line * vectorBytes));
  });
  const left = code.local('i32', i32.sub(numbers, i32.shr_u(at, 2)));
  code.while(i32.gt_s(left, 0), () => {
    const counts = code.local('v128', below(left, lanes));
    turn(0, (place) => v128.and(v128.load(i32.add(place, at)), counts));
    code.set(at, i32.add(at, vectorBytes));
    code.set(left, i32.sub(left, 4));
  });
  return side.map((its) => {
    const sum = code.local('v128', together(its));
    const both = code.local('v128', f64x2.add(f64x2.promote_low_f32x4(sum), f64x2.promote_low_f32x4(highHalf(sum))));
    return f64.add(f64x2.extract_lane(both, 0), f64x2.extract_lane(both, 1));
  });
}

/** Sums put together by twos. */
const together = (values: readonly V128[]): V128 => {
  const half = values.length / 2;
  return half < 1 ? values[0] : f32x4.add(together(values.slice(0, half)), together(values.slice(half)));
};

/** A mask of the lanes that are less than a count. */
const below = (count: I32, lanes: number): V128 => f32x4.lt(v128.load(i32.const(lanes)), f32x4.splat(f32.convert_i32_s(count)));

/** (address, numbers) → the sum of their squares, in float64, where none is lost. */
const emitSquares = (assembler: Assembler, lanes: number): WasmFunction<'f64'> =>
  assembler.function('squares', ['i32', 'i32'], 'f64', (code, [address, numbers]) => {
    const total = code.local('v128');
    code.while(i32.gt_s(numbers, 0), () => {
      const value = code.local('v128', v128.and(v128.load(address), below(numbers, lanes)));
      for (const half of [value, highHalf(value)]) {
        const wide = code.local('v128', f64x2.promote_low_f32x4(half));
        code.set(total, f64x2.add(total, f64x2.mul(wide, wide)));
      }
      code.set(address, i32.add(address, vectorBytes));
      code.set(numbers, i32.sub(numbers, 4));
    });
    code.return(f64.add(f64x2.extract_lane(total, 0), f64x2.extract_lane(total, 1)));
  });

/** The statistics inside one kernel. */
export class StatisticsWriter {
  private readonly changes: Local<'i32'>;
  private readonly start: Local<'i32'>;
  private readonly entry: Local<'i32'>;

  /** @param part the number of the thread @param rates does the pass compute a rate for each weight? */
  constructor(
    private readonly code: Code,
    private readonly table: StatisticsTable,
    private readonly sums: Summing,
    part: I32,
    private readonly rates: boolean,
  ) {
    this.changes = code.local('i32', i32.add(i32.mul(part, 2 * chunkBytes), table.aside));
    this.start = code.local('i32');
    this.entry = code.local('i32');
  }

  /** A block begins. @param block its address in the table of blocks @param blocks where that begins */
  clear(block: I32, blocks: number): void {
    const { code, entry } = this;
    const scale = Math.log2(entryBytes / blockBytes);
    code.set(entry, i32.add(i32.shl(i32.sub(block, blocks), scale), this.table.address));
    sums.forEach((_, i) => code.store('f64', entry, f64.const(0), i * doubleBytes));
  }

  /** A chunk begins at this byte offset in the buffers. @returns where it ends, unless its block ends before */
  begin(offset: Local<'i32'>): I32 {
    this.code.set(this.start, offset);
    return i32.add(offset, chunkBytes);
  }

  /** Keeps what a vector changes by, and its rates. @param offset of the first vector of the turn @param i which vector of the turn */
  keep(offset: I32, i: number, change: V128, rate: V128 | undefined): void {
    const place = i32.add(this.changes, i32.sub(offset, this.start));
    this.code.store('v128', place, change, i * vectorBytes);
    if (rate !== undefined) this.code.store('v128', place, rate, chunkBytes + i * vectorBytes);
  }

  /** A chunk ends. @param offset the byte offset behind it @param count numbers of the layer @param gradient @param weights where the layer's lie */
  settle(offset: I32, count: I32, gradient: I32, weights: I32): void {
    const { code, start, changes } = this;
    const numbers = code.local('i32', i32.shr_u(i32.sub(offset, start), 2));
    const left = code.local('i32', i32.sub(count, i32.shr_u(start, 2)));
    code.if(i32.lt_s(left, numbers), () => code.set(numbers, left));
    const rates = this.rates ? i32.add(changes, chunkBytes) : i32.const(0);
    code.call(this.sums, this.entry, numbers, i32.add(gradient, start), changes, i32.add(weights, start), rates);
  }
}
