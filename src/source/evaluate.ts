/**
 * The value of an expression as far as the text alone decides it: literals, arithmetic of them, tuples, and names bound to such
 * before. What is not certain is unknown; where there is a likely value (a parameter's default, one branch of two) it is a suggestion.
 */
import type { SyntaxNode } from '@lezer/common';
import { children, lookUp, type Call, type Names, type Scope } from './names';
import type { Literal, Reading } from './reading';

const deepest = 40;

/** The default of a command-line option, where it is written. */
export interface OptionDefault {
  readonly value: SyntaxNode;
  readonly scope: Scope;
}

export class Evaluator {
  /** Everybody who looks for something asks the same of every call. */
  private readonly callees = new WeakMap<Call, readonly string[]>();

  constructor(
    private readonly names: Names,
    /** By attribute name: `lr` of `args.lr`. */
    private readonly options: ReadonlyMap<string, OptionDefault> = new Map(),
  ) {}

  /** @param at the place whose bindings hold; names bound later do not count. */
  read(node: SyntaxNode, scope: Scope, at = node.from): Reading<Literal> {
    return this.evaluate(node, scope, at, 0);
  }

  /** The dotted paths that an expression may name, likeliest first: `optim.Adam` after `import torch.optim as optim` → `torch.optim.Adam`. */
  paths(node: SyntaxNode, scope: Scope, at = node.from, depth = 0): string[] {
    if (depth > deepest) return [];
    if (node.name === 'MemberExpression') {
      const [object, dot, property] = children(node);
      if (!object || dot?.name !== '.' || property?.name !== 'PropertyName') return [];
      return this.paths(object, scope, at, depth + 1).map((path) => `${path}.${this.text(property)}`);
    }
    if (node.name !== 'VariableName') return [];
    const name = this.text(node);
    const found = lookUp(name, scope, at);
    if (found.length > 0) {
      return found.flatMap(({ binding, scope: home }) =>
        binding.path !== null ? [binding.path] : binding.value ? this.paths(binding.value, home, binding.value.from, depth + 1) : [],
      );
    }
    const stars: string[] = [];
    for (let s: Scope | null = scope; s; s = s.parent) stars.push(...s.stars);
    // bound nowhere: a star import, or a module whose import is still to be typed
    return [...stars.map((module) => `${module}.${name}`), name];
  }

  /** The dotted paths that what a call calls may name. */
  callee(call: Call): readonly string[] {
    const known = this.callees.get(call);
    if (known) return known;
    const found = call.node.firstChild ? this.paths(call.node.firstChild, call.scope) : [];
    this.callees.set(call, found);
    return found;
  }

  text(node: SyntaxNode): string {
    return this.names.text.slice(node.from, node.to);
  }

  private evaluate(node: SyntaxNode, scope: Scope, at: number, depth: number): Reading<Literal> {
    const unknown = (suggestion?: Literal): Reading<Literal> => ({
      unknown: suggestion === undefined ? { source: this.text(node) } : { source: this.text(node), suggestion },
    });
    if (depth > deepest) return unknown();
    const inner = (child: SyntaxNode): Reading<Literal> => this.evaluate(child, scope, at, depth + 1);
    switch (node.name) {
      case 'Number': {
        const value = pythonNumber(this.text(node));
        return value === null ? unknown() : { known: value };
      }
      case 'Boolean':
        return { known: this.text(node) === 'True' };
      case 'None':
        return { known: null };
      case 'String':
        return plainString(this.text(node)) ?? unknown();
      case 'ParenthesizedExpression': {
        const [, content] = children(node);
        return content && !content.type.isError && content.name !== ')' ? this.rename(inner(content), node) : unknown();
      }
      case 'TupleExpression':
      case 'ArrayExpression': {
        const items = children(node).filter((child) => !['(', ')', '[', ']', ','].includes(child.name));
        const values: Literal[] = [];
        let certain = true;
        for (const item of items) {
          const reading = inner(item);
          const value = 'known' in reading ? reading.known : reading.unknown.suggestion;
          certain &&= 'known' in reading;
          if (value === undefined) return unknown();
          values.push(value);
        }
        return certain ? { known: values } : unknown(values);
      }
      case 'UnaryExpression':
        return this.combine(node, [node.lastChild], inner, ([a]) => unary(this.text(node.firstChild ?? node), a));
      case 'BinaryExpression': {
        const [left, operator, right] = children(node);
        return this.combine(node, [left, right], inner, ([a, b]) => binary(operator ? this.text(operator) : '', a, b));
      }
      case 'VariableName': {
        const [found] = lookUp(this.text(node), scope, at);
        if (!found) return unknown();
        const { binding, certain, scope: home } = found;
        const source = binding.value ?? binding.guess;
        if (!source) return unknown();
        const reading = this.evaluate(source, home, source.from, depth + 1);
        if (certain && binding.value && 'known' in reading) return reading;
        return unknown('known' in reading ? reading.known : reading.unknown.suggestion);
      }
      case 'MemberExpression': {
        const property = node.lastChild;
        const option = property?.name === 'PropertyName' ? this.options.get(this.text(property)) : undefined;
        if (!option) return unknown();
        const reading = this.evaluate(option.value, option.scope, option.value.from, depth + 1);
        return unknown('known' in reading ? reading.known : undefined);
      }
      default:
        return unknown();
    }
  }

  /** The same reading, but told by the source of `node`. */
  private rename(reading: Reading<Literal>, node: SyntaxNode): Reading<Literal> {
    return 'known' in reading ? reading : { unknown: { ...reading.unknown, source: this.text(node) } };
  }

  private combine(
    node: SyntaxNode,
    operands: readonly (SyntaxNode | null | undefined)[],
    inner: (child: SyntaxNode) => Reading<Literal>,
    compute: (values: Literal[]) => Literal | undefined,
  ): Reading<Literal> {
    const values: Literal[] = [];
    let certain = true;
    for (const operand of operands) {
      const reading = operand ? inner(operand) : { unknown: { source: '' } };
      const value = 'known' in reading ? reading.known : reading.unknown.suggestion;
      if (value === undefined) return { unknown: { source: this.text(node) } };
      certain &&= 'known' in reading;
      values.push(value);
    }
    const value = compute(values);
    if (value === undefined) return { unknown: { source: this.text(node) } };
    return certain ? { known: value } : { unknown: { source: this.text(node), suggestion: value } };
  }
}

/** A Python number literal; null for what is not real (`2j`). */
export function pythonNumber(text: string): number | null {
  const plain = text.replaceAll('_', '');
  const last = plain.charAt(plain.length - 1);
  const prefixed = plain.charAt(0) === '0' && 'xXoObB'.includes(plain.charAt(1) || '-');
  if (!prefixed && (last === 'j' || last === 'J')) return null;
  const value = Number(plain);
  return Number.isNaN(value) || plain === '' ? null : value;
}

/** A string without escapes, interpolation or prefix: all that an optimizer's arguments need. */
function plainString(text: string): Reading<Literal> | null {
  const quote = text.charAt(0);
  if (quote !== '"' && quote !== "'") return null;
  const width = text.startsWith(quote.repeat(3)) && text.length >= 6 ? 3 : 1;
  if (text.length < 2 * width || !text.endsWith(quote.repeat(width)) || text.includes('\\')) return null;
  return { known: text.slice(width, -width) };
}

function unary(operator: string, a: Literal): Literal | undefined {
  if (operator === 'not') return typeof a === 'object' && a !== null ? a.length === 0 : !a;
  const x = numeric(a);
  if (x === undefined) return undefined;
  return operator === '-' ? -x : operator === '+' ? x : undefined;
}

function binary(operator: string, a: Literal, b: Literal): Literal | undefined {
  const x = numeric(a);
  const y = numeric(b);
  if (x === undefined || y === undefined) return undefined;
  const value = arithmetic(operator, x, y);
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}

/** Python's arithmetic: `//` and `%` round towards minus infinity. Undefined where Python would raise or give a complex number. */
function arithmetic(operator: string, x: number, y: number): number | undefined {
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '/':
      return y === 0 ? undefined : x / y;
    case '//':
      return y === 0 ? undefined : Math.round((x - modulo(x, y)) / y);
    case '%':
      return y === 0 ? undefined : modulo(x, y);
    case '**':
      return x ** y;
    default:
      return undefined;
  }
}

/** The remainder with the sign of the divisor. */
function modulo(x: number, y: number): number {
  const remainder = x % y;
  return remainder !== 0 && remainder < 0 !== y < 0 ? remainder + y : remainder;
}

const numeric = (value: Literal): number | undefined =>
  typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : undefined;
