/**
 * How a product is computed, decided from its shape when it is emitted. Two methods serve all orientations. `outer` takes a number of A,
 * spread over a vector, times vectors of a row of B, so B's rows must be contiguous, or are made so by packing a panel of a few columns
 * at a time. `dot` takes vectors along the summed index from both factors and folds the sums last; nothing is packed, which pays where
 * C is small against B. No figure of C depends on how tiles, threads or columns are cut, only on the method and on the blocks of k.
 */
import { fusedMultiplyAdd } from '../features';
import type { Extent, ProductShape } from './shape';

/** Columns taken at a time, `count` times. */
export interface Run {
  /** The floats that count of each vector. */
  readonly lanes: readonly number[];
  readonly count: number;
  /** The most rows of a tile: as many as leave registers enough, and sums enough to keep the multipliers busy. */
  readonly tall: number;
}

export interface Plan {
  readonly method: 'outer' | 'dot';
  readonly fused: boolean;
  /** Whether all rows of A are packed, and panels of B. */
  readonly packA: boolean;
  readonly packB: boolean;
  /** How much of the summed index is taken at a time, a multiple of 4; 0 for all of it at once. */
  readonly block: number;
  readonly runs: readonly Run[];
  /** Which extent of C the threads share. */
  readonly split: 'rows' | 'columns';
}

/** Most of the summed index at a time: a panel of B for it, and what passes of A, stay in a first-level cache. */
const longest = 1024;
/** Packing a panel of B pays if so many rows use it, and packing A if so many columns do. */
const rowsThatPay = 24;
const columnsThatPay = 96;
/** Unpacked, a panel of B takes a cache line for each 1 of k: so many leave room for A in a first-level cache. */
const lines = 192;
/** Floats between rows of B that make their cache lines collide, if they are a multiple of it. */
const colliding = 128;
/** Floats of A that stay in a first-level cache, so that it does not matter in which order they are read. */
const near = 6000;
/** Floats of A that do not stay in a second-level cache, where dot products go through them more often than blocks of k do. */
const far = 80_000;

export function planProduct(shape: ProductShape): Plan {
  const { a, b, n, threads = 1, mostRows = 64, fused = fusedMultiplyAdd() } = shape;
  const [m, k] = [estimate(shape.m, mostRows), estimate(shape.k, mostRows)];
  const contiguous = b.columnStep === 1 || n === 1;
  const dots = a.columnStep === 1 && b.rowStep === 1 && dotCycles(m, k, n) < outerCycles(m, k, n, b.columnStep !== 1);
  const runs = dots ? dotRuns(n, m === 1 ? 8 : fused ? 6 : 4) : outerRuns(n, m === 1 ? 12 : m === 2 ? 4 : m === 3 ? 3 : 2, fused);
  const packA = !dots && a.columnStep !== 1 && shape.m !== 'rows' && m * k > near && n >= columnsThatPay;
  const packB = !dots && (!contiguous || (m >= rowsThatPay && (k > lines || (b.rowStep % colliding === 0 && k > 8))));
  const parts = Math.ceil(k / longest);
  const block = parts > 1 || ((packA || packB) && shape.k === 'rows') ? Math.ceil(k / parts / 4) * 4 : 0;
  const wholeTiles = Math.max(...runs.map(({ count }) => count)) >= 4 * threads;
  const split = !(packA && m >= 8 * threads) && (wholeTiles || m < 2 * threads) ? 'columns' : 'rows';
  return {
    method: dots ? 'dot' : 'outer',
    fused,
    packA,
    packB,
    block,
    runs: packA ? runs.map((run) => ({ ...run, tall: runs[0].tall })) : runs,
    split,
  };
}

/** Bytes of scratch of one thread: for a packed panel of B, and for all with the packed rows of A. */
export function scratchOf(
  { k, m, threads = 1 }: ProductShape,
  { packA, packB, block, runs, split }: Plan,
): { readonly panel: number; readonly all: number } {
  const depth = block > 0 ? block : Number(k);
  const panel = packB ? 16 * depth * Math.max(...runs.map(({ lanes }) => lanes.length)) : 0;
  if (!packA) return { panel, all: panel };
  const [{ tall }] = runs;
  const rows = split === 'rows' ? Math.ceil(Number(m) / threads) : Number(m);
  // The last rows may be three tiles that are not the tallest.
  const vectors = Math.ceil(tall / 4) * (Math.ceil(rows / tall) + 3);
  return { panel, all: panel + 16 * depth * vectors };
}

export const columnsOf = ({ lanes }: Run): number => lanes.reduce((sum, count) => sum + count, 0);
/** So many columns as vectors: how many floats of each count. */
export const lanesOf = (columns: number): number[] =>
  Array.from({ length: Math.ceil(columns / 4) }, (_, v) => Math.min(4, columns - 4 * v));

const estimate = (extent: Extent, mostRows: number): number => (extent === 'rows' ? mostRows : extent);

/** About how long it takes: two multiplications a cycle, and a transposed packing or a folding at the costs measured. */
const outerCycles = (m: number, k: number, n: number, packed: boolean): number => Math.ceil(n / 4) * k * (m / 2 + (packed ? 3 : 0));
const dotCycles = (m: number, k: number, n: number): number => m * n * (Math.ceil(k / 4) / 2 + 1.3) * (m * k > far ? 1.1 : 1);

/** `wide` vectors at a time, and what is left. */
function outerRuns(n: number, wide: number, fused: boolean): Run[] {
  const tall = (vectors: number) => (vectors === 1 ? 8 : vectors === 2 ? (fused ? 6 : 4) : vectors <= 4 ? 3 : vectors <= 6 ? 2 : 1);
  const run = (columns: number, count: number): Run => ({ lanes: lanesOf(columns), count, tall: tall(Math.ceil(columns / 4)) });
  return [run(4 * wide, Math.floor(n / (4 * wide))), run(n % (4 * wide), 1)].filter(({ lanes, count }) => lanes.length * count > 0);
}

/** `wide` columns at a time; a rest too narrow to be worth a tile of its own is shared with the last one. */
function dotRuns(n: number, wide: number): Run[] {
  const tall = (columns: number) => [6, 6, 4, 3, 2, 2, 2][columns] ?? 1;
  const run = (columns: number, count: number): Run => ({ lanes: lanesOf(columns), count, tall: tall(columns) });
  const rest = n % wide;
  const merged = n > wide && rest > 0 && rest < 3;
  const last = merged ? [Math.ceil((wide + rest) / 2), Math.floor((wide + rest) / 2)] : [rest];
  return [run(wide, Math.floor(n / wide) - (merged ? 1 : 0)), ...last.map((columns) => run(columns, 1))].filter(
    ({ lanes, count }) => lanes.length * count > 0,
  );
}
