/**
 * Tensors of many sizes cut into tiles of one size, so that one dispatch serves all of them: a table that says of each tensor where it lies
 * and of each tile whose it is.
 */
import type { Workgroups } from './definition';

/** A tensor: how many numbers, where among the weights, where among the rates. */
export interface Tiled {
  readonly count: number;
  readonly at: number;
  readonly rateAt: number;
}

/** Words of a tensor in the table: the above, its first tile, and how many it has. */
const entry = 5;

export interface Table {
  readonly words: Uint32Array;
  readonly tiles: number;
  readonly layers: number;
  /** WGSL that begins a kernel with a workgroup a tile: from `group`, `tile`, `layer`, `first` (of the tile's numbers), `count`, `at`, `rateAt`; `table` is bound. */
  readonly open: string;
  /** WGSL of a layer's first tile, and of how many it has. */
  firstTile(layer: string): string;
  tileCount(layer: string): string;
}

/** @param size numbers of a tile */
export function tableOf(tensors: readonly Tiled[], size: number): Table {
  let tiles = 0;
  const list: number[] = [];
  const head = tensors.flatMap(({ count, at, rateAt }, layer) => {
    const own = Math.ceil(count / size);
    for (let i = 0; i < own; i++) list.push(layer, i * size);
    tiles += own;
    return [count, at, rateAt, tiles - own, own];
  });
  // The number of tiles and where their list begins are read, not written into the text: one shader serves all networks.
  const words = Uint32Array.from([tiles, tensors.length, ...head, ...list]);
  const of = (layer: string, k: number): string => `table[2u + ${entry}u * ${layer} + ${k}u]`;
  return {
    words,
    tiles,
    layers: tensors.length,
    open: `  let tile = group.y * 65535u + group.x;
  if (tile >= table[0]) { return; }
  let place = 2u + ${entry}u * table[1] + 2u * tile;
  let layer = table[place];
  let first = table[place + 1u];
  let count = ${of('layer', 0)};
  let at = ${of('layer', 1)};
  let rateAt = ${of('layer', 2)};`,
    firstTile: (layer) => of(layer, 3),
    tileCount: (layer) => of(layer, 4),
  };
}

/** So many workgroups in two dimensions, as `open` counts them. */
export const spreadOver = (count: number): Workgroups => [Math.min(count, 65_535), Math.ceil(count / 65_535), 1];
