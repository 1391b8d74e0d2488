/**
 * Where a number of a map belongs: which unit, which filter, which pixel. A row of the map is a unit or a filter, perhaps thinned; what a rule
 * keeps in another shape than the layer's has its own words.
 */
import type { WeightMap } from '../../shared/protocol';
import { integer } from '../format';

type Map = Pick<WeightMap, 'rows' | 'columns' | 'shape' | 'image'>;

const product = (extents: readonly number[]): number => extents.reduce((all, extent) => all * extent, 1);

/** Rows and columns as the layer has them; a bias is one row. */
const extentsOf = (shape: readonly number[]): readonly [rows: number, rest: readonly number[]] =>
  shape.length > 1 ? [shape[0], shape.slice(1)] : [1, shape];

/** Numbers that there are, whether a map shows all of them or not. */
export const numbersOf = ({ shape }: Pick<WeightMap, 'shape'>): number => product(shape);

/**
 * `128 units × 784 inputs`, `128 units`, `2 variables`; of a convolution `16 filters × 6·5·5`: the columns are channels, then lines, then places in a
 * line. What is not of the layer's own shape has none of these: `24 × 24`.
 */
export function showWeights(map: Omit<Map, 'image'>, { name, layer }: Naming): string {
  const { rows, columns, shape } = map;
  const [first, ...others] = shape.map(integer);
  const whole = !isWhole(map, layer)
    ? [first, ...others].join(' × ')
    : shape.length > 2
      ? `${counted(first, 'filter')} × ${others.join('·')}`
      : shape.length === 2
        ? `${counted(first, 'unit')} × ${counted(others[0], 'input')}`
        : counted(first, indexName(name));
  return rows * columns > 1 && rows * columns < product(shape) ? `${whole}, shown as ${integer(rows)} × ${integer(columns)}` : whole;
}

const counted = (count: string, what: string): string => `${count} ${what}${count === '1' ? '' : 's'}`;

/** What the one index of a layer that is a row of numbers counts. */
const indexName = (name: string): string => (name === 'position' ? 'variable' : name.startsWith('batchNorm') ? 'channel' : 'unit');

/** The indices of the weight that a cell shows: `[3, 0, 2, 4]`. */
export function indicesAt({ rows, columns, shape }: Omit<Map, 'image'>, row: number, column: number): readonly number[] {
  const [all, rest] = extentsOf(shape);
  let index = Math.floor((column * product(rest)) / columns);
  const within = [...rest].reverse().map((extent) => {
    const place = index % extent;
    index = Math.floor(index / extent);
    return place;
  });
  return [...(shape.length > 1 ? [Math.floor((row * all) / rows)] : []), ...within.reverse()];
}

/** Whether a map is of the layer's own shape: a number a weight. */
const isWhole = ({ shape }: Pick<Map, 'shape'>, layer: readonly number[]): boolean =>
  shape.length === layer.length && shape.every((extent, i) => extent === layer[i]);

/** The columns of a table that say where a cell's weight is: each with its name and what it says. */
export interface PlaceColumn {
  readonly name: string;
  at(row: number, column: number): number;
}

/** The indices of the weight; where a row is an image, also which pixel its input is. @param naming of the layer */
export function placeColumns(map: Map, { name, layer }: Naming): readonly PlaceColumn[] {
  const { shape, image } = map;
  const whole = isWhole(map, layer);
  const names = whole
    ? [[indexName(name)], ['unit', 'input'], [], ['filter', 'channel', 'row', 'column']][shape.length - 1]
    : shape.map((_, i) => `index ${i + 1}`);
  const indices = names.map((each, i): PlaceColumn => ({ name: each, at: (row, column) => indicesAt(map, row, column)[i] }));
  if (!whole || !image || shape.length !== 2) return indices;
  const [channels, rows, columns] = image;
  const [, input] = indices;
  const ofImage: readonly PlaceColumn[] = [
    { name: 'pixel row', at: (row, column) => Math.floor((input.at(row, column) % (rows * columns)) / columns) },
    { name: 'pixel column', at: (row, column) => input.at(row, column) % columns },
  ];
  const channel: PlaceColumn = { name: 'channel', at: (row, column) => Math.floor(input.at(row, column) / (rows * columns)) };
  return [...indices, ...(channels > 1 ? [channel] : []), ...ofImage];
}

/** How a layer's indices are called. */
interface Naming {
  readonly name: string;
  /** The layer's own shape. */
  readonly layer: readonly number[];
}

/**
 * The weight of a cell in words: `unit 12, pixel (3, 14)`, `filter 3, channel 0, pixel (2, 4)`, `unit 3, input 700`. All are counted from 0, pixels
 * as (row, column).
 */
export function weightAt(map: Map, { name, layer }: Naming, row: number, column: number): string {
  const indices = indicesAt(map, row, column);
  const { shape, image } = map;
  if (!isWhole(map, layer)) return `entry [${indices.join(', ')}]`;
  if (shape.length === 1) return `${indexName(name)} ${indices[0]}`;
  if (shape.length > 2) {
    const [filter, channel, ...place] = indices;
    return `filter ${filter}, channel ${channel}, pixel (${place.join(', ')})`;
  }
  const [unit, input] = indices;
  if (!image) return `unit ${unit}, input ${input}`;
  const [channels, rows, columns] = image;
  const [channel, inImage] = [Math.floor(input / (rows * columns)), input % (rows * columns)];
  const pixel = `pixel (${Math.floor(inImage / columns)}, ${inImage % columns})`;
  return `unit ${unit}, ${channels > 1 ? `channel ${channel}, ` : ''}${pixel}`;
}
