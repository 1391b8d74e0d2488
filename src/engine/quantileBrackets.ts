/**
 * Quantiles of numbers that change little from one time to the next, such as the effective rates of a layer's weights: round each wanted rank
 * a bracket is remembered, and the next time one pass counts what lies below each bracket and picks out what lies inside. Where the
 * wanted rank is among those, they alone are sorted; where a bracket has missed it, all numbers are looked at anew. The result is exact, and
 * the same whatever is remembered; it costs a fifth or less.
 */
import { Assembler, type Local } from './backends/cpu/assembler';
import { f32x4, i32, i32x4, v128 } from './backends/cpu/instructions';
import { Arena } from './backends/cpu/memory';
import { instantiate } from './backends/cpu/webassembly';
import { betweenRanks, quantiles, ranked } from './quantiles';

/** Fewer numbers are sorted. */
const few = 32;
/** Half the width of a bracket, in ranks: at least `narrow`, or so much of all. */
const narrow = 12;
const shareOfAll = 1 / 300;
/** The most that may lie inside one bracket, as a share of all numbers; it decides how much room there is. */
const roomy = 1 / 4;

/** What is remembered of some numbers: the ends of each bracket. One whose ends are equal holds a value that very many have: they are counted only. */
interface Brackets {
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** By the array that the numbers always lie in. */
const known = new WeakMap<Float32Array, Brackets>();

/**
 * The same as `quantiles`.
 * @param values the same array each time, with new numbers @param shares the same each time
 */
export function trackedQuantiles(values: Float32Array, shares: readonly number[]): number[] {
  const n = values.length;
  if (n < few) return quantiles(values, shares);
  const ranks = shares.map((share) => share * (n - 1));
  const brackets = known.get(values);
  const found = brackets === undefined ? null : pickOut(values, brackets, ranks);
  return found ?? beginAnew(values, ranks, shares);
}

const halfWidth = (n: number): number => Math.max(narrow, Math.ceil(n * shareOfAll));

/** Looks at all numbers, and remembers brackets where none of their ends is infinite. */
function beginAnew(values: Float32Array, ranks: readonly number[], shares: readonly number[]): number[] {
  known.delete(values);
  const n = values.length;
  const width = halfWidth(n);
  const ends = ranks.map((rank) => [Math.max(0, Math.floor(rank) - width), Math.min(n - 1, Math.ceil(rank) + width)] as const);
  const at = ranked(values, [...ranks, ...ends.flat()]);
  if (at === null) return shares.map(() => NaN);
  const brackets = { low: Float32Array.from(ends, ([low]) => at(low)), high: Float32Array.from(ends, ([, high]) => at(high)) };
  if ([...brackets.low, ...brackets.high].every(Number.isFinite)) known.set(values, brackets);
  return ranks.map((rank) => betweenRanks(at, rank, n));
}

/** @returns null where a bracket has missed its rank, or a number is NaN */
function pickOut(values: Float32Array, brackets: Brackets, ranks: readonly number[]): number[] | null {
  const n = values.length;
  const { numbers, ends, counts, inside, own, pick } = roomFor(n, ranks.length);
  const whole = Math.ceil(n / 4) * 4;
  numbers.set(values);
  numbers.fill(Infinity, n, whole); // above every bracket
  ends.set(brackets.low, 0);
  ends.set(brackets.high, ranks.length);
  if (!pick(4 * whole)) return null;
  const width = halfWidth(n);
  const result: number[] = [];
  for (const [k, rank] of ranks.entries()) {
    const [below, size] = [counts[k], counts[ranks.length + k]];
    const [first, last] = [Math.floor(rank), Math.min(Math.floor(rank) + 1, n - 1)];
    if (first < below || last >= below + size) return null;
    if (brackets.low[k] === brackets.high[k]) {
      result.push(brackets.low[k]);
      continue;
    }
    const sorted = inOrder(inside.subarray(k * own, k * own + size));
    result.push(betweenRanks((at) => sorted[at - below], rank, n));
    // The next bracket lies round where the rank is now.
    brackets.low[k] = sorted[Math.max(0, first - below - width)];
    brackets.high[k] = sorted[Math.min(size - 1, last - below + width)];
  }
  return result;
}

/** As many are sorted by insertion, which begins at once. */
const handful = 48;

function inOrder(numbers: Float32Array): Float32Array {
  if (numbers.length > handful) return numbers.sort();
  for (let i = 1; i < numbers.length; i++) {
    const number = numbers[i];
    let at = i;
    for (; at > 0 && numbers[at - 1] > number; at--) numbers[at] = numbers[at - 1];
    numbers[at] = number;
  }
  return numbers;
}

/** Memory that all use in turn. */
interface Room {
  /** Numbers that there is room for. */
  readonly most: number;
  readonly brackets: number;
  readonly numbers: Float32Array;
  /** Lower ends, then upper ends. */
  readonly ends: Float32Array;
  /** How many lie below each, then inside each. */
  readonly counts: Uint32Array;
  /** What lies inside bracket k, from k·`own` on. */
  readonly inside: Float32Array;
  readonly own: number;
  /** Counts and picks out of the first `bytes` bytes of numbers. @returns whether all went well */
  pick(bytes: number): boolean;
}

let room: Room | null = null;

function roomFor(n: number, brackets: number): Room {
  if (room !== null && room.most >= n && room.brackets === brackets) return room;
  const most = 2 ** Math.ceil(Math.log2(Math.max(n, 4096)));
  const own = Math.ceil(most * roomy);
  const arena = new Arena();
  const places = [4 * most, 8 * brackets, 8 * brackets, 4 * own * brackets].map((bytes) => arena.reserve(bytes, 'The quantiles'));
  const [numbers, ends, counts, inside] = places;
  arena.open();
  const assembler = new Assembler();
  emitPick(assembler, brackets);
  const { pick } = instantiate(assembler.bytes(), arena.memory);
  return (room = {
    most,
    brackets,
    numbers: arena.floats(numbers, most),
    ends: arena.floats(ends, 2 * brackets),
    counts: arena.indices(counts, 2 * brackets),
    inside: arena.floats(inside, own * brackets),
    own,
    pick: (bytes) => pick(numbers, bytes, ends, counts, inside, 4 * own) !== 0,
  });
}

/** Emits `pick`: of numbers, how many bytes of them, the ends, the counts, what is picked out, and the bytes of that for each bracket. */
function emitPick(assembler: Assembler, brackets: number): void {
  const every = <T>(make: (k: number) => T): T[] => Array.from({ length: brackets }, (_, k) => make(k));
  assembler.function('pick', ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], 'i32', (code, [at, bytes, ends, counts, inside, own]) => {
    const end = code.local('i32', i32.add(at, bytes));
    const lows = every((k) => code.local('v128', v128.load32_splat(ends, 4 * k)));
    const highs = every((k) => code.local('v128', v128.load32_splat(ends, 4 * (brackets + k))));
    // A bracket of one value only counts.
    const picked = every((k) => code.local('v128', f32x4.ne(lows[k], highs[k])));
    const [below, within] = [every(() => code.local('v128')), every(() => code.local('v128'))];
    const cursors = every((k) => code.local('i32', i32.add(inside, i32.mul(own, k))));
    const [value, some, real] = [code.local('v128'), code.local('v128'), code.local('v128', v128.not(f32x4.const(0)))];
    const hits = every(() => code.local('v128'));
    code.while(i32.lt_u(at, end), () => {
      code.set(value, v128.load(at));
      code.set(some, f32x4.const(0));
      lows.forEach((low, k) => {
        const under = code.local('v128', f32x4.lt(value, low));
        code.set(below[k], i32x4.sub(below[k], under));
        code.set(hits[k], v128.andnot(f32x4.le(value, highs[k]), under));
        code.set(within[k], i32x4.sub(within[k], hits[k]));
        code.set(hits[k], v128.and(hits[k], picked[k]));
        code.set(some, v128.or(some, hits[k]));
      });
      code.set(real, v128.and(real, f32x4.eq(value, value)));
      code.if(v128.any_true(some), () =>
        hits.forEach((hit, k) =>
          code.if(v128.any_true(hit), () => {
            for (let lane = 0; lane < 4; lane++)
              code.if(i32x4.extract_lane(hit, lane), () => {
                code.if(i32.ge_u(cursors[k], i32.add(inside, i32.mul(own, k + 1))), () => code.return(i32.const(0)));
                code.store('f32', cursors[k], f32x4.extract_lane(value, lane));
                code.set(cursors[k], i32.add(cursors[k], 4));
              });
          }),
        ),
      );
      code.set(at, i32.add(at, 16));
    });
    [...below, ...within].forEach((sums, i) => code.store('i32', counts, laneSum(sums), 4 * i));
    code.return(i32.eqz(v128.any_true(v128.not(real))));
  });
}

const laneSum = (sums: Local<'v128'>) =>
  [1, 2, 3].reduce((sum, lane) => i32.add(sum, i32x4.extract_lane(sums, lane)), i32x4.extract_lane(sums, 0));
