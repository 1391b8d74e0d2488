/**
 * A program in single assignment, with everything that is one number for the layer hoisted out of the element-wise lines: what the
 * lowerings to vector hardware (WebAssembly, later WGSL) start from. Numbers are computed in float64 once a step; what is left runs
 * in one pass over memory.
 */
import { reductions } from './functions';
import { print } from './print';
import { shapeOf, type Program } from './program';
import { mapChildren, type Expression } from './tree';

/** One step of the lowered program; a name is assigned once. */
export type Step =
  /** One number, from numbers. */
  | { readonly kind: 'scalar'; readonly name: string; readonly value: Expression }
  /** One number, from a sum over the layer. @see reductions */
  | { readonly kind: 'reduce'; readonly name: string; readonly reduction: string; readonly operand: Expression }
  /** A number or a truth a weight; its scalars are literals or names. */
  | { readonly kind: 'tensor'; readonly name: string; readonly value: Expression };

export interface Lowered {
  readonly steps: readonly Step[];
  /** The name that holds the final value of `w`, `g`, each state, `rate` and each intermediate. */
  readonly final: ReadonlyMap<string, string>;
  /** Names that are true or false rather than a number. */
  readonly truths: ReadonlySet<string>;
}

/** Whether an expression is true or false. */
export function isTruth(node: Expression, truths: ReadonlySet<string>): boolean {
  switch (node.kind) {
    case 'truth':
      return true;
    case 'name':
      return truths.has(node.name);
    case 'unary':
      return node.operator === 'not';
    case 'binary':
      return !['+', '-', '*', '/', '^'].includes(node.operator);
    case 'choice':
      return isTruth(node.then, truths);
    default:
      return false;
  }
}

/** Names made here contain a `.`, which the language's own cannot. */
export function lower({ lines, states }: Program): Lowered {
  const steps: Step[] = [];
  const tensors = new Set(['w', 'g', ...states.map(({ name }) => name)]);
  const current = new Map<string, string>([...tensors].map((name) => [name, name]));
  const truths = new Set<string>();
  const hoisted = new Map<string, string>();

  const rename = (node: Expression): Expression =>
    node.kind === 'name' ? { ...node, name: current.get(node.name) ?? node.name } : mapChildren(node, rename);

  /** Takes the reductions out of an expression, inner ones first. */
  function takeReductions(node: Expression): Expression {
    const inner = mapChildren(node, takeReductions);
    if (inner.kind !== 'call' || !reductions.has(inner.name)) return inner;
    const key = print(inner);
    const name = hoisted.get(key) ?? `.${key}`;
    if (!hoisted.has(key)) {
      hoisted.set(key, name);
      steps.push({ kind: 'reduce', name, reduction: inner.name, operand: hoist(inner.operands[0]) });
    }
    return { kind: 'name', name, at: node.at };
  }

  /** Replaces the largest scalar parts by names of their own. */
  function hoist(node: Expression): Expression {
    if (shapeOf(node, tensors) === 'tensor') {
      if (node.kind === 'binary' && node.operator === '/' && shapeOf(node.right, tensors) === 'scalar')
        return mapChildren({ ...node, operator: '*', right: reciprocal(node.right) }, hoist);
      return mapChildren(node, hoist);
    }
    if (node.kind === 'number' || node.kind === 'truth' || node.kind === 'name') return node;
    const key = print(node);
    const name = hoisted.get(key) ?? `.${key}`;
    if (!hoisted.has(key)) {
      hoisted.set(key, name);
      if (isTruth(node, truths)) truths.add(name);
      steps.push({ kind: 'scalar', name, value: node });
    }
    return { kind: 'name', name, at: node.at };
  }

  for (const { target, value, shape } of lines) {
    const renamed = takeReductions(rename(value));
    const name = `${target}.${steps.length}`;
    if (isTruth(renamed, truths)) truths.add(name);
    if (shape === 'tensor') {
      const vector = hoist(renamed);
      tensors.add(name);
      steps.push({ kind: 'tensor', name, value: vector });
    } else {
      steps.push({ kind: 'scalar', name, value: renamed });
    }
    current.set(target, name);
  }
  return { steps, final: current, truths };
}

/** Division by one number for all is multiplication by its reciprocal, taken in float64. */
const reciprocal = (node: Expression): Expression =>
  node.kind === 'number'
    ? { ...node, value: 1 / node.value }
    : { kind: 'binary', operator: '/', left: { kind: 'number', value: 1, at: node.at }, right: node, at: node.at };
