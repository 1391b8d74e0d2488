/**
 * The effective learning rate, derived from a rule that does not state it: where the last `w = …` adds a multiple of the gradient, or of
 * a running average of it, to the weights, the rate is that multiple. What is no multiple (a sign, a square, a matrix product) is left
 * to the rule to state.
 */
import { children, mapChildren, nodes, type Assignment, type Expression, type RuleTree } from './tree';
import { isReduction } from './functions';

/** How far definitions are followed, and how many parts of expressions are looked at in all. */
const furthest = 20;
const most = 2_000;

/** The tree with a line `rate = …` before the last `w = …`, where it has none and one follows; else the tree itself. */
export function withRate(tree: RuleTree): RuleTree {
  const { lines, kind } = tree;
  const last = lastAssigned(lines, 'w');
  if (kind === 'wrapper' || last < 0 || lines.some(({ target }) => target === 'rate')) return tree;
  const step = new Derivation(tree).factor(lines[last].value, last, 0);
  if (step === null) return tree;
  const { value, at, targetAt } = lines[last];
  const rate: Assignment = { target: 'rate', targetAt, value: positive(step, value), at };
  return { ...tree, lines: [...lines.slice(0, last), rate, ...lines.slice(last)] };
}

const lastAssigned = (lines: readonly Assignment[], name: string): number => lines.map(({ target }) => target).lastIndexOf(name);

/** Weights go against the gradient: the factor is negative, and the rate is what it takes away. */
function positive(factor: Expression, { at }: Expression): Expression {
  return factor.kind === 'unary' && factor.operator === '-' ? factor.operand : { kind: 'unary', operator: '-', operand: factor, at };
}

class Derivation {
  private readonly states: ReadonlySet<string>;
  /** Lines that assign each name, ascending. */
  private readonly assignments = new Map<string, number[]>();
  /** Of each line: does its value turn with the gradient? */
  private readonly turning: boolean[];
  private looked = 0;

  constructor(private readonly tree: RuleTree) {
    this.states = new Set(tree.states.map(({ name }) => name));
    tree.lines.forEach(({ target }, i) => {
      const lines = this.assignments.get(target);
      if (lines) lines.push(i);
      else this.assignments.set(target, [i]);
    });
    this.turning = tree.lines.map(() => false);
    // A state read before it is assigned turns if its last line does: the passes go on until none changes any more.
    for (let round = 0; round <= this.states.size; round++) {
      const before = this.turning.slice();
      tree.lines.forEach(({ value }, i) => (this.turning[i] = this.directed(value, i)));
      if (before.every((each, i) => each === this.turning[i])) break;
    }
  }

  /**
   * By what `node`, read before line `before`, multiplies the gradient or an average of it; null where it is no multiple. Of a sum it is
   * the multiple in the term that has one; where several have, the one of the gradient itself.
   */
  factor(node: Expression, before: number, depth: number): Expression | null {
    if (depth > furthest || ++this.looked > most || !this.directed(node, before)) return null;
    switch (node.kind) {
      case 'name':
        return this.named(node, before, depth);
      case 'unary':
        return negated(this.factor(node.operand, before, depth), node);
      case 'choice': {
        const then = this.factor(node.then, before, depth);
        const otherwise = this.factor(node.otherwise, before, depth);
        return then && otherwise && { ...node, then, otherwise };
      }
      case 'binary':
        return this.binary(node, before, depth);
      default:
        return null;
    }
  }

  private named(node: Expression & { kind: 'name' }, before: number, depth: number): Expression | null {
    const one: Expression = { kind: 'number', value: 1, at: node.at };
    if (node.name === 'g') return one;
    const line = this.definition(node.name, before);
    if (line === null) return null;
    const { value } = this.tree.lines[line];
    const inside = this.factor(this.states.has(node.name) ? withoutName(value, node.name) : value, line, depth + 1);
    // m = beta*m + (1 - beta)*g is an average: the gradient itself, only smoother.
    return inside !== null && this.states.has(node.name) && isAverage(value, node.name, inside) ? one : inside;
  }

  private binary(node: Expression & { kind: 'binary' }, before: number, depth: number): Expression | null {
    const { operator, left, right } = node;
    const [inLeft, inRight] = [left, right].map((side) => this.directed(side, before));
    if (operator === '+' || operator === '-') {
      const a = inLeft ? this.factor(left, before, depth) : null;
      const b = inRight ? this.factor(right, before, depth) : null;
      if ((inLeft && a === null) || (inRight && b === null)) return null;
      const signed = operator === '-' ? negated(b, right) : b;
      return inLeft && (!inRight || mentions(left, 'g')) ? a : signed;
    }
    if (operator === '/' && inLeft && !inRight) {
      const factor = this.factor(left, before, depth);
      return factor && signedBy(factor, (inner) => ({ ...node, left: inner }));
    }
    if (operator === '*' && inLeft !== inRight) {
      const factor = this.factor(inLeft ? left : right, before, depth);
      const other = inLeft ? right : left;
      return factor && signedBy(factor, (inner) => (isOne(inner) ? other : { ...node, left: inner, right: other }));
    }
    return null;
  }

  /** Does the value turn with the gradient: is `g`, or a name defined by it linearly, part of it outside squares and norms? */
  private directed(node: Expression, before: number): boolean {
    if (node.kind === 'name') {
      if (node.name === 'g') return true;
      const line = node.name === 'w' ? null : this.definition(node.name, before);
      return line !== null && this.turning[line];
    }
    // What is even in the gradient measures its size, not its direction.
    if (node.kind === 'call' && (isReduction(node) || node.name === 'abs')) return false;
    if (node.kind === 'binary' && node.operator === '^') return false;
    const parts = node.kind === 'choice' ? [node.then, node.otherwise] : children(node);
    const product = node.kind === 'binary' && node.operator === '*';
    const turning = parts.filter((part) => this.directed(part, before)).length;
    return turning > 0 && !(product && turning === 2);
  }

  /** The line that gives the name its value before line `before`; a state not assigned yet has that of the last step. */
  private definition(name: string, before: number): number | null {
    const lines = this.assignments.get(name) ?? [];
    for (let i = lines.length - 1; i >= 0; i--) if (lines[i] < before) return lines[i];
    return this.states.has(name) ? (lines.at(-1) ?? null) : null;
  }
}

const isOne = (node: Expression): boolean => node.kind === 'number' && node.value === 1;
const mentions = (node: Expression, name: string): boolean => nodes(node).some((each) => each.kind === 'name' && each.name === name);

function negated(node: Expression | null, { at }: Expression): Expression | null {
  if (node === null) return null;
  return node.kind === 'unary' && node.operator === '-' ? node.operand : { kind: 'unary', operator: '-', operand: node, at };
}

/** Keeps a sign in front. */
function signedBy(factor: Expression, change: (inner: Expression) => Expression): Expression {
  return factor.kind === 'unary' && factor.operator === '-' ? { ...factor, operand: change(factor.operand) } : change(factor);
}

/** The value with 0 in the place of the name: what a running average takes in new. */
const withoutName = (node: Expression, name: string): Expression =>
  node.kind === 'name' && node.name === name
    ? { kind: 'number', value: 0, at: node.at }
    : mapChildren(node, (part) => withoutName(part, name));

/** Is `value`, an average by its own name, weighted to one: beta*m + (1 - beta)*g? */
function isAverage(value: Expression, name: string, taken: Expression): boolean {
  if (taken.kind !== 'binary' || taken.operator !== '-' || !isOne(taken.left)) return false;
  const { right: beta } = taken;
  return nodes(value).some(
    (node) =>
      node.kind === 'binary' &&
      node.operator === '*' &&
      [
        [node.left, node.right],
        [node.right, node.left],
      ].some(([a, b]) => a.kind === 'name' && a.name === name && same(b, beta)),
  );
}

const same = (a: Expression, b: Expression): boolean => bare(a) === bare(b);
const bare = (node: Expression): string => JSON.stringify(node, (key, value: unknown) => (key === 'at' ? undefined : value));
