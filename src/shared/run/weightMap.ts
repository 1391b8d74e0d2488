/**
 * One number of every weight of one layer as a picture's numbers: a row a unit or filter, and in it all weights that this has; a bias is one
 * row. What a rule keeps in another shape (one number a unit, a square) is drawn in that. A large layer is thinned evenly to what a screen
 * can show.
 */
import type { Floats } from '../../engine/backends/backend';
import { after, type Eventually } from '../../engine/eventually';
import { matrixSize } from '../../engine/language/shape';
import { imagesOf, type ImageShape } from '../../engine/network/images';
import { structure } from '../../engine/network/structure';
import type { Prepared } from '../../engine/run/prepare';
import type { Training } from '../../engine/run/training';
import type { WeightMap } from '../protocol';

/** The most cells of a map. */
const LARGEST = 1_000_000;

/** What of a run a map is drawn from. */
export type Mapped = Pick<Training, 'quantities' | 'values'> & {
  readonly start: { readonly layers: Training['start']['layers'] };
  readonly prepared: { readonly problem: Prepared['problem'] };
};

/**
 * @param training settled
 * @returns null where there is no such number yet, and for a layer that is not there
 * @throws Error for a quantity that the run does not have, with those that it has
 */
export function weightMap(training: Mapped, layer: string, quantity: string): Eventually<WeightMap | null> {
  const { quantities, start, prepared } = training;
  const index = start.layers.findIndex(({ name }) => name === layer);
  if (index < 0) return null;
  if (!quantities.includes(quantity))
    throw new Error(`This run keeps no ${quantity} of its weights; there are ${quantities.join(', ')}. Choose one of these.`);
  return after(training.values(index, quantity), (found) => {
    if (found === null) return null;
    const { step, values } = found;
    const shape = shapeOf(values, start.layers[index].shape);
    const image = shape === start.layers[index].shape ? imageOf(prepared.problem, index) : null;
    return { layer, step, quantity, quantities, shape, image, ...cells(values, shape, image !== null) };
  });
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

function imageOf(problem: Prepared['problem'], layer: number): ImageShape | null {
  return problem.kind === 'network' ? imagesOf(structure(problem.plan), problem.data.shape)[layer] : null;
}

/** The layer's own shape where there is a number for each weight, or one for all. */
function shapeOf(values: Floats | number, shape: readonly number[]): readonly number[] {
  const { rows, columns } = matrixSize(shape);
  const all = rows * columns;
  const count = typeof values === 'number' ? 1 : values.length;
  if (count === 1 || count === all) return shape;
  if (count === rows) return [rows, 1];
  if (count === columns) return [1, columns];
  if (count === rows * rows) return [rows, rows];
  if (count === columns * columns) return [columns, columns];
  return count % all === 0 && count > 0 ? [count / all, all] : [count];
}

/** @param whole thin the rows only: each is an image */
function cells(values: Floats | number, shape: readonly number[], whole: boolean): Pick<WeightMap, 'rows' | 'columns' | 'values'> {
  if (typeof values === 'number') return { rows: 1, columns: 1, values: Float64Array.of(values) };
  if (values.length === sizeOf(shape) && values.length <= LARGEST) return { ...flat(shape), values: values.slice() };
  if (values.length === 1) return { rows: 1, columns: 1, values: values.slice() };
  const all = flat(shape);
  const { rows, columns } =
    whole && all.columns <= LARGEST ? { ...all, rows: Math.floor(LARGEST / all.columns) } : fitting(all.rows, all.columns);
  const kept = values instanceof Float32Array ? new Float32Array(rows * columns) : new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const start = Math.floor((row * all.rows) / rows) * all.columns;
    for (let column = 0; column < columns; column++)
      kept[row * columns + column] = values[start + Math.floor((column * all.columns) / columns)];
  }
  return { rows, columns, values: kept };
}

/** Rows and columns of what has this shape: a vector is one row. */
const flat = (shape: readonly number[]): { readonly rows: number; readonly columns: number } =>
  shape.length > 1 ? matrixSize(shape) : { rows: 1, columns: shape[0] };

/** A grid within the bound, in about the layer's proportions. */
function fitting(rows: number, columns: number): { readonly rows: number; readonly columns: number } {
  const share = Math.sqrt(LARGEST / (rows * columns));
  const fewer = Math.min(Math.max(Math.floor(rows * share), 1), LARGEST);
  return { rows: fewer, columns: Math.min(columns, Math.floor(LARGEST / fewer)) };
}
