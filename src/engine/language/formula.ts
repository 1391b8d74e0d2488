/**
 * The rule as papers write it: `v ← β₂·v + (1 − β₂)·g²`, `v̂ = v/(1 − β₂ᵗ)`. For hovers and documentation; one line of text for each
 * line of the rule. With settings, only the form that they choose is shown, and what is switched off is left out.
 */
import { constants } from './functions';
import { greek } from './greek';
import type { Hyperparameter, HyperparameterValue, Rule } from './rule';
import { settle } from './scalar';
import { children, mapChildren, nodes, type Assignment, type BinaryOperator, type Expression } from './tree';

export interface FormulaOptions {
  /** A hyperparameter, by its name or another of its names: its symbol is emphasised, and the lines are Markdown. */
  readonly mark?: string;
  /** Values of hyperparameters (the others stay open): choices and zeros that they settle are not shown. */
  readonly settings?: Readonly<Record<string, HyperparameterValue>>;
}

const superscripts: Readonly<Record<string, string>> = { '-': '⁻', t: 'ᵗ', n: 'ⁿ', k: 'ᵏ', i: 'ⁱ' };
const superscript = (text: string): string => text.replace(/[\d\-tnki]/g, (c) => superscripts[c] ?? '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)]);
const subscript = (digits: string): string => digits.replace(/\d/g, (c) => '₀₁₂₃₄₅₆₇₈₉'[Number(c)]);

const symbols: Readonly<Partial<Record<BinaryOperator, string>>> = {
  '+': ' + ',
  '-': ' − ',
  '*': '·',
  '/': '/',
  '==': ' = ',
  '!=': ' ≠ ',
  '<': ' < ',
  '<=': ' ≤ ',
  '>': ' > ',
  '>=': ' ≥ ',
  and: ' and ',
  or: ' or ',
};
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
  '/': 7,
  '^': 9,
};
const sign = 8;
const atom = 10;

/** How a name of the language's own looks in print: `mHat` is m̂, `x1` is x₁, `rhoMax` is ρMax. */
function printed(written: string): string {
  const name = written
    .slice(written.indexOf('.') + 1) // without the wrapper that it belongs to
    .replace(/^[a-z]+/, (word) => greek[word] ?? word);
  const hat = /^(\p{L})(Hat|Bar)$/u.exec(name);
  if (hat) return hat[1] + (hat[2] === 'Hat' ? '\u0302' : '\u0304');
  const numbered = /^(\p{L}+)(\d+)$/u.exec(name);
  return numbered ? numbered[1] + subscript(numbered[2]) : name;
}

/** Characters that mean something in Markdown, made plain. */
const escaped = (text: string): string => text.replace(/[\\`*_{}[\]<>#|~!]/g, '\\$&');

/** @returns the rule, a line for each of its lines; the stability limit is left out. Plain text, or Markdown where a symbol is marked. */
export function formula(rule: Rule, { mark, settings = {} }: FormulaOptions = {}): string[] {
  if (rule.kind === 'code') return [...rule.formula];
  const writer = new Writer(rule, mark);
  const shown = rule.tree.lines
    .filter(({ target }) => target !== 'limit')
    .map((line) => ({ ...line, value: present(line.value, settings) }))
    .filter(({ target, value }) => value.kind !== 'name' || value.name !== target);
  const told = rule.tree.kind === 'wrapper' ? ['w', 'g'] : ['w', 'rate'];
  return leading(withoutAliases(shown), told).map((line) => writer.line(line));
}

/** What the names of a line look like in print. */
export interface FormulaNames {
  readonly hyperparameters: readonly Pick<Hyperparameter, 'name' | 'aliases' | 'symbol'>[];
  readonly states: readonly string[];
}

/** @returns one line as papers write it, in plain text; it needs no more of its rule than the names */
export const lineFormula = (names: FormulaNames, line: Assignment): string => new Writer(names, undefined).line(line);

const readBy = ({ value }: Assignment): string[] => nodes(value).flatMap((node) => (node.kind === 'name' ? [node.name] : []));

/** Where a name only stands for another (`d = b` without Nesterov), the other is written in its place. */
function withoutAliases(lines: readonly Assignment[]): readonly Assignment[] {
  const firstRead = new Map<string, number>();
  const lastAssigned = new Map<string, number>();
  lines.forEach((line, i) => {
    for (const name of readBy(line)) if (!firstRead.has(name)) firstRead.set(name, i);
    lastAssigned.set(line.target, i);
  });
  const meant = new Map<string, string>();
  const replaced = (node: Expression): Expression =>
    node.kind === 'name' ? { ...node, name: meant.get(node.name) ?? node.name } : mapChildren(node, replaced);
  return lines.map((line, i) => {
    const { target } = line;
    const value = replaced(line.value);
    const settled = (name: string): boolean => (lastAssigned.get(name) ?? -1) <= i;
    const alias = value.kind === 'name' && target !== 'w' && target !== 'g' && (firstRead.get(target) ?? Infinity) > i;
    if (alias && settled(target) && settled(value.name)) meant.set(target, value.name);
    return { ...line, value };
  });
}

/** Without the lines that nothing shown reads. */
function leading(lines: readonly Assignment[], to: readonly string[]): readonly Assignment[] {
  const of = new Map<string, Assignment[]>();
  for (const line of lines) of.set(line.target, [...(of.get(line.target) ?? []), line]);
  const wanted = new Set(to);
  // A set also visits what is added while it is gone through.
  for (const name of wanted) for (const line of of.get(name) ?? []) for (const read of readBy(line)) wanted.add(read);
  return lines.filter(({ target }) => wanted.has(target));
}

/** The form that the settings choose; hyperparameters stay names. */
function present(node: Expression, settings: Readonly<Record<string, HyperparameterValue>>): Expression {
  if (node.kind === 'choice') {
    const condition = settle(node.condition, settings);
    if (condition.kind === 'truth') return present(condition.value ? node.then : node.otherwise, settings);
    const either = remaining(node.condition, settings);
    return { ...node, condition: either, then: present(node.then, settings), otherwise: present(node.otherwise, settings) };
  }
  const inner = mapChildren(node, (part) => present(part, settings));
  if (inner.kind !== 'binary') return inner;
  const { operator, left, right } = inner;
  const is = (side: Expression, value: number): boolean => {
    const settled = settle(side, settings);
    return settled.kind === 'number' && settled.value === value;
  };
  if (operator === '+' && is(left, 0)) return right;
  if ((operator === '+' || operator === '-') && is(right, 0)) return left;
  if (operator === '*' && (is(left, 0) || is(right, 1))) return left;
  if (operator === '*' && (is(right, 0) || is(left, 1))) return right;
  if (operator === '/' && is(right, 1)) return left;
  return inner;
}

/** A condition without the parts that the settings decide: of `momentum == 0 or t == 1`, what still depends on the step. */
function remaining(node: Expression, settings: Readonly<Record<string, HyperparameterValue>>): Expression {
  if (node.kind !== 'binary' || (node.operator !== 'and' && node.operator !== 'or')) return node;
  if (settle(node.left, settings).kind === 'truth') return remaining(node.right, settings);
  if (settle(node.right, settings).kind === 'truth') return remaining(node.left, settings);
  return node;
}

class Writer {
  private readonly symbols = new Map<string, string>();
  private readonly lasting: ReadonlySet<string>;
  private readonly plain: (text: string) => string;

  constructor(rule: FormulaNames, mark: string | undefined) {
    this.plain = mark === undefined ? (text) => text : escaped;
    this.lasting = new Set(['w', 'g', ...rule.states]);
    for (const { name, aliases, symbol } of rule.hyperparameters) {
      const marked = mark !== undefined && (name === mark || aliases.includes(mark));
      this.symbols.set(name, marked ? `**${this.plain(symbol)}**` : this.plain(symbol));
    }
  }

  line({ target, value }: Assignment): string {
    return `${this.name(target)} ${this.lasting.has(target) ? '←' : '='} ${this.write(value)}`;
  }

  private name(name: string): string {
    if (name === 'lr0') return `${this.symbols.get('lr') ?? ''}₀`;
    if (givenForms[name] !== undefined) return this.plain(givenForms[name]);
    return this.symbols.get(name) ?? this.plain(constants.has(name) ? name : printed(name));
  }

  private strength(node: Expression): number {
    if (node.kind === 'choice') return 0;
    if (node.kind === 'binary') return strength[node.operator];
    if (node.kind === 'unary') return node.operator === '-' ? sign : 3;
    if (node.kind === 'call' && ['matmul', 'outer', 'solve'].includes(node.name)) return strength['*'];
    return node.kind === 'number' && node.value < 0 ? sign : atom;
  }

  private within(node: Expression, least: number): string {
    return this.strength(node) < least ? `(${this.write(node)})` : this.write(node);
  }

  write(node: Expression): string {
    switch (node.kind) {
      case 'number':
        return number(node.value);
      case 'text':
        return this.plain(node.value);
      case 'truth':
        return String(node.value);
      case 'name':
        return this.name(node.name);
      case 'unary':
        return node.operator === '-' ? `−${this.within(node.operand, sign)}` : `not ${this.within(node.operand, 3)}`;
      case 'choice':
        return `${this.within(node.then, 1)} if ${this.within(node.condition, 1)}, else ${this.write(node.otherwise)}`;
      case 'call':
        return this.call(node);
      case 'binary':
        return this.binary(node);
    }
  }

  private binary({ operator, left, right }: Expression & { kind: 'binary' }): string {
    if (operator === '^') return this.within(left, atom) + this.exponent(right);
    const own = strength[operator];
    const symbol = operator === '/' && (children(left).length > 0 || children(right).length > 0) ? ' / ' : symbols[operator];
    // a/b·c is read either way, so the fraction is put in brackets
    const fraction = left.kind === 'binary' && left.operator === '/' && (operator === '*' || operator === '/');
    return `${this.within(left, fraction ? atom : own === 4 ? 5 : own === 7 ? 6 : own)}${symbol}${this.within(right, own + 1)}`;
  }

  private exponent(node: Expression): string {
    if (node.kind === 'number' && Number.isInteger(node.value)) return superscript(String(node.value));
    if (node.kind === 'name' && node.name in superscripts) return superscript(node.name);
    return `^${this.within(node, atom)}`;
  }

  private call(node: Expression & { kind: 'call' }): string {
    const { name, operands, all } = node;
    const parts = operands.map((operand) => this.write(operand));
    const tight = operands.map((operand) => this.within(operand, atom));
    const form = forms[name];
    if (form !== undefined) return form(parts, tight, this.plain, all ? overAll : '');
    return `${this.plain(name)}(${[...parts, ...(all ? ['all'] : [])].join(', ')})`;
  }
}

/** How papers write the functions that have a sign of their own, from the operands as they are and in brackets where they need some. */
type Form = (parts: readonly string[], tight: readonly string[], plain: (text: string) => string, all: string) => string;
/** Stands at a reduction over all layers rather than one. */
const overAll = 'ₐₗₗ';
const forms: Readonly<Record<string, Form>> = {
  sqrt: (_, [x]) => `√${x}`,
  abs: ([x], _, plain) => `${plain('|')}${x}${plain('|')}`,
  floor: ([x]) => `⌊${x}⌋`,
  ceil: ([x]) => `⌈${x}⌉`,
  norm: ([x], _, _plain, all) => `‖${x}‖${all}`,
  sum: (_, [x], _plain, all) => `Σ${all}${x}`,
  mod: (_, [a, b]) => `${a} mod ${b}`,
  expand: ([x]) => x,
  matmul: (_, [a, b]) => `${a}·${b}`,
  outer: (_, [u, v]) => `${u}·${v}ᵀ`,
  transpose: (_, [a]) => `${a}ᵀ`,
  inverse: (_, [s]) => `${s}⁻¹`,
  solve: (_, [s, b]) => `${s}⁻¹·${b}`,
  inverseRoot: (_, [s, p], plain) => `${s}${plain('^')}(−1/${p})`,
  trace: ([s]) => `tr(${s})`,
  identity: () => 'I',
  gradient: ([x]) => `∇f(${x})`,
  loss: ([x]) => `f(${x})`,
  hessian: (_, [v]) => `H·${v}`,
  gaussNewton: (_, [v]) => `G·${v}`,
  hessianSolve: ([, d], [v]) => `(H + ${d}·I)⁻¹·${v}`,
  hessianAbsSolve: ([, d], [v], plain) => `(${plain('|')}H${plain('|')} + ${d}·I)⁻¹·${v}`,
  gaussNewtonSolve: ([, d], [v]) => `(G + ${d}·I)⁻¹·${v}`,
  normal: () => 'N(0, 1)',
  rademacher: () => '±1',
};

/** Names of the language that papers write otherwise. */
const givenForms: Readonly<Record<string, string>> = { pi: 'π', loss: 'f(w)', inputMoment: 'E[a·aᵀ]', errorMoment: 'E[δ·δᵀ]' };

/** `0.001`, `10⁻⁸`: a number as a formula writes it. */
function number(value: number): string {
  const power = /^1e([+-]\d+)$/.exec(String(value));
  return power ? `10${superscript(power[1].replace('+', ''))}` : String(value).replace('-', '−');
}
