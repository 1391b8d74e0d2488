/**
 * Matrix products, and Newton–Schulz iteration, which is made of them. Large ones go in squares that a workgroup keeps in its own memory;
 * for small ones handing those round costs more than reading twice. Every sum is in one order, from the first term to the last.
 */
import type { Operand } from '../schedule';
import { extentText } from './layout';
import { Writer, type GpuKernel, type Names } from './writer';

/** Edge of a square of the result: its workgroup has so many threads by so many. */
export const edgeOf = (small: boolean): number => (small ? 8 : 16);
/** Up to this extent a matrix is small. */
export const largestSmall = 32;

interface Product {
  readonly height: string;
  readonly inner: string;
  readonly width: string;
  /** The texts of the factors' elements, and of what becomes of a sum. */
  readonly left: (row: string, k: string) => string;
  readonly right: (k: string, column: string) => string;
  readonly store: (sum: string) => string;
}

function product(writer: Writer, { height, inner, width, left, right, store }: Product, small: boolean): GpuKernel {
  const edge = edgeOf(small);
  const cell = `place.y * ${edge}u + place.x`;
  const whole = `if (row < height && column < width) {
  for (var k = 0u; k < inner; k++) { sum += ${left('row', 'k')} * ${right('k', 'column')}; }
}`;
  const inSquares = `for (var begin = 0u; begin < inner; begin += ${edge}u) {
  var a = 0f;
  if (row < height && begin + place.x < inner) { a = ${left('row', 'begin + place.x')}; }
  lefts[${cell}] = a;
  var b = 0f;
  if (begin + place.y < inner && column < width) { b = ${right('begin + place.y', 'column')}; }
  rights[${cell}] = b;
  workgroupBarrier();
  for (var k = 0u; k < ${edge}u; k++) { sum += lefts[place.y * ${edge}u + k] * rights[k * ${edge}u + place.x]; }
  workgroupBarrier();
}`;
  if (!small)
    writer.globals.push(`var<workgroup> lefts: array<f32, ${edge * edge}>;`, `var<workgroup> rights: array<f32, ${edge * edge}>;`);
  writer.lineAfter(`let inner = ${inner};
var sum = 0f;
${small ? whole : inSquares}
if (row < height && column < width) { ${store('sum')} }`);
  return writer.overSquares(height, width, edge);
}

/** The text of an operand's element. */
const elementOf =
  (writer: Writer, { name, shape, transposed }: Operand) =>
  (row: string, column: string): string =>
    transposed ? writer.entry(name, shape, column, row) : writer.entry(name, shape, row, column);

/** to = A B, each perhaps as its transpose. */
export function matmulKernel(names: Names, a: Operand, b: Operand, to: string, small: boolean): GpuKernel {
  const writer = new Writer(names, `matmul to ${to}`);
  const [height, inner] = a.transposed ? [a.shape[1], a.shape[0]] : a.shape;
  const width = b.transposed ? b.shape[0] : b.shape[1];
  return product(
    writer,
    {
      height: extentText(height),
      inner: extentText(inner),
      width: extentText(width),
      left: elementOf(writer, a),
      right: elementOf(writer, b),
      store: (sum) => `${writer.entry(to, [height, width], 'row', 'column')} = ${sum};`,
    },
    small,
  );
}

/** The three products of one Newton–Schulz iteration, of X or of Xᵀ, whichever has fewer rows in the layer. */
export interface NewtonSchulz {
  /** Extents of X. */
  readonly height: string;
  readonly width: string;
  /** The buffer of A = XXᵀ. */
  readonly gram: string;
  /** The buffer of aI + bA + cA². */
  readonly factor: string;
  readonly small: boolean;
  /** Texts of the numbers, from a writer. */
  readonly coefficients: (writer: Writer) => readonly [a: string, b: string, c: string];
}

/** An element of X as the iteration sees it, with fewer rows than columns. */
function seen(writer: Writer, x: string, { height, width }: NewtonSchulz) {
  return (row: string, column: string): string =>
    writer.element(x, `select((${row}) * ${width} + ${column}, (${column}) * ${width} + ${row}, ${height} > ${width})`);
}

const fewer = ({ height, width }: NewtonSchulz): string => `min(${height}, ${width})`;
const more = ({ height, width }: NewtonSchulz): string => `max(${height}, ${width})`;

/** gram = X Xᵀ */
export function gramKernel(names: Names, x: string, of: NewtonSchulz): GpuKernel {
  const writer = new Writer(names, `newtonSchulz: ${of.gram}`);
  const element = seen(writer, x, of);
  return product(
    writer,
    {
      height: fewer(of),
      inner: more(of),
      width: fewer(of),
      left: element,
      right: (k, column) => element(column, k),
      store: (sum) => `${writer.element(of.gram, 'row * width + column')} = ${sum};`,
    },
    of.small,
  );
}

/** factor = aI + b·gram + c·gram² */
export function factorKernel(names: Names, of: NewtonSchulz): GpuKernel {
  const writer = new Writer(names, `newtonSchulz: ${of.factor}`);
  const [a, b, c] = of.coefficients(writer);
  const element = (row: string, column: string): string => writer.element(of.gram, `(${row}) * width + ${column}`);
  return product(
    writer,
    {
      height: fewer(of),
      inner: fewer(of),
      width: fewer(of),
      left: element,
      right: element,
      store: (sum) =>
        `${writer.element(of.factor, 'row * width + column')} = ${b} * ${element('row', 'column')} + ${c} * ${sum} + select(0f, ${a}, row == column);`,
    },
    of.small,
  );
}

/** to = factor X */
export function stepKernel(names: Names, x: string, to: string, of: NewtonSchulz): GpuKernel {
  const writer = new Writer(names, `newtonSchulz: ${to}`);
  const target = seen(writer, to, of);
  return product(
    writer,
    {
      height: fewer(of),
      inner: fewer(of),
      width: more(of),
      left: (row, k) => writer.element(of.factor, `(${row}) * inner + ${k}`),
      right: seen(writer, x, of),
      store: (sum) => `${target('row', 'column')} = ${sum};`,
    },
    of.small,
  );
}
