/**
 * Functions of whole matrices, of the whole model, and random draws: what no element can compute for itself. One table says what each
 * takes, the shape of what it gives, and what it asks of the model; the checker, the lowerings and the editor read it.
 */
import type { Need } from './rule';
import { isScalar, sameShape, scalarShape, showShape, tensorShape, transposed, type Shape } from './shape';

export type Operation =
  | 'expand'
  | 'rowSum'
  | 'rowMean'
  | 'rowMax'
  | 'columnSum'
  | 'columnMean'
  | 'columnMax'
  | 'transpose'
  | 'matmul'
  | 'outer'
  | 'trace'
  | 'identity'
  | 'inverse'
  | 'solve'
  | 'inverseRoot'
  | 'eigenvectors'
  | 'newtonSchulz'
  | 'gradient'
  | 'loss'
  | 'hessian'
  | 'gaussNewton'
  | 'hessianSolve'
  | 'hessianAbsSolve'
  | 'gaussNewtonSolve'
  | 'inputMoment'
  | 'errorMoment'
  | 'normal'
  | 'rademacher';

export interface OperationDefinition {
  /** What each operand is called in documentation. */
  readonly operands: readonly string[];
  /** How many of them, from the first, are matrices; the others are numbers. */
  readonly matrices: number;
  /** Of the numbers, those that must be known before the first step (by their place among all operands). */
  readonly settled?: readonly number[];
  /** @param shapes of the matrices @returns the shape of the result, or what is wrong */
  readonly shape: (shapes: readonly Shape[]) => Shape | string;
  readonly need?: Need;
  /** Is it written as a name, without brackets? */
  readonly name?: true;
  readonly doc: string;
}

const rowwise = ([[rows]]: readonly Shape[]): Shape => [rows, 1];
const columnwise = ([[, columns]]: readonly Shape[]): Shape => [1, columns];
const square =
  (result: (shape: Shape) => Shape) =>
  ([shape]: readonly Shape[]): Shape | string =>
    shape[0] === shape[1] ? result(shape) : `a square matrix is expected, and this is ${showShape(shape)}`;
const itself = ([shape]: readonly Shape[]): Shape => shape;
const ofTensor = ([shape]: readonly Shape[]): Shape | string =>
  sameShape(shape, tensorShape)
    ? tensorShape
    : `a value for each weight, ${showShape(tensorShape)}, is expected, and this is ${showShape(shape)}`;

function product([a, b]: readonly Shape[]): Shape | string {
  return a[1] === b[0] ? [a[0], b[1]] : `${showShape(a)} @ ${showShape(b)}: the columns of the left must be the rows of the right`;
}

const definitions: Readonly<Record<Exclude<Operation, 'expand'>, OperationDefinition>> = {
  rowSum: { operands: ['x'], matrices: 1, shape: rowwise, doc: 'sum of each row' },
  rowMean: { operands: ['x'], matrices: 1, shape: rowwise, doc: 'mean of each row' },
  rowMax: { operands: ['x'], matrices: 1, shape: rowwise, doc: 'largest element of each row' },
  columnSum: { operands: ['x'], matrices: 1, shape: columnwise, doc: 'sum of each column' },
  columnMean: { operands: ['x'], matrices: 1, shape: columnwise, doc: 'mean of each column' },
  columnMax: { operands: ['x'], matrices: 1, shape: columnwise, doc: 'largest element of each column' },
  transpose: { operands: ['A'], matrices: 1, shape: ([shape]) => transposed(shape), doc: 'rows become columns' },
  matmul: { operands: ['A', 'B'], matrices: 2, shape: product, doc: 'matrix product, written A @ B' },
  outer: {
    operands: ['u', 'v'],
    matrices: 2,
    shape: ([u, v]) =>
      u[1] === 1 && v[1] === 1 ? [u[0], v[0]] : `two columns are expected, and these are ${showShape(u)} and ${showShape(v)}`,
    doc: 'outer product u vᵀ of two columns',
  },
  trace: { operands: ['S'], matrices: 1, shape: square(() => scalarShape), doc: 'sum of the diagonal' },
  identity: { operands: ['rows'], matrices: 0, shape: () => scalarShape, doc: 'identity matrix, identity(rows) or identity(columns)' },
  inverse: { operands: ['S'], matrices: 1, shape: square((shape) => shape), doc: 'inverse of a symmetric positive definite matrix' },
  solve: {
    operands: ['S', 'B'],
    matrices: 2,
    shape: ([s, b]) => (s[0] === s[1] ? product([s, b]) : `a square matrix is expected first, and this is ${showShape(s)}`),
    doc: 'S⁻¹B of a symmetric positive definite S',
  },
  inverseRoot: {
    operands: ['S', 'p'],
    matrices: 1,
    settled: [1],
    shape: square((shape) => shape),
    doc: 'S^(−1/p) of a symmetric positive definite matrix, by its eigenvalues',
  },
  eigenvectors: {
    operands: ['S'],
    matrices: 1,
    shape: square((shape) => shape),
    doc: 'eigenvectors of a symmetric matrix as columns, eigenvalues ascending, the largest component of each positive',
  },
  newtonSchulz: {
    operands: ['X', 'a', 'b', 'c', 'steps'],
    matrices: 1,
    settled: [4],
    shape: itself,
    doc: 'X ← aX + (bA + cA²)X with A = XXᵀ, `steps` times: drives the singular values of X, at most 1 before, towards 1',
  },
  gradient: { operands: ['x'], matrices: 1, shape: ofTensor, need: 'gradient', doc: "gradient of this mini-batch's loss at the weights x" },
  loss: {
    operands: ['x'],
    matrices: 1,
    shape: (shapes) => (typeof ofTensor(shapes) === 'string' ? ofTensor(shapes) : scalarShape),
    need: 'loss',
    doc: "this mini-batch's mean loss at the weights x; without brackets, at the weights that the step begins with",
  },
  hessian: {
    operands: ['v'],
    matrices: 1,
    shape: ofTensor,
    need: 'hessian',
    doc: "product of this mini-batch's Hessian, at the weights that the step begins with, and v",
  },
  gaussNewton: {
    operands: ['v'],
    matrices: 1,
    shape: ofTensor,
    need: 'gaussNewton',
    doc: 'product of the generalised Gauss-Newton matrix and v',
  },
  hessianSolve: {
    operands: ['v', 'damping'],
    matrices: 1,
    shape: ofTensor,
    need: 'hessian',
    doc: '(H + damping·I)⁻¹v; exact up to 2,000 weights, in a Krylov subspace above',
  },
  hessianAbsSolve: {
    operands: ['v', 'damping'],
    matrices: 1,
    shape: ofTensor,
    need: 'hessian',
    doc: '(|H| + damping·I)⁻¹v, |H| with the absolute values of the eigenvalues; exact up to 2,000 weights, in a Krylov subspace above',
  },
  gaussNewtonSolve: {
    operands: ['v', 'damping'],
    matrices: 1,
    shape: ofTensor,
    need: 'gaussNewton',
    doc: '(G + damping·I)⁻¹v by conjugate gradients on products of the Gauss-Newton matrix',
  },
  inputMoment: {
    operands: [],
    matrices: 0,
    shape: () => ['columns', 'columns'],
    need: 'moments',
    name: true,
    doc: "E[a aᵀ] of the layer's inputs over the mini-batch; [[1]] for a bias",
  },
  errorMoment: {
    operands: [],
    matrices: 0,
    shape: () => ['rows', 'rows'],
    need: 'moments',
    name: true,
    doc: "E[δ δᵀ] of the errors propagated back to the layer's outputs, for targets drawn from the model's predictions",
  },
  normal: { operands: [], matrices: 0, shape: () => tensorShape, need: 'random', doc: 'standard normal numbers, drawn anew at every step' },
  rademacher: {
    operands: [],
    matrices: 0,
    shape: () => tensorShape,
    need: 'random',
    doc: '−1 or 1 with equal chance, drawn anew at every step',
  },
};

/** All by name; `expand` is made by the compiler and cannot be written. */
export const operations: ReadonlyMap<string, OperationDefinition> = new Map(Object.entries(definitions));

/** The most evaluations of the model that a rule may ask for beside the gradient. */
export const mostModelCalls = 8;
/** The most iterations of Newton–Schulz. */
export const mostIterations = 100;

/** Those that run on all layers at once. */
export const modelOperations: ReadonlySet<string> = new Set(
  Object.entries(definitions).flatMap(([name, { need }]) => (need !== undefined && need !== 'random' ? [name] : [])),
);

/** The shape of an operation's result from all its operands' shapes; a text where they do not fit. */
export function operationShape(name: string, shapes: readonly Shape[]): Shape | string {
  const known = operations.get(name);
  if (known === undefined) return `there is no operation ${name}`;
  const number = shapes.findIndex((shape, i) => i >= known.matrices && !isScalar(shape));
  if (number >= 0) return `${known.operands[number]} is one number, and this is ${showShape(shapes[number])}`;
  return known.shape(shapes.slice(0, known.matrices));
}
