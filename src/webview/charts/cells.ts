/**
 * Cells on a canvas: which cell each pixel shows, and the pixels themselves. Columns and rows of pixels are laid out apart (a cell's index is the
 * sum of what its column and its row say), so that a matrix, a grid of small images and anything between is one loop over pixels.
 */
import { NONE } from './colours';

/** Where cells lie: what a column and a row of pixels add to a cell's index; −1 where there is a gap. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly across: Int32Array;
  readonly down: Int32Array;
  /** Cells that there are: an index from here on is a gap, too. */
  readonly cells: number;
}

/** Channels, rows and columns of a unit's image. */
export type ImageShape = readonly [channels: number, rows: number, columns: number];

/** A matrix that fills the pixels; where it has more cells than these, some are left out: shrink it first. */
export function matrixLayout(rows: number, columns: number, width: number, height: number): Layout {
  const across = Int32Array.from({ length: width }, (_, x) => Math.floor((x * columns) / width));
  const down = Int32Array.from({ length: height }, (_, y) => Math.floor((y * rows) / height) * columns);
  return { width, height, across, down, cells: rows * columns };
}

/** What an image's side comes to, in CSS pixels, where it has so few pixels that each can be several: at least, and at most where there is room. */
const SIDE = { least: 28, most: 96 };

/** Sizes of a grid of images, in pixels. */
interface Tiling {
  /** Pixels of one of an image's pixels. */
  readonly scale: number;
  /** Channels in a line of a unit, and units in a line of the grid. */
  readonly channels: number;
  readonly units: number;
  /** Of a unit, without what lies between two. */
  readonly tileWidth: number;
  readonly tileHeight: number;
  /** Of all. */
  readonly width: number;
  readonly height: number;
}

/**
 * A grid of images, a unit each, its channels side by side, as many in a line as fit; as large as the height allows, and higher where the
 * least size wants that.
 * @param units how many there are @param width pixels that there are @param density pixels of the screen in a CSS pixel
 */
export function imageLayout(units: number, image: ImageShape, width: number, density: number, height: number): Layout {
  const [channels, rows, columns] = image;
  const [within, between] = [Math.round(density), Math.round(3 * density)];
  const tiling = (scale: number): Tiling => {
    const fitting = Math.max(1, Math.min(channels, Math.floor((width + within) / (columns * scale + within))));
    const perLine = divisor(channels, fitting); // lines of a unit that are all full
    const tileWidth = perLine * (columns * scale + within) - within;
    const tileHeight = (channels / perLine) * (rows * scale + within) - within;
    const inLine = Math.max(1, Math.min(units, Math.floor((width + between) / (tileWidth + between))));
    const all = { width: inLine * (tileWidth + between) - between, height: Math.ceil(units / inLine) * (tileHeight + between) - between };
    return { scale, channels: perLine, units: inLine, tileWidth, tileHeight, ...all };
  };
  const side = Math.max(rows, columns);
  const least = Math.max(1, Math.min(Math.round((SIDE.least * density) / side), Math.floor(width / columns)));
  let chosen = tiling(least);
  for (let scale = least + 1; scale * side <= SIDE.most * density; scale++) {
    const larger = tiling(scale);
    if (larger.height > height || larger.width > width) break;
    chosen = larger;
  }
  const { scale, tileWidth, tileHeight } = chosen;
  const pixels = rows * columns;
  const unit = channels * pixels;
  /** What a column or a row of pixels adds: by unit, by channel and by pixel. */
  const place = (at: number, tile: number, extent: number, adds: readonly [unit: number, channel: number, pixel: number]): number => {
    const inTile = at % (tile + between);
    const inImage = inTile % (extent * scale + within);
    if (inTile >= tile || inImage >= extent * scale) return -1;
    const [number, channel] = [Math.floor(at / (tile + between)), Math.floor(inTile / (extent * scale + within))];
    return number * adds[0] + channel * adds[1] + Math.floor(inImage / scale) * adds[2];
  };
  const across = Int32Array.from({ length: chosen.width }, (_, x) => place(x, tileWidth, columns, [unit, pixels, 1]));
  const down = Int32Array.from({ length: chosen.height }, (_, y) =>
    place(y, tileHeight, rows, [chosen.units * unit, chosen.channels * pixels, columns]),
  );
  return { width: chosen.width, height: chosen.height, across, down, cells: units * unit };
}

/** The largest number up to `most` that divides `count`. */
function divisor(count: number, most: number): number {
  let found = most;
  while (count % found !== 0) found--;
  return found;
}

/** The pixels that show a cell: from left and top, with its width and height; null where none does. */
export function boxOf(
  { across, down, width, height }: Layout,
  cell: number,
): { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null {
  const columns = new Map<number, number>();
  for (let x = width - 1; x >= 0; x--) if (across[x] >= 0) columns.set(across[x], x);
  for (let y = 0; y < height; y++) {
    if (down[y] < 0) continue;
    const x = columns.get(cell - down[y]);
    if (x === undefined) continue;
    let [right, bottom] = [x, y];
    while (across[right] === across[x]) right++;
    while (down[bottom] === down[y]) bottom++;
    return { x, y, width: right - x, height: bottom - y };
  }
  return null;
}

/** The cell that a pixel shows; −1 for none. */
export function cellAt({ across, down, cells, width, height }: Layout, x: number, y: number): number {
  if (!(x >= 0 && x < width && y >= 0 && y < height)) return -1;
  const [right, below] = [across[x], down[y]];
  const cell = right + below;
  return right < 0 || below < 0 || cell >= cells ? -1 : cell;
}

/** Paints levels by `colours` (a word a level) into the words of an image's pixels. */
export function paintCells(
  levels: Uint8Array,
  { across, down, width, height, cells }: Layout,
  colours: Uint32Array,
  pixels: Uint32Array,
): void {
  for (let y = 0, at = 0; y < height; y++) {
    const row = down[y];
    if (row < 0) {
      pixels.fill(0, at, (at += width));
      continue;
    }
    for (let x = 0; x < width; x++, at++) {
      const cell = across[x] + row;
      pixels[at] = across[x] < 0 || cell >= cells ? 0 : colours[levels[cell]];
    }
  }
}

/** Levels of at most `rows` × `columns` cells: each the mean of the levels that fall into it, NONE where none does. */
export function shrinkLevels(
  levels: Uint8Array,
  from: { readonly rows: number; readonly columns: number },
  rows: number,
  columns: number,
): { readonly rows: number; readonly columns: number; readonly levels: Uint8Array } {
  const [down, across] = [Math.min(from.rows, Math.max(1, rows)), Math.min(from.columns, Math.max(1, columns))];
  if (down === from.rows && across === from.columns) return { rows: down, columns: across, levels };
  const sums = new Uint32Array(down * across);
  const counts = new Uint32Array(down * across);
  const places = Int32Array.from({ length: from.columns }, (_, column) => Math.floor((column * across) / from.columns));
  for (let row = 0, at = 0; row < from.rows; row++) {
    const base = Math.floor((row * down) / from.rows) * across;
    for (let column = 0; column < from.columns; column++, at++) {
      const level = levels[at];
      if (level === NONE) continue;
      sums[base + places[column]] += level;
      counts[base + places[column]]++;
    }
  }
  const means = new Uint8Array(down * across);
  for (let cell = 0; cell < means.length; cell++) means[cell] = counts[cell] === 0 ? NONE : Math.round(sums[cell] / counts[cell]);
  return { rows: down, columns: across, levels: means };
}
