/**
 * How a product is cut: by what its tiles cost. A tile that reaches over the end of C does work for nothing, a small one reads more for each
 * number that it computes, and where there are few of them some cores have nothing to do.
 */
import type { HardwareTile } from './hardware';
import { grain } from './kernel';
import { extentOf, type ProductShape } from './shape';
import type { SoftwareTile } from './software';

interface Plan<T> {
  readonly tile: T;
  /** Parts of k; 1 where it is not divided. */
  readonly parts: number;
}

const up = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

/** Tiles of a lane in software. Larger ones are a little faster still, but take a second to compile. */
const softwareTiles: readonly SoftwareTile[] = [4, 8, 16, 32].flatMap((rows) => [4, 8, 16].map((columns) => ({ rows, columns })));
/** Numbers of C that a lane holds at most: usually, without the lines of the others, and in products of at least so many multiplications. */
const [usually, alone, large] = [256, 64, 512];
const largeProduct = 3e7;
/** Workgroups that run at the same time, about. */
const cores = 4;
/** Of a read, of giving what was read to the other lanes, of four multiplications and additions, of going around a loop with a number and of finishing one: nanoseconds, measured on SwiftShader. */
const cost = { read: 8, give: 1.1, multiply: 4.2, hold: 1, finish: 25, begin: 1000 } as const;

/** @param capacity the most samples @param shares whether lanes read each other's registers */
export function softwarePlan(shape: ProductShape, capacity: number, shares: boolean): Plan<SoftwareTile> {
  const [m, k, n] = [shape.m, shape.k, shape.n].map((extent) => extentOf(extent, capacity));
  const most = !shares ? alone : m * k * n >= largeProduct ? large : usually;
  const price = ({ rows, columns }: SoftwareTile): number => {
    const reads = 4 * columns + (shares ? rows : 4 * rows);
    const step = cost.read * reads + (shares ? 4 * cost.give * rows : 0) + (cost.multiply + cost.hold) * rows * columns;
    const tiles = Math.ceil(m / rows) * Math.ceil(n / (4 * columns));
    return up(tiles, cores) * ((step * k) / 4 + cost.finish * rows * columns + cost.begin);
  };
  const tile = softwareTiles
    .filter(({ rows, columns }) => rows * columns <= most)
    .reduce((best, one) => (price(one) < price(best) ? one : best));
  const tiles = Math.ceil(m / tile.rows) * Math.ceil(n / (4 * tile.columns));
  return { tile, parts: tiles < cores / 2 ? partsOf(shape, k, Math.ceil(cores / tiles), 512) : 1 };
}

/** Workgroups that keep a GPU busy, at least. */
const busy = 128;

/** @param capacity the most samples */
export function hardwarePlan(shape: ProductShape, capacity: number): Plan<HardwareTile> {
  const [m, k, n] = [shape.m, shape.k, shape.n].map((extent) => extentOf(extent, capacity));
  const tilesOf = ({ down, across }: HardwareTile): number => Math.ceil(m / (32 * down)) * Math.ceil(n / (32 * across));
  const tiles: readonly HardwareTile[] = [
    { down: 2, across: 2 },
    { down: 2, across: 1 },
    { down: 1, across: 2 },
    { down: 1, across: 1 },
  ];
  const tile = tiles.find((one) => tilesOf(one) >= busy) ?? { down: 1, across: 1 };
  return { tile, parts: partsOf(shape, k, Math.floor(busy / tilesOf(tile)), 4 * grain) };
}

/** So many parts, but none shorter than `shortest`; columns that depend on the samples are not divided. */
function partsOf({ n }: ProductShape, k: number, wanted: number, shortest: number): number {
  return typeof n === 'number' ? Math.max(1, Math.min(wanted, Math.floor(k / shortest))) : 1;
}
