/**
 * A function of named variables: `(1 - x)^2 + 100*(y - x^2)^2`. It is differentiated symbolically, so gradient and Hessian are exact
 * to rounding.
 */
import { constants, isReduction } from './functions';
import { operations } from './operations';
import { Graph } from './graph';
import { parseExpression } from './parser';
import { LanguageError } from './rule';
import { nodes, type Expression } from './tree';

/** The most variables: the Hessian has their square. */
const mostVariables = 100;

export interface ScalarFunction {
  readonly text: string;
  /** In order of appearance. */
  readonly variables: readonly string[];
  readonly expression: Expression;
  /** @param x one number a variable, in the order of `variables` */
  value(x: ArrayLike<number>): number;
  /** The partial derivatives at `x`, into `out` if given. */
  gradient(x: ArrayLike<number>, out?: Float64Array): Float64Array;
  /** The second derivatives at `x`, row by row, [n, n], into `out` if given. */
  hessian(x: ArrayLike<number>, out?: Float64Array): Float64Array;
}

type Compiled = (x: ArrayLike<number>, out: Float64Array) => void;

/**
 * @param text an expression; every name that is not a constant or a function is a variable
 * @throws LanguageError with the place, what was found and what is expected
 */
export function readFunction(text: string, file = 'function'): ScalarFunction {
  const expression = parseExpression(text, file);
  const variables = variablesOf(expression, file);
  checkNumbers(expression, 'number', file);
  const graph = new Graph(variables);
  const root = graph.add(expression);
  const n = variables.length;
  const value = graph.compile([root]);
  const one = new Float64Array(1);
  // Derivatives are made when first asked for: the value alone needs none.
  const partials = once(() => guarded(file, () => variables.map((_, i) => graph.derivative(root, i))));
  const gradient = once((): Compiled => graph.compile(partials()));
  const hessian = once((): Compiled => {
    const first = partials();
    // The lower triangle; the upper is the same numbers.
    const rows = guarded(file, () => first.flatMap((partial, i) => variables.slice(0, i + 1).map((_, j) => graph.derivative(partial, j))));
    const lower = new Float64Array(rows.length);
    const compute = graph.compile(rows);
    return (x, out) => {
      compute(x, lower);
      for (let i = 0, k = 0; i < n; i++) for (let j = 0; j <= i; j++, k++) out[i * n + j] = out[j * n + i] = lower[k];
    };
  });
  return {
    text,
    variables,
    expression,
    value(x) {
      value(x, one);
      return one[0];
    },
    gradient(x, out = new Float64Array(n)) {
      gradient()(x, out);
      return out;
    },
    hessian(x, out = new Float64Array(n * n)) {
      hessian()(x, out);
      return out;
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Derivatives that grow beyond all measure are a fault of the function, told as one. */
function guarded<T>(file: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) throw new LanguageError(file, 1, 1, `${error.message} Write it with fewer variables or terms.`);
    throw error;
  }
}

function variablesOf(expression: Expression, file: string): string[] {
  const found = new Map<string, Expression>();
  for (const node of nodes(expression))
    if (node.kind === 'name' && !constants.has(node.name) && !found.has(node.name)) {
      found.set(node.name, node);
      if (found.size > mostVariables)
        throw new LanguageError(file, node.at.line, node.at.column, `A function has at most ${mostVariables} variables.`);
    }
  if (found.size === 0) throw new LanguageError(file, 1, 1, 'This has no variable; a function such as `x^2 + y^2` is expected.');
  return [...found.keys()];
}

/** A function gives a number for numbers: truths only where a choice asks for one. */
function checkNumbers(node: Expression, expected: 'number' | 'truth', file: string): void {
  const fail = (problem: string): never => {
    throw new LanguageError(file, node.at.line, node.at.column, problem);
  };
  const give = (kind: 'number' | 'truth'): void => {
    if (kind !== expected)
      fail(expected === 'number' ? 'This is true or false; a number is expected.' : 'This is a number; true or false is expected.');
  };
  switch (node.kind) {
    case 'text':
      return fail('A function has no texts; a number is expected.');
    case 'number':
    case 'name':
      return give('number');
    case 'truth':
      return give('truth');
    case 'unary':
      give(node.operator === 'not' ? 'truth' : 'number');
      return checkNumbers(node.operand, expected, file);
    case 'choice':
      checkNumbers(node.condition, 'truth', file);
      checkNumbers(node.then, expected, file);
      return checkNumbers(node.otherwise, expected, file);
    case 'call':
      if (isReduction(node) || operations.has(node.name))
        fail(`\`${node.name}\` is taken over the tensors of a rule; a function's variables are single numbers.`);
      give('number');
      return node.operands.forEach((operand) => checkNumbers(operand, 'number', file));
    case 'binary': {
      const connective = node.operator === 'and' || node.operator === 'or';
      give(['+', '-', '*', '/', '^'].includes(node.operator) ? 'number' : 'truth');
      checkNumbers(node.left, connective ? 'truth' : 'number', file);
      return checkNumbers(node.right, connective ? 'truth' : 'number', file);
    }
  }
}
