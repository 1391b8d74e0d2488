/**
 * Tiles of a convolution's sums, as one invocation holds them in its registers, and the numbers of an image that a tile stands on. On an
 * adapter in software a number from a buffer costs as much as a dozen multiplications, so that a tile is chosen to have the most done
 * with each that is read; its text must stay short enough to be compiled in a fraction of a second.
 */
import { count } from './window';

/** A dimension in blocks of one size; the last may reach over its end. */
export interface Blocks {
  readonly size: number;
  readonly number: number;
}

/** Everything that a dimension can be divided into, blocks of about the same size. @param unit sizes are multiples of it */
export function divisions(extent: number, unit = 1): Blocks[] {
  const sizes = new Set(count(extent).map((k) => Math.ceil(Math.ceil(extent / (k + 1)) / unit) * unit));
  return [...sizes].map((size) => ({ size, number: Math.ceil(extent / size) }));
}

/**
 * What reading a number, multiplying and adding, and having a sum in a loop cost, in cycles of four invocations of SwiftShader on x86-64;
 * and what compiling a product and a read costs, shared among as many times as even a short run does them.
 */
const cost = { load: 54, product: 3, sum: 6, productText: 1000, loadText: 3000 } as const;
/** Products and sums of a text. */
const longest = { products: 1300, sums: 112 } as const;

/** What a tile comes to. */
export interface TileCost {
  readonly loads: number;
  readonly products: number;
  readonly sums: number;
  /** How many tiles a sample has. */
  readonly tiles: number;
}

/** The one that costs least, of those whose text is not too long; the shortest, if it is too long in all. @param samples of a block */
export function cheapest<Tile>(tiles: readonly Tile[], samples: number, costOf: (tile: Tile) => TileCost): Tile {
  let [best, least] = [tiles[0], Infinity];
  for (const tile of tiles) {
    const { loads, products, sums, tiles: number } = costOf(tile);
    const excess = Math.max(1, products / longest.products, sums / longest.sums);
    const running = ((number * samples) / 4) * (loads * cost.load + products * cost.product + sums * cost.sum);
    const total = (running + loads * cost.loadText + products * cost.productText) * (excess > 1 ? 1e6 * excess : 1);
    if (total < least) [best, least] = [tile, total];
  }
  return best;
}

/** One dimension of a plane that a tile reads, from the tile's first place on. */
export interface Reach {
  /** Extent of the plane. */
  readonly extent: number;
  /** How many places further each block begins, and how many blocks there are. */
  readonly advance: number;
  readonly blocks: number;
}

/** Whether place `offset` from a tile's first is inside the plane: for all tiles, for none, or for some. */
export function inside({ extent, advance, blocks }: Reach, offset: number): 'always' | 'never' | 'sometimes' {
  const last = (blocks - 1) * advance + offset;
  if (offset >= 0 && last < extent) return 'always';
  return last < 0 || offset >= extent ? 'never' : 'sometimes';
}

/** A place some way from another, as a u32 expression that may go below it. */
export const further = (place: string, by: number): string => (by < 0 ? `${place} - ${-by}u` : `${place} + ${by}u`);

/** The name of the number `line` lines and `column` columns from a tile's first. */
export const numberAt = (prefix: string, line: number, column: number): string =>
  `${prefix}${line < 0 ? `m${-line}` : line}_${column < 0 ? `m${-column}` : column}`;

/** Where the first number that a tile stands on is: its index, and its place in its plane, as names of u32 that may have wrapped around. */
export interface Corner {
  readonly origin: string;
  readonly line: string;
  readonly column: string;
}

/**
 * WGSL that reads numbers of a plane, 0 for those outside; what is never inside is left out.
 * @param offsets of the numbers, by lines and columns from the corner
 */
export function readTile(
  prefix: string,
  buffer: string,
  { origin, line, column }: Corner,
  offsets: Iterable<readonly [line: number, column: number]>,
  lines: Reach,
  columns: Reach,
): string {
  const texts: string[] = [];
  for (const [down, across] of offsets) {
    const [here, there] = [inside(lines, down), inside(columns, across)];
    if (here === 'never' || there === 'never') continue;
    const tests = [
      ...(here === 'sometimes' ? [`(${further(line, down)} < ${lines.extent}u)`] : []),
      ...(there === 'sometimes' ? [`(${further(column, across)} < ${columns.extent}u)`] : []),
    ];
    const value = `${buffer}[${further(origin, down * columns.extent + across)}]`;
    texts.push(`let ${numberAt(prefix, down, across)} = ${tests.length > 0 ? `select(0.0f, ${value}, ${tests.join(' & ')})` : value};`);
  }
  return texts.join('\n');
}
