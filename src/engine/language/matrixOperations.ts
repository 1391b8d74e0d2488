/**
 * Functions of one layer's whole matrices in float32: sums along rows and columns, repetition, transposes, products, Newton–Schulz
 * iteration. Sums are accumulated in float64 in a fixed order; inverses, roots and eigenvectors are computed in float64 throughout.
 */
import type { Matrix, Products, ProductSize } from '../backends/cpu/product';
import * as linear from '../linear';
import type { Operation } from './operations';
import { extentIn, type MatrixSize, type Shape } from './shape';

/** @see Products.multiply */
type Multiply = Products['multiply'];

/** What an operation gets and gives in one layer. */
export interface Call {
  readonly operation: Operation;
  readonly operands: readonly Matrix[];
  /** Of one element where the result is one number. */
  readonly out: Matrix;
  /** The numbers among the operands, as they are at the step. */
  readonly numbers: readonly (() => number)[];
}

/** A matrix of this shape in a layer of this size. */
export function matrixIn(values: Float32Array, shape: Shape, size: MatrixSize, transposed = false): Matrix {
  const [a, b] = [extentIn(shape[0], size), extentIn(shape[1], size)];
  return { values, transposed, rows: transposed ? b : a, columns: transposed ? a : b };
}

/** The products that an operation makes with `Products`. */
export function productSizes({ operation, operands: [a, b] }: Call): ProductSize[] {
  if (operation === 'matmul') return thin(a, b) ? [] : [[a.rows, a.columns, b.columns]];
  if (operation !== 'newtonSchulz') return [];
  const [n, m] = [Math.min(a.rows, a.columns), Math.max(a.rows, a.columns)];
  return [
    [n, m, n],
    [n, n, n],
    [n, n, m],
  ];
}

/** Below this extent laying a factor out costs more than the product. */
const thick = 4;
const thin = (a: Matrix, b: Matrix): boolean => Math.min(a.rows, a.columns, b.columns) < thick;

/** What runs the operation. */
export function matrixOperation({ operation, operands, out, numbers }: Call, products: Products | null): () => void {
  const multiply: Multiply = (left, right, to, symmetric) => {
    if (products === null) throw new Error('No room was made for matrix products.');
    products.multiply(left, right, to, symmetric);
  };
  const [a, b] = operands;
  switch (operation) {
    case 'expand':
      return () => expand(a, out);
    case 'rowSum':
    case 'rowMean':
      return () => rowSums(a, out.values, operation === 'rowMean' ? a.columns : 1);
    case 'rowMax':
      return () => rowMax(a, out.values);
    case 'columnSum':
    case 'columnMean': {
      const sums = new Float64Array(a.columns);
      return () => columnSums(a, sums, out.values, operation === 'columnMean' ? a.rows : 1);
    }
    case 'columnMax':
      return () => columnMax(a, out.values);
    case 'transpose':
      return () => transpose(a, out.values);
    case 'trace':
      return () => trace(a, out.values);
    case 'identity':
      return () => {
        out.values.fill(0);
        for (let i = 0; i < out.rows; i++) out.values[i * (out.rows + 1)] = 1;
      };
    case 'matmul': {
      if (thin(a, b)) return thinProduct(a, b, out.values);
      const symmetric = a.values === b.values && a.transposed !== b.transposed;
      return () => multiply(a, b, out.values, symmetric);
    }
    case 'newtonSchulz':
      return newtonSchulz(a, out.values, numbers, multiply);
    case 'inverse':
      return () => out.values.set(linear.inverse(Float64Array.from(a.values), a.rows));
    case 'solve':
      return () => out.values.set(linear.solve(Float64Array.from(a.values), Float64Array.from(b.values), a.rows, b.columns));
    case 'inverseRoot':
      return () => out.values.set(linear.inverseRoot(Float64Array.from(a.values), a.rows, numbers[0]()));
    case 'eigenvectors':
      return () => out.values.set(linear.eigenvectors(Float64Array.from(a.values), a.rows));
    default:
      throw new Error(`${operation} is no operation on one layer.`);
  }
}

/** Repeats a row, a column or a number. Bits are copied, since a truth's are no number. */
export function expand(a: Matrix, out: Matrix): void {
  const bits = (values: Float32Array): Int32Array => new Int32Array(values.buffer, values.byteOffset, values.length);
  const [from, to] = [bits(a.values), bits(out.values)];
  for (let i = 0; i < out.rows; i++) {
    const row = i * out.columns;
    if (a.columns === 1) to.fill(from[a.rows === 1 ? 0 : i], row, row + out.columns);
    else to.set(from, row);
  }
}

function rowSums({ values, rows, columns }: Matrix, out: Float32Array, divisor: number): void {
  const whole = columns - (columns % 4);
  for (let i = 0; i < rows; i++) {
    const from = i * columns;
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let j = from; j < from + whole; j += 4) {
      s0 += values[j];
      s1 += values[j + 1];
      s2 += values[j + 2];
      s3 += values[j + 3];
    }
    for (let j = from + whole; j < from + columns; j++) s0 += values[j];
    out[i] = (s0 + s1 + (s2 + s3)) / divisor;
  }
}

/** The larger of two, not-a-number before all else. */
const larger = (most: number, each: number): number => (each > most || each !== each ? each : most);

function rowMax({ values, rows, columns }: Matrix, out: Float32Array): void {
  for (let i = 0; i < rows; i++) {
    let most = -Infinity;
    for (let j = i * columns; j < (i + 1) * columns; j++) most = larger(most, values[j]);
    out[i] = most;
  }
}

function columnSums({ values, rows, columns }: Matrix, sums: Float64Array, out: Float32Array, divisor: number): void {
  sums.fill(0);
  const whole = rows - (rows % 4);
  for (let i = 0; i < whole; i += 4) {
    const [r0, r1, r2, r3] = [i * columns, (i + 1) * columns, (i + 2) * columns, (i + 3) * columns];
    for (let j = 0; j < columns; j++) sums[j] += values[r0 + j] + values[r1 + j] + (values[r2 + j] + values[r3 + j]);
  }
  for (let i = whole; i < rows; i++) for (let j = 0, at = i * columns; j < columns; j++, at++) sums[j] += values[at];
  for (let j = 0; j < columns; j++) out[j] = sums[j] / divisor;
}

function columnMax({ values, rows, columns }: Matrix, out: Float32Array): void {
  out.fill(-Infinity);
  for (let i = 0; i < rows; i++) for (let j = 0, at = i * columns; j < columns; j++, at++) out[j] = larger(out[j], values[at]);
}

/** In squares that fit the first-level cache. */
function transpose({ values, rows, columns }: Matrix, out: Float32Array): void {
  const side = 32;
  for (let top = 0; top < rows; top += side)
    for (let left = 0; left < columns; left += side)
      for (let i = top; i < Math.min(top + side, rows); i++)
        for (let j = left; j < Math.min(left + side, columns); j++) out[j * rows + i] = values[i * columns + j];
}

function trace({ values, rows }: Matrix, out: Float32Array): void {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += values[i * (rows + 1)];
  out[0] = sum;
}

/** A product with a factor of a few rows or columns, in float64: a row of the result at a time. */
function thinProduct(a: Matrix, b: Matrix, out: Float32Array): () => void {
  const [m, k, n] = [a.rows, a.columns, b.columns];
  const [aRow, aColumn] = a.transposed === true ? [1, m] : [k, 1];
  const [bRow, bColumn] = b.transposed === true ? [1, k] : [n, 1];
  const sums = new Float64Array(n);
  const along = n < thick;
  return () => {
    for (let i = 0; i < m; i++) {
      sums.fill(0);
      if (along)
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let l = 0; l < k; l++) sum += a.values[i * aRow + l * aColumn] * b.values[l * bRow + j * bColumn];
          sums[j] = sum;
        }
      else
        for (let l = 0; l < k; l++) {
          const factor = a.values[i * aRow + l * aColumn];
          for (let j = 0, at = l * bRow; j < n; j++, at += bColumn) sums[j] += factor * b.values[at];
        }
      out.set(sums, i * n);
    }
  };
}

/** X ← aX + (bA + cA²)X with A = XXᵀ, so many times; of X or Xᵀ, whichever has fewer rows. */
function newtonSchulz(x: Matrix, out: Float32Array, [a, b, c, steps]: Call['numbers'], multiply: Multiply): () => void {
  const flip = x.rows > x.columns;
  const [n, m] = flip ? [x.columns, x.rows] : [x.rows, x.columns];
  const [gram, factor] = [new Float32Array(n * n), new Float32Array(n * n)];
  const [current, next] = [new Float32Array(n * m), new Float32Array(n * m)];
  const whole = (values: Float32Array, columns: number, transposed = false): Matrix => ({
    values,
    rows: transposed ? columns : n,
    columns: transposed ? n : columns,
    transposed,
  });
  return () => {
    if (flip) transpose(x, current);
    else current.set(x.values);
    for (let step = 0; step < steps(); step++) {
      multiply(whole(current, m), whole(current, m, true), gram, true);
      multiply(whole(gram, n), whole(gram, n), factor, true);
      const [b_, c_] = [b(), c()];
      for (let i = 0; i < factor.length; i++) factor[i] = b_ * gram[i] + c_ * factor[i];
      for (let i = 0; i < n; i++) factor[i * (n + 1)] += a();
      multiply(whole(factor, n), whole(current, m), next);
      current.set(next);
    }
    if (flip) transpose({ values: current, rows: n, columns: m }, out);
    else out.set(current);
  };
}
