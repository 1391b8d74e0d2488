/**
 * The names that the language itself has, as the editor tells them: signature, kind, meaning. All come from the tables that the checker and the
 * lowerings read; only the words between expressions are described here.
 */
import { constants, elementwise, reductions } from '../functions';
import { operations } from '../operations';
import { showShape, type Shape } from '../shape';
import { given } from '../types';

/** One way to use a function or a name. */
export interface Form {
  /** `elementwise` of values of any shape, a `reduction` of one to a number, an `operation` on whole matrices or of the model, or a plain name. */
  readonly kind: 'elementwise' | 'reduction' | 'operation' | 'given' | 'constant';
  /** `norm(x)` */
  readonly signature: string;
  /** Names of the operands; null for a name that takes none and no brackets. */
  readonly operands: readonly string[] | null;
  readonly doc: string;
}

export interface Known {
  readonly name: string;
  readonly forms: readonly Form[];
}

const letters = ['a', 'b', 'c'];

/** Written as an operator, not by its name. */
const operators: ReadonlySet<string> = new Set(['matmul']);

function form(kind: Form['kind'], name: string, operands: readonly string[] | null, doc: string): Form {
  return { kind, signature: operands === null ? name : `${name}(${operands.join(', ')})`, operands, doc };
}

function formsOf(name: string): Form[] {
  const forms: Form[] = [];
  const each = elementwise.get(name);
  if (each)
    forms.push(form('elementwise', name, each.operands === 1 ? ['x'] : letters.slice(0, each.operands), `${each.doc}, element by element`));
  const whole = reductions.get(name);
  if (whole) forms.push(form('reduction', name, ['x'], `${whole.doc}; \`${name}(x, all)\` is over all layers`));
  const own = given.get(name);
  if (own) forms.push(form('given', name, null, `${own.doc} · ${own.kind === 'truth' ? 'true or false' : shapeInWords(own.shape)}`));
  const constant = constants.get(name);
  if (constant !== undefined) forms.push(form('constant', name, null, `${constant}`));
  const operation = operations.get(name);
  if (operation && !operators.has(name)) {
    const shape = operation.name ? operation.shape([]) : '';
    const told = typeof shape === 'string' ? '' : ` · ${shapeInWords(shape)}`;
    forms.push(form(operation.name ? 'given' : 'operation', name, operation.name ? null : operation.operands, operation.doc + told));
  }
  return forms;
}

/** `one number`, `[rows, columns]` */
export const shapeInWords = (shape: Shape): string => (shape[0] === 1 && shape[1] === 1 ? 'one number' : showShape(shape));

function collect(): Map<string, Known> {
  const names = new Set([...given.keys(), ...constants.keys(), ...elementwise.keys(), ...reductions.keys(), ...operations.keys()]);
  const found = new Map<string, Known>();
  for (const name of names) {
    const forms = formsOf(name);
    if (forms.length > 0) found.set(name, { name, forms });
  }
  return found;
}

/** Every name of the language that an expression may use. */
export const vocabulary: ReadonlyMap<string, Known> = collect();

/** What a rule tells beside the weights. */
export const told: ReadonlyMap<string, string> = new Map([
  [
    'rate',
    'The effective learning rate: the factor by which the rule multiplies the gradient, or its running average, of each weight. Where the rule is a plain step it follows from the lines and need not be told.',
  ],
  [
    'limit',
    'The sharpness (largest eigenvalue of the Hessian) above which the rule is unstable on a quadratic; the Curvature card draws it.',
  ],
]);

/** Words within expressions. */
export const expressionWords: ReadonlyMap<string, string> = new Map([
  ['if', '`if condition then a else b`: a choice, element by element where the condition is.'],
  ['then', '`if condition then a else b`: a choice, element by element where the condition is.'],
  ['else', '`if condition then a else b`: a choice always has both sides.'],
  ['and', 'True where both are.'],
  ['or', 'True where either is.'],
  ['not', 'True where what follows is not.'],
  ['true', 'True.'],
  ['false', 'False.'],
  ['all', 'Behind the value of a reduction: over all layers at once, `norm(g, all)`.'],
]);

/** Words within a declaration of a hyperparameter. */
export const parameterWords: ReadonlyMap<string, string> = new Map([
  ['in', 'The domain: an interval, `[0, 1)` or `(0, inf)`, or choices, `{"a", "b"}`.'],
  ['as', 'How papers write it, `as "β₁"`: formulas show it so.'],
  ['also', 'Other names by which a specification may call it.'],
  ['inf', 'No bound on this side.'],
]);
