/**
 * Shapes of values in a rule. A layer is seen as a matrix of `rows` (its first extent) by `columns` (the product of the others; 1 for a
 * vector); every value is a matrix of extents 1, rows or columns: one number, one a weight, one a row, a square, … Shapes are
 * symbolic: they fit or not for all layers alike, when the rule is read.
 */

export type Extent = 1 | 'rows' | 'columns';

/** [vertical, horizontal] */
export type Shape = readonly [Extent, Extent];

export const scalarShape: Shape = [1, 1];
export const tensorShape: Shape = ['rows', 'columns'];

export const sameShape = (a: Shape, b: Shape): boolean => a[0] === b[0] && a[1] === b[1];
export const isScalar = (shape: Shape): boolean => shape[0] === 1 && shape[1] === 1;
export const transposed = ([a, b]: Shape): Shape => [b, a];

/** The shape of an element-wise operation: each extent equal, or 1 on one side; null where they do not fit. */
export function broadcastShape(a: Shape, b: Shape): Shape | null {
  const extent = (i: 0 | 1): Extent | null => (a[i] === b[i] || b[i] === 1 ? a[i] : a[i] === 1 ? b[i] : null);
  const [down, across] = [extent(0), extent(1)];
  return down === null || across === null ? null : [down, across];
}

/** `[rows, columns]` */
export const showShape = ([a, b]: Shape): string => `[${a}, ${b}]`;

/** A layer as a matrix. */
export interface MatrixSize {
  readonly rows: number;
  readonly columns: number;
}

/** @param shape extents of the layer's tensor, first the outputs */
export const matrixSize = (shape: readonly number[]): MatrixSize => ({
  rows: shape[0] ?? 1,
  columns: shape.slice(1).reduce((product, extent) => product * extent, 1),
});

/** An extent in a layer. */
export const extentIn = (extent: Extent, size: MatrixSize): number => (extent === 1 ? 1 : size[extent]);

/** How many numbers a value of this shape has in a layer. */
export const countIn = ([a, b]: Shape, size: MatrixSize): number => extentIn(a, size) * extentIn(b, size);
