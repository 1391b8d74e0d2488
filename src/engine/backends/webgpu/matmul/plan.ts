/**
 * How a product is computed on an adapter: by which kernel and in tiles of which size. A tile that reaches over the end of C does work for
 * nothing, a small one reads more for each number that it computes, a large one takes long to compile, and where there are few of them
 * some cores have nothing to do.
 */
import type { Adapter } from '../definition';
import { grain, type Kernel } from './kernel';
import { type RegisterTile, registerKernel } from './registers';
import { extentOf, type ProductShape } from './shape';
import { workgroupKernel, type WorkgroupTile } from './workgroup';

export interface Plan {
  /** Parts of k; 1 where it is not divided. */
  readonly parts: number;
  /** The kernel for a shape of these extents. */
  kernel(shape: ProductShape): Kernel;
}

/** @param capacity the most samples */
export function plan(shape: ProductShape, { kind, subgroups }: Adapter, capacity: number): Plan {
  const [m, k, n] = [shape.m, shape.k, shape.n].map((extent) => extentOf(extent, capacity));
  const size: Size = { m, k, n, divisible: typeof shape.n === 'number' };
  return kind === 'software' ? inSoftware(size, subgroups) : inHardware(size);
}

interface Size {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** Columns that depend on the samples are not gone through in parts. */
  readonly divisible: boolean;
}

/** So many parts of k, but none shorter than `shortest`. */
const partsOf = ({ k, divisible }: Size, wanted: number, shortest: number): number =>
  divisible ? Math.max(1, Math.min(wanted, Math.floor(k / shortest))) : 1;

/** Tiles of an invocation in software, and how many numbers they have at most, with or without the lines of others. */
const tiles: readonly RegisterTile[] = [4, 8, 16, 32].flatMap((rows) =>
  [4, 8, 16].map((columns) => ({ rows, columns, lanes: [1, 4] as const })),
);
const [mostShared, mostAlone] = [512, 64];
/** Workgroups that run at the same time, about. */
const cores = 4;
/** How often a product is computed, about, for every time that it is compiled. */
const calls = 3000;
/**
 * What it costs, in nanoseconds of a core, as measured on SwiftShader: a read; to give what was read to the other lanes; for a number of C,
 * four multiplications and additions, a turn of the loop, and its end; a workgroup; and to compile what there is for a number of C.
 */
const cost = { read: 8, give: 1.1, multiply: 4, hold: 1, finish: 50, begin: 1000, compile: 1e6 } as const;

function inSoftware(size: Size, shares: boolean): Plan {
  const { m, k, n } = size;
  const count = ({ rows, columns }: RegisterTile): number => Math.ceil(m / rows) * Math.ceil(n / (4 * columns));
  const price = (tile: RegisterTile): number => {
    const { rows, columns } = tile;
    const reads = 4 * columns + (shares ? rows : 4 * rows);
    const step = cost.read * reads + (shares ? 4 * cost.give * rows : 0) + (cost.multiply + cost.hold) * rows * columns;
    const each = (step * k) / 4 + cost.finish * rows * columns + cost.begin;
    return (Math.max(cores, count(tile)) / cores) * each * calls + cost.compile * rows * columns;
  };
  const fitting = tiles.filter(({ rows, columns }) => rows * columns <= (shares ? mostShared : mostAlone));
  const tile = fitting.reduce((best, one) => (price(one) < price(best) ? one : best));
  const parts = count(tile) * 2 <= cores ? partsOf(size, Math.ceil(cores / count(tile)), 512) : 1;
  return { parts, kernel: (shape) => registerKernel(shape, tile, parts, shares) };
}

/** Workgroups that keep a GPU busy, at least; and multiplications that are not worth bringing anything into workgroup memory. */
const busy = 128;
const small = 2 ** 19;

function inHardware(size: Size): Plan {
  const { m, k, n } = size;
  const count = ({ down, across }: WorkgroupTile): number => Math.ceil(m / (32 * down)) * Math.ceil(n / (32 * across));
  const single: WorkgroupTile = { down: 1, across: 1 };
  const parts = (tile: WorkgroupTile): number => partsOf(size, Math.floor(busy / count(tile)), 4 * grain);
  if (m * k * n <= small) {
    const own = parts(single);
    return { parts: own, kernel: (shape) => registerKernel(shape, { rows: 4, columns: 4, lanes: [8, 8] }, own, false) };
  }
  const tile =
    [
      { down: 2, across: 2 },
      { down: 2, across: 1 },
      { down: 1, across: 2 },
    ].find((one) => count(one) >= busy) ?? single;
  const own = parts(tile);
  return { parts: own, kernel: (shape) => workgroupKernel(shape, tile, own) };
}
