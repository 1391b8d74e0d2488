/** How a tensor of weights lies in a heat map: a row a unit or filter, all its weights in it, perhaps thinned. */
import type { RateMap } from '../../shared/protocol';
import { integer } from '../format';

type Map = Pick<RateMap, 'rows' | 'columns' | 'shape'>;

const product = (extents: readonly number[]): number => extents.reduce((all, extent) => all * extent, 1);

/** Rows and columns as the layer has them; a bias is one row. */
const extentsOf = (shape: readonly number[]): readonly [rows: number, rest: readonly number[]] =>
  shape.length > 1 ? [shape[0], shape.slice(1)] : [1, shape];

/** `128 × 784`, `128`; of a convolution `16 filters × 6·5·5`: the columns are channels, then lines, then places in a line. */
export function showWeights({ rows, columns, shape }: Map): string {
  const [all, rest] = extentsOf(shape);
  const [first, ...others] = shape.map(integer);
  const whole = shape.length > 2 ? `${first} filters × ${others.join('·')}` : [first, ...others].join(' × ');
  return rows * columns < all * product(rest) ? `${whole} shown as ${integer(rows)} × ${integer(columns)}` : whole;
}

/** The indices of the weight that a cell shows: `[3, 0, 2, 4]`. */
export function weightAt({ rows, columns, shape }: Map, row: number, column: number): string {
  const [all, rest] = extentsOf(shape);
  let index = Math.floor((column * product(rest)) / columns);
  const within = [...rest].reverse().map((extent) => {
    const place = index % extent;
    index = Math.floor(index / extent);
    return place;
  });
  const indices = [...(shape.length > 1 ? [Math.floor((row * all) / rows)] : []), ...within.reverse()];
  return `[${indices.join(', ')}]`;
}
