/**
 * The tree of the update-rule language: what the parser makes and what every lowering (reference, WebAssembly, formula, later WGSL)
 * reads. Every node knows where it stands in the text, so that an error, a breakpoint or a hover can point at it.
 */

import type { Shape } from './shape';

/** A stretch of the text; lines and columns from 1, the end exclusive. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export type Arithmetic = '+' | '-' | '*' | '/' | '^';
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type Connective = 'and' | 'or';
export type BinaryOperator = Arithmetic | Comparison | Connective;

export type Expression =
  | { readonly kind: 'number'; readonly value: number; readonly at: Span }
  | { readonly kind: 'text'; readonly value: string; readonly at: Span }
  | { readonly kind: 'truth'; readonly value: boolean; readonly at: Span }
  | { readonly kind: 'name'; readonly name: string; readonly at: Span }
  | { readonly kind: 'unary'; readonly operator: '-' | 'not'; readonly operand: Expression; readonly at: Span }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression; readonly at: Span }
  | {
      readonly kind: 'choice';
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
      readonly at: Span;
    }
  | {
      readonly kind: 'call';
      /** A function; `A @ B` is the function `matmul`. */
      readonly name: string;
      readonly operands: readonly Expression[];
      /** A reduction over all layers rather than one: `norm(g, all)`. */
      readonly all?: true;
      /** Of the made function `expand` only: the shape that its operand is repeated to. */
      readonly shape?: Shape;
      /** Of a random draw in a program: which of the rule's draws it is, from 0. */
      readonly site?: number;
      readonly at: Span;
    };

/** The values a hyperparameter may take. */
export type Domain =
  | { readonly kind: 'interval'; readonly from: number; readonly fromIncluded: boolean; readonly to: number; readonly toIncluded: boolean }
  | { readonly kind: 'choices'; readonly values: readonly string[] }
  | { readonly kind: 'truth' };

export interface ParameterDeclaration {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly default: number | boolean | string;
  readonly domain: Domain;
  /** How papers write it. */
  readonly symbol: string;
  readonly doc: string;
  readonly at: Span;
}

/** What lasts from step to step, a value a layer. */
export interface StateDeclaration {
  readonly name: string;
  /** [rows, columns] unless the rule says otherwise. */
  readonly shape: Shape;
  /** What it starts as: an expression of hyperparameters and the initial weights; 0 where it is left out. */
  readonly initial: Expression;
  readonly at: Span;
}

/** What the hyperparameters must satisfy together. */
export interface Requirement {
  readonly condition: Expression;
  /** What to tell a person who breaks it. */
  readonly message: string;
  readonly at: Span;
}

/** One line of the rule: `v = beta2*v + (1 - beta2)*g^2`. */
export interface Assignment {
  readonly target: string;
  readonly targetAt: Span;
  readonly value: Expression;
  readonly at: Span;
}

export interface RuleTree {
  /** A wrapper goes round the lines of another rule. */
  readonly kind: 'optimizer' | 'wrapper';
  readonly name: string;
  readonly nameAt: Span;
  readonly title: string;
  readonly summary: string;
  readonly use: string;
  readonly relatives: readonly string[];
  readonly source: string;
  readonly parameters: readonly ParameterDeclaration[];
  readonly states: readonly StateDeclaration[];
  readonly requirements: readonly Requirement[];
  readonly lines: readonly Assignment[];
  /** Of a wrapper: before which of its lines the wrapped rule stands; null in an optimizer. */
  readonly inner: number | null;
}

/** The direct parts of a node. */
export function children(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'choice':
      return [node.condition, node.then, node.otherwise];
    case 'call':
      return node.operands;
    default:
      return [];
  }
}

/** The same node with each direct part replaced by what `change` makes of it. */
export function mapChildren(node: Expression, change: (part: Expression) => Expression): Expression {
  switch (node.kind) {
    case 'unary':
      return { ...node, operand: change(node.operand) };
    case 'binary':
      return { ...node, left: change(node.left), right: change(node.right) };
    case 'choice':
      return { ...node, condition: change(node.condition), then: change(node.then), otherwise: change(node.otherwise) };
    case 'call':
      return { ...node, operands: node.operands.map(change) };
    default:
      return node;
  }
}

/** Every node of an expression, a whole before its parts, left to right. */
export function nodes(root: Expression): Expression[] {
  const found: Expression[] = [];
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    found.push(node);
    const parts = children(node);
    for (let i = parts.length - 1; i >= 0; i--) open.push(parts[i]);
  }
  return found;
}
