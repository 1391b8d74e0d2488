/** Writes a tree as the language writes it, with no bracket that precedence does not need: reading it again gives the same tree. */
import { showShape } from './shape';
import type { BinaryOperator, Expression } from './tree';

/** How strongly each form binds; a part that binds more weakly than its place gets brackets. */
const strength: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '^': 8,
};
const notStrength = 3;
const signStrength = 7;
const atomStrength = 9;

/** Tight where readers read tight, as in the papers: `beta1*m + (1 - beta1)*g^2`. */
const spaced = (operator: BinaryOperator): string => (strength[operator] >= 6 ? operator : ` ${operator} `);

function strengthOf(node: Expression): number {
  if (node.kind === 'choice') return 0;
  if (node.kind === 'binary') return strength[node.operator];
  if (node.kind === 'call' && node.name === 'matmul') return strength['*'];
  if (node.kind === 'unary') return node.operator === '-' ? signStrength : notStrength;
  return node.kind === 'number' && (node.value < 0 || Object.is(node.value, -0)) ? signStrength : atomStrength;
}

const within = (node: Expression, least: number): string => (strengthOf(node) < least ? `(${print(node)})` : print(node));

/** @returns the expression as text */
export function print(node: Expression): string {
  switch (node.kind) {
    case 'number':
      return Object.is(node.value, -0) ? '-0' : String(node.value);
    case 'text':
      return `"${node.value}"`;
    case 'truth':
      return String(node.value);
    case 'name':
      return node.name;
    case 'call': {
      const { name, operands, all, shape, site } = node;
      if (name === 'matmul') return `${within(operands[0], strength['*'])} @ ${within(operands[1], strength['*'] + 1)}`;
      return `${name}(${[...operands.map(print), ...(all ? ['all'] : []), ...(shape ? [showShape(shape)] : []), ...(site === undefined ? [] : [`#${site}`])].join(', ')})`;
    }
    case 'choice':
      return `if ${print(node.condition)} then ${print(node.then)} else ${print(node.otherwise)}`;
    case 'unary':
      return node.operator === '-' ? `-${within(node.operand, signStrength)}` : `not ${within(node.operand, notStrength)}`;
    case 'binary': {
      const own = strength[node.operator];
      // `^` takes a bare sign or another power on its right; comparisons take none of their own kind on either side.
      const left = within(node.left, own === 8 || own === 4 ? own + 1 : own);
      const right = within(node.right, own === 8 ? signStrength : own + 1);
      return `${left}${spaced(node.operator)}${right}`;
    }
  }
}
