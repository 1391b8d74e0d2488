/**
 * What a matrix product on the GPU is: C[m, n] = start + A[m, k]·B[k, n]. Extents and steps are constants of the shader; extents may
 * also be the number of samples of the block, which the shader reads. Nothing of C beyond column n of a row is written, but for what lies
 * between there and the next multiple of four where rows are just so far apart, as values are: that may be anything.
 */
import type { Place } from '../definition';

/** A constant; the number of samples; or so many for each sample, such as the positions of an image. */
export type Extent = number | 'rows' | { readonly rows: number };

/** How a matrix lies in its buffer: element (i, j) at i·rowStep + j·columnStep, in floats. One of the steps is 1. */
export interface Strided {
  readonly rowStep: number;
  readonly columnStep: number;
}

/** A matrix whose elements are found by computing: the patches of an image. Its buffer is bound as `a` or `b`, an `array<f32>`. */
export interface Computed {
  /** WGSL of element (row, column), an f32. @param row, column u32 expressions, always within the matrix */
  load(row: string, column: string): string;
  /** WGSL functions that `load` calls; they may read `a` (or `b`) and `info`. Names must differ from those of the other operand. */
  readonly helpers?: string;
}

export type Operand = Strided | Computed;

/** Where C's elements go: rows `rowStep` apart with contiguous columns, or to a computed index, a u32 expression. */
export type Result = { readonly rowStep: number } | { index(row: string, column: string): string };

/**
 * What the sums begin with: nothing, one number a column (the bias of a dense layer), one number a row (the bias of a filter, where rows
 * are filters), what is in C already, or that only where `info.add` is 1.
 */
export type Start = 'zero' | 'row' | 'column' | 'add' | 'info';

/** What is done with a finished sum before it is stored. */
export interface Epilogue {
  /** WGSL functions that `value` calls. */
  readonly helpers?: string;
  /** How many further matrices it reads, at most 2; they lie as C does. */
  readonly reads?: number;
  /** Whether the sum itself is kept too, in a matrix that lies as C does. */
  readonly keepsSum?: boolean;
  /** WGSL of the number to store. @param sum a variable, an f32 @param read variables: the same element of the further matrices */
  value(sum: string, read: readonly string[]): string;
}

export interface ProductShape {
  readonly m: Extent;
  readonly k: Extent;
  readonly n: Extent;
  readonly a: Operand;
  readonly b: Operand;
  readonly c: Result;
  readonly start: Start;
  readonly epilogue?: Epilogue;
}

/** Where the matrices of one product lie. No two may be in one buffer, but for those that are only read. */
export interface Places {
  readonly a: Place;
  readonly b: Place;
  readonly c: Place;
  /** With start `row` or `column`: its numbers. */
  readonly start?: Place;
  /** The epilogue's. */
  readonly reads?: readonly Place[];
  readonly kept?: Place;
}

export const isStrided = (operand: Operand): operand is Strided => 'rowStep' in operand;

/** An extent as a u32 expression. */
export function extentText(extent: Extent): string {
  if (typeof extent === 'number') return `${extent}u`;
  return extent === 'rows' ? 'info.rows' : `(info.rows * ${extent.rows}u)`;
}

/** What an extent is for a block of so many samples. */
export function extentOf(extent: Extent, rows: number): number {
  if (typeof extent === 'number') return extent;
  return extent === 'rows' ? rows : rows * extent.rows;
}

const times = (index: string, step: number): string => (step === 1 ? index : `${index} * ${step}u`);

/** Index of element (row, column) as a u32 expression. */
export const indexText = ({ rowStep, columnStep }: Strided, row: string, column: string): string =>
  `${times(row, rowStep)} + ${times(column, columnStep)}`;
