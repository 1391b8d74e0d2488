/**
 * The functions and constants of the language: tables that the checker, the lowerings, the editor and the differentiation read.
 * Element-wise functions take values of any shapes that fit; reductions take one value to one number. Functions of matrices and of the
 * whole model are in `operations.ts`.
 */

export interface ElementwiseFunction {
  readonly operands: number;
  /** In float64. */
  readonly value: (a: number, b: number) => number;
  readonly doc: string;
}

/** The logistic function, without overflow at either end. */
const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/** `a` to the power of `b`; the small whole powers by multiplication, which is exact to rounding everywhere. */
export function power(a: number, b: number): number {
  if (b === 2) return a * a;
  if (b === 3) return a * a * a;
  if (b === 0.5) return Math.sqrt(a);
  return Math.pow(a, b);
}

/** a − b·⌊a/b⌋, exact where the quotient is. */
export function modulo(a: number, b: number): number {
  const left = a % b;
  return left !== 0 && left < 0 !== b < 0 ? left + b : left;
}

/** Element-wise functions by name. */
export const elementwise: ReadonlyMap<string, ElementwiseFunction> = new Map<string, ElementwiseFunction>([
  ['sqrt', { operands: 1, value: Math.sqrt, doc: 'square root' }],
  ['abs', { operands: 1, value: Math.abs, doc: 'absolute value' }],
  ['sign', { operands: 1, value: Math.sign, doc: '−1, 0 or 1' }],
  ['exp', { operands: 1, value: Math.exp, doc: 'e to the power of' }],
  ['log', { operands: 1, value: Math.log, doc: 'natural logarithm' }],
  ['sin', { operands: 1, value: Math.sin, doc: 'sine, in radians' }],
  ['cos', { operands: 1, value: Math.cos, doc: 'cosine, in radians' }],
  ['tan', { operands: 1, value: Math.tan, doc: 'tangent, in radians' }],
  ['tanh', { operands: 1, value: Math.tanh, doc: 'hyperbolic tangent' }],
  ['sigmoid', { operands: 1, value: sigmoid, doc: '1/(1 + exp(−x))' }],
  ['floor', { operands: 1, value: Math.floor, doc: 'the largest whole number that is not above' }],
  ['ceil', { operands: 1, value: Math.ceil, doc: 'the smallest whole number that is not below' }],
  ['mod', { operands: 2, value: modulo, doc: 'what is left of a after dividing by b, with the sign of b' }],
  ['min', { operands: 2, value: Math.min, doc: 'the smaller of two' }],
  ['max', { operands: 2, value: Math.max, doc: 'the larger of two' }],
  ['pow', { operands: 2, value: power, doc: 'a^b' }],
]);

/** A number made from all elements of a value, over one layer or over all. */
export interface Reduction {
  /** What is made of each element: itself or its square. */
  readonly term: 'element' | 'square';
  /** How terms are put together. */
  readonly by: 'sum' | 'max' | 'min';
  /** @param total the terms put together @param count number of elements */
  readonly finish: (total: number, count: number) => number;
  readonly doc: string;
}

const itself = (total: number): number => total;

/** Reductions by name. `max` and `min` of two values are element-wise, of one a reduction. */
export const reductions: ReadonlyMap<string, Reduction> = new Map<string, Reduction>([
  ['sum', { term: 'element', by: 'sum', finish: itself, doc: 'sum over the layer' }],
  ['mean', { term: 'element', by: 'sum', finish: (total, count) => total / count, doc: 'mean over the layer' }],
  ['norm', { term: 'square', by: 'sum', finish: (total) => Math.sqrt(total), doc: 'L2 norm over the layer' }],
  ['rms', { term: 'square', by: 'sum', finish: (total, count) => Math.sqrt(total / count), doc: 'root of the mean square over the layer' }],
  ['max', { term: 'element', by: 'max', finish: itself, doc: 'the largest element of the layer' }],
  ['min', { term: 'element', by: 'min', finish: itself, doc: 'the smallest element of the layer' }],
]);

/** Is this call a reduction? */
export const isReduction = ({ name, operands }: { readonly name: string; readonly operands: readonly unknown[] }): boolean =>
  reductions.has(name) && (operands.length === 1 || !elementwise.has(name));

/** Constants by name. */
export const constants: ReadonlyMap<string, number> = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
]);

/** Words that are part of the grammar and can name nothing. */
export const reserved: ReadonlySet<string> = new Set([
  'if',
  'then',
  'else',
  'and',
  'or',
  'not',
  'true',
  'false',
  'in',
  'inf',
  'all',
  'inner',
]);
