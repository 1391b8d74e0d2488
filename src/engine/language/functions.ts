/**
 * The functions and constants of the language: one table that the checker, the reference and the differentiation read. Element-wise
 * functions take numbers or tensors; reductions take one tensor to one number.
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
  ['min', { operands: 2, value: Math.min, doc: 'the smaller of two' }],
  ['max', { operands: 2, value: Math.max, doc: 'the larger of two' }],
  ['pow', { operands: 2, value: power, doc: 'a^b' }],
]);

/** A number made from all elements of one layer's tensor, from the sum of `term` over them. */
export interface Reduction {
  /** What is summed for each element: the element or its square. */
  readonly term: 'element' | 'square';
  /** @param sum the sum of the terms @param count number of elements */
  readonly finish: (sum: number, count: number) => number;
  readonly doc: string;
}

/** Reductions by name. */
export const reductions: ReadonlyMap<string, Reduction> = new Map<string, Reduction>([
  ['sum', { term: 'element', finish: (sum) => sum, doc: 'sum over the layer' }],
  ['mean', { term: 'element', finish: (sum, count) => sum / count, doc: 'mean over the layer' }],
  ['norm', { term: 'square', finish: (sum) => Math.sqrt(sum), doc: 'L2 norm over the layer' }],
  ['rms', { term: 'square', finish: (sum, count) => Math.sqrt(sum / count), doc: 'root of the mean square over the layer' }],
]);

/** Constants by name. */
export const constants: ReadonlyMap<string, number> = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
]);

/** Words that are part of the grammar and can name nothing. */
export const reserved: ReadonlySet<string> = new Set(['if', 'then', 'else', 'and', 'or', 'not', 'true', 'false', 'in', 'inf']);
