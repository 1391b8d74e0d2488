/**
 * The effective rate of every weight of one layer as a picture's numbers: a row a unit or filter, and in it all weights that this has; a bias is
 * one row. A large layer is thinned evenly to what a screen can show.
 */
import type { Floats } from '../../engine/backends/backend';
import { after, type Eventually } from '../../engine/eventually';
import { matrixSize } from '../../engine/language/shape';
import type { Training } from '../../engine/run/training';
import type { RateMap } from '../protocol';

/** The most cells of a map. */
const LARGEST = 1_000_000;

/** What of a run a map is drawn from. */
export type Rated = Pick<Training, 'ratesAt' | 'rates'> & { readonly start: { readonly layers: Training['start']['layers'] } };

/** @param training settled @returns null before the first measured step, and for a layer that is not there */
export function rateMap(training: Rated, layer: string): Eventually<RateMap | null> {
  const step = training.ratesAt;
  const index = training.start.layers.findIndex(({ name }) => name === layer);
  if (index < 0 || step === 0) return null;
  const { shape } = training.start.layers[index];
  return after(training.rates(index), (rate) => ({ layer, step, shape, ...cells(rate, shape) }));
}

function cells(rate: Floats | number, shape: readonly number[]): Pick<RateMap, 'rows' | 'columns' | 'values'> {
  const all = shape.length > 1 ? matrixSize(shape) : { rows: 1, columns: shape[0] };
  const { rows, columns } = fitting(all.rows, all.columns);
  const values = new Float32Array(rows * columns);
  if (typeof rate === 'number') values.fill(rate);
  else
    for (let row = 0; row < rows; row++) {
      const start = Math.floor((row * all.rows) / rows) * all.columns;
      for (let column = 0; column < columns; column++)
        values[row * columns + column] = rate[start + Math.floor((column * all.columns) / columns)];
    }
  return { rows, columns, values };
}

/** A grid within the bound, in about the layer's proportions. */
function fitting(rows: number, columns: number): { readonly rows: number; readonly columns: number } {
  if (rows * columns <= LARGEST) return { rows, columns };
  const share = Math.sqrt(LARGEST / (rows * columns));
  const fewer = Math.min(Math.max(Math.floor(rows * share), 1), LARGEST);
  return { rows: fewer, columns: Math.min(columns, Math.floor(LARGEST / fewer)) };
}
