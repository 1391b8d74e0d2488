/**
 * The sums of one tile of C, which stay in registers while the loop runs along the summed index. It is not unrolled: V8 would spill.
 * Registers are shared by all tiles of a function. V8 has fifteen vector registers to give: twelve sums, two vectors and one more.
 */
import type { Code, Local } from '../assembler';
import { f32x4, i32, multiplyAdd, pick, v128, type V128 } from '../instructions';
import { foldLanes, loadLanes } from './lanes';

/** Vector variables of a function. */
export class Registers {
  readonly sums: readonly Local<'v128'>[];
  readonly vectors: readonly Local<'v128'>[];
  readonly spread: Local<'v128'>;

  constructor(code: Code) {
    this.sums = Array.from({ length: 12 }, () => code.local('v128'));
    this.vectors = Array.from({ length: 3 }, () => code.local('v128'));
    this.spread = code.local('v128');
  }
}

/** Where a tile's factors begin, and how far they go along the summed index. Steps are in bytes. */
export interface TileFactors {
  readonly a: Local<'i32'>;
  readonly aRow: number;
  readonly aColumn: number;
  readonly b: Local<'i32'>;
  readonly bRow: number;
  readonly bColumn: number;
  /** Terms of each sum. */
  readonly depth: Local<'i32'> | number;
}

/** Terms that are written one after another instead of a loop. */
const straight = 4;

/** Pointers into the two factors that go along the summed index. */
export class Walk {
  private readonly at: readonly [a: Local<'i32'>, b: Local<'i32'>];
  private readonly end: Local<'i32'>;

  constructor(private readonly code: Code) {
    this.at = [code.local('i32'), code.local('i32')];
    this.end = code.local('i32');
  }

  /** Goes along, `step` terms at a time, as long as whole steps are left. @param body with the pointers and offsets in bytes to add to each */
  through(
    { a, aColumn, b, bRow, depth }: TileFactors,
    step: number,
    body: (at: Walk['at'], offsets: readonly [number, number]) => void,
  ): void {
    const { code, at, end } = this;
    const [aStep, bStep] = [step * aColumn, step * bRow];
    if (typeof depth === 'number' && depth <= straight * step) {
      for (let done = 0; done + step <= depth; done += step) body([a, b], [done * aColumn, done * bRow]);
      return;
    }
    code.set(at[0], a);
    code.set(at[1], b);
    const whole = typeof depth === 'number' ? depth - (depth % step) : i32.and(depth, -step);
    code.set(end, i32.add(at[0], typeof whole === 'number' ? whole * aColumn : i32.mul(whole, aColumn)));
    code.while(i32.ne(at[0], end), () => {
      code.emptyLoop();
      body(at, [0, 0]);
      code.set(at[0], i32.add(at[0], aStep));
      code.set(at[1], i32.add(at[1], bStep));
    });
  }

  /** Goes through the terms that are left when whole steps of four are done. @param body with how many there are, or 1, as often as there are */
  rest(
    { a, aColumn, b, bRow, depth }: TileFactors,
    body: (at: Walk['at'], offsets: readonly [number, number], terms: number) => void,
  ): void {
    const { code, at, end } = this;
    if (typeof depth === 'number') {
      const whole = depth - (depth % 4);
      if (whole < depth) body([a, b], [whole * aColumn, whole * bRow], depth % 4);
      return;
    }
    code.set(at[0], i32.add(a, i32.mul(i32.and(depth, -4), aColumn)));
    code.set(at[1], i32.add(b, i32.mul(i32.and(depth, -4), bRow)));
    code.set(end, i32.add(a, i32.mul(depth, aColumn)));
    code.while(i32.ne(at[0], end), () => {
      body(at, [0, 0], 1);
      code.set(at[0], i32.add(at[0], aColumn));
      code.set(at[1], i32.add(at[1], bRow));
    });
  }
}

/**
 * Adds A·B to the tile's sums, a vector of C each: numbers of A, spread, times vectors of rows of B.
 * @param backwards whether to take what passes from the last to the first. V8's older compiler, up to Node 22, orders the multiplications by
 * what uses their results, and where that is not the order of the loads, it spills: stores use them as they come, more than that in reverse
 */
export function addOuter(
  code: Code,
  { vectors, spread }: Registers,
  walk: Walk,
  factors: TileFactors,
  sums: readonly (readonly Local<'v128'>[])[],
  lanes: readonly number[],
  fused: boolean,
  backwards: boolean,
): void {
  const inOrder = (items: readonly unknown[]): number[] => (backwards ? indices(items.length).reverse() : indices(items.length));
  walk.through(factors, 1, ([a, b], [aOffset, bOffset]) => {
    const vector = (c: number) => loadLanes(b, lanes[c], bOffset + 16 * c);
    const number = (r: number) => v128.load32_splat(a, aOffset + r * factors.aRow);
    // The side with fewer vectors is held while those of the other pass.
    if (lanes.length <= sums.length) {
      lanes.forEach((_, c) => code.set(vectors[c], vector(c)));
      for (const r of inOrder(sums)) {
        code.set(spread, number(r));
        sums[r].forEach((sum, c) => code.set(sum, multiplyAdd(spread, vectors[c], sum, fused)));
      }
    } else {
      sums.forEach((_, r) => code.set(vectors[r], number(r)));
      for (const c of inOrder(lanes)) {
        code.set(spread, vector(c));
        sums.forEach((row, r) => code.set(row[c], multiplyAdd(vectors[r], spread, row[c], fused)));
      }
    }
  });
}

/**
 * Computes A·B as dot products of `height` rows of A with some columns of B, both contiguous along the summed index, up to twelve.
 * The sums of two rows are folded together, last vector first, and multiplied in that order: V8's older compiler orders the
 * multiplications by what uses their results, and where that is not the order of the loads, it spills.
 * @returns the vectors of C, some of the registers' own
 */
export function computeDots(
  code: Code,
  { sums, vectors, spread }: Registers,
  walk: Walk,
  factors: TileFactors,
  height: number,
  lanes: readonly number[],
  fused: boolean,
): Local<'v128'>[][] {
  const [rows, width] = [indices(height), lanes.reduce((sum, count) => sum + count, 0)];
  const starts = lanes.map((_, v) => lanes.slice(0, v).reduce((sum, count) => sum + count, 0));
  const columns = indices(lanes.length)
    .reverse()
    .flatMap((v) => indices(lanes[v]).map((lane) => starts[v] + lane));
  const sum = (r: number, c: number) => sums[height <= width ? c * height + r : r * width + c];
  for (const r of rows) for (const c of columns) code.set(sum(r, c), f32x4.const(0));

  const add = ([a, b]: Walk['at'], [aOffset, bOffset]: readonly [number, number], terms: number) => {
    const row = (r: number): V128 => loadLanes(a, terms, aOffset + r * factors.aRow);
    const column = (c: number): V128 => loadLanes(b, terms, bOffset + c * factors.bColumn);
    const into = (r: number, c: number, held: V128) => code.set(sum(r, c), multiplyAdd(held, spread, sum(r, c), fused));
    // The side with fewer vectors is held while those of the other pass.
    if (height <= width) {
      for (const r of rows) code.set(vectors[r], row(r));
      for (const c of columns) {
        code.set(spread, column(c));
        for (const r of rows) into(r, c, vectors[r]);
      }
    } else {
      for (const c of columns) code.set(vectors[c], column(c));
      for (const r of rows) {
        code.set(spread, row(r));
        for (const c of columns) into(r, c, vectors[c]);
      }
    }
  };
  walk.through(factors, 4, (at, offsets) => add(at, offsets, 4));
  walk.rest(factors, add);

  const fold = (group: readonly Local<'v128'>[]) => {
    foldLanes(code, group, group[0], spread);
    return group[0];
  };
  if (height !== 2) return rows.map((r) => lanes.map((count, v) => fold(indices(count).map((lane) => sum(r, starts[v] + lane)))));
  const vectorPairs = lanes.map((count, v) => {
    const pair = (lane: number) => indices(Math.min(2, count - lane)).flatMap((i) => rows.map((r) => sum(r, starts[v] + lane + i)));
    const [low, second] = [fold(pair(0)), sum(1, starts[v])];
    const high = count > 2 ? fold(pair(2)) : low;
    code.set(spread, pick(low, high, [0, 2, 4, 6]));
    code.set(second, pick(low, high, [1, 3, 5, 7]));
    code.set(low, spread);
    return [low, second];
  });
  return rows.map((r) => vectorPairs.map((vector) => vector[r]));
}

const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
