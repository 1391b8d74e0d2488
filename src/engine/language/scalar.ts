/**
 * Values that are one number for a whole layer, in float64: hyperparameters, the step, and what follows from them. Also the
 * simplification that a rule undergoes once its settings are known, so that what is switched off costs nothing.
 */
import type { HyperparameterValue } from './rule';
import { constants, elementwise, isReduction, power } from './functions';
import { mapChildren, type BinaryOperator, type Expression } from './tree';

/** What an operator makes of two numbers; truths are 0 and 1. */
export const operate: Readonly<Record<BinaryOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': power,
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  and: (a, b) => Number(a !== 0 && b !== 0),
  or: (a, b) => Number(a !== 0 || b !== 0),
};

/**
 * Puts the settings in the place of their names and simplifies what that settles: choices take their side, sums lose their zeros and
 * products their ones, so that a hyperparameter of 0 means "not there", as PyTorch's `if weight_decay != 0` does.
 */
export function settle(node: Expression, settings: Readonly<Record<string, HyperparameterValue>>): Expression {
  return simplify(node, new Map(Object.entries(settings)));
}

function simplify(node: Expression, settings: ReadonlyMap<string, HyperparameterValue>): Expression {
  if (node.kind === 'name') {
    const value = settings.get(node.name) ?? constants.get(node.name);
    return value === undefined ? node : literal(value, node);
  }
  if (node.kind === 'choice') {
    const condition = simplify(node.condition, settings);
    if (condition.kind === 'truth') return simplify(condition.value ? node.then : node.otherwise, settings);
    return { ...node, condition, then: simplify(node.then, settings), otherwise: simplify(node.otherwise, settings) };
  }
  const settled = mapChildren(node, (part) => simplify(part, settings));
  if (settled.kind === 'binary') return simplifyBinary(settled);
  if (settled.kind === 'unary') {
    const { operand, operator } = settled;
    if (operator === '-' && operand.kind === 'number') return literal(-operand.value, settled);
    if (operator === 'not' && operand.kind === 'truth') return literal(!operand.value, settled);
  }
  if (settled.kind === 'call') {
    const numbers = settled.operands.map((operand) => (operand.kind === 'number' ? operand.value : null));
    const known = isReduction(settled) ? undefined : elementwise.get(settled.name);
    if (known !== undefined && numbers.every((each) => each !== null)) return literal(known.value(numbers[0], numbers[1]), settled);
  }
  return settled;
}

function literal(value: HyperparameterValue, { at }: Expression): Expression {
  if (typeof value === 'number') return { kind: 'number', value, at };
  return typeof value === 'boolean' ? { kind: 'truth', value, at } : { kind: 'text', value, at };
}

function simplifyBinary(node: Expression & { kind: 'binary' }): Expression {
  const { operator, left, right } = node;
  const isNumber = (side: Expression, value: number): boolean => side.kind === 'number' && side.value === value;
  switch (operator) {
    case 'and':
    case 'or': {
      const decides = operator === 'or';
      for (const [side, other] of [
        [left, right],
        [right, left],
      ])
        if (side.kind === 'truth') return side.value === decides ? side : other;
      return node;
    }
    case '==':
    case '!=':
      if ('value' in left && 'value' in right) return literal((left.value === right.value) === (operator === '=='), node);
      return node;
    case '+':
      if (isNumber(left, 0)) return right;
      if (isNumber(right, 0)) return left;
      break;
    case '-':
      if (isNumber(right, 0)) return left;
      break;
    case '*':
      if (isNumber(left, 0) || isNumber(right, 1)) return left;
      if (isNumber(right, 0) || isNumber(left, 1)) return right;
      break;
    case '/':
    case '^':
      if (isNumber(right, 1)) return left;
      break;
  }
  if (left.kind !== 'number' || right.kind !== 'number') return node;
  const value = operate[operator](left.value, right.value);
  return literal(['<', '<=', '>', '>='].includes(operator) ? value !== 0 : value, node);
}

/** Whether a condition on hyperparameters alone holds. */
export function settledTruth(condition: Expression, settings: Readonly<Record<string, HyperparameterValue>>): boolean {
  const settled = settle(condition, settings);
  return settled.kind === 'truth' && settled.value;
}

/** The value of an expression of hyperparameters alone. */
export function settledNumber(expression: Expression, settings: Readonly<Record<string, HyperparameterValue>>): number {
  const settled = settle(expression, settings);
  return settled.kind === 'number' ? settled.value : NaN;
}
