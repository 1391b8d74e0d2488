/**
 * How a product is computed, decided from its shape when it is emitted. Two methods serve all orientations. `outer` takes a number of A,
 * spread over a vector, times vectors of a row of B, so B's rows must be contiguous, or are made so by packing a panel of a few columns
 * at a time. `dot` takes vectors along the summed index from both factors and folds the sums last; nothing is packed, which pays where
 * C is small against B. No figure of C depends on how tiles, threads or columns are cut, only on the method and on the blocks of k.
 */
import type { Extent, ProductShape } from './shape';

/** Columns taken at a time: `count` times as many as `lanes` adds up to, the floats that count of each vector. */
export interface Run {
  readonly lanes: readonly number[];
  readonly count: number;
}

export interface Plan {
  readonly method: 'outer' | 'dot';
  /** Whether panels of B are packed. */
  readonly pack: boolean;
  /** How much of the summed index is taken at a time, a multiple of 4; 0 for all of it at once. */
  readonly block: number;
  readonly runs: readonly Run[];
  /** Which extent of C the threads share. */
  readonly split: 'rows' | 'columns';
}

/** Most of the summed index at a time: a panel of B for it, and what passes of A, stay in a first-level cache. */
const longest = 1024;
/** Packing a panel pays if so many rows use it. */
const shared = 24;
/** Unpacked, a panel takes a cache line for each 1 of k: so many leave room for A in a first-level cache. */
const lines = 192;
/** Floats between rows of B that make their cache lines collide, if they are a multiple of it. */
const colliding = 128;

export const columnsOf = ({ lanes }: Run): number => lanes.reduce((sum, count) => sum + count, 0);

const estimate = (extent: Extent, mostRows: number): number => (extent === 'rows' ? mostRows : extent);

export function planProduct(shape: ProductShape): Plan {
  const { a, b, n, threads = 1, mostRows = 64 } = shape;
  const [m, k] = [estimate(shape.m, mostRows), estimate(shape.k, mostRows)];
  const contiguous = b.columnStep === 1 || n === 1;
  const dots = a.columnStep === 1 && b.rowStep === 1 && dotCycles(m, k, n) < outerCycles(m, k, n, b.columnStep !== 1);
  const method = dots ? 'dot' : 'outer';
  const wide = m === 1 || k < 4 ? 12 : m < 4 ? Math.floor(12 / m) : 2;
  const pack = !dots && (!contiguous || (m >= shared && (k > lines || (b.rowStep % colliding === 0 && k > 8))));
  const parts = Math.ceil(k / longest);
  const block = parts > 1 || (pack && shape.k === 'rows') ? Math.ceil(k / parts / 4) * 4 : 0;
  const runs = dots ? dotRuns(n, m === 1 ? 8 : 6) : outerRuns(n, wide);
  const split = Math.max(...runs.map(({ count }) => count)) >= 4 * threads || m < 2 * threads ? 'columns' : 'rows';
  return { method, pack, block, runs, split };
}

/** About how long it takes: two multiplications a cycle, and a transposed packing or a folding at the costs measured. */
const outerCycles = (m: number, k: number, n: number, packed: boolean): number => Math.ceil(n / 4) * k * (m / 2 + (packed ? 3 : 0));
const dotCycles = (m: number, k: number, n: number): number => m * n * (Math.ceil(k / 4) / 2 + 1.3);

/** `wide` vectors at a time, and what is left. */
function outerRuns(n: number, wide: number): Run[] {
  const [whole, rest] = [Math.floor(n / (4 * wide)), n % (4 * wide)];
  const vectors = (columns: number) => Array.from({ length: Math.ceil(columns / 4) }, (_, v) => Math.min(4, columns - 4 * v));
  return [...runsOf(vectors(4 * wide), whole), ...runsOf(vectors(rest), rest > 0 ? 1 : 0)];
}

/** `wide` columns at a time; a rest too narrow to be worth a tile of its own is shared with the last one. */
function dotRuns(n: number, wide: number): Run[] {
  const rest = n % wide;
  const merged = n > wide && rest > 0 && rest < 3;
  const widths = merged ? [Math.ceil((wide + rest) / 2), Math.floor((wide + rest) / 2)] : rest > 0 ? [rest] : [];
  return [wide, ...widths].flatMap((width, i) =>
    runsOf(width > 4 ? [4, width - 4] : [width], i > 0 ? 1 : Math.floor(n / wide) - (merged ? 1 : 0)),
  );
}

const runsOf = (lanes: readonly number[], count: number): Run[] => (count > 0 ? [{ lanes, count }] : []);
