/**
 * Writes an expression of the language as WGSL. Numbers become f32 literals that are exact, whole powers are multiplied out, and what
 * WGSL's own functions do not do well is called from the library. Only text is made here; where a name's value is, the kernel says.
 */
import type { Expression } from '../tree';

/** Where an expression is written. */
export interface Sink {
  /** The text that stands for a name, a boolean where it is a truth. */
  name(name: string): string;
  /** Gives a value that is used more than once a variable of its own. @returns its name */
  keep(value: string): string;
  /** Notes that a function of the library is used. */
  use(helper: string): void;
}

/** Functions of the language by what they are in WGSL; those of the library are marked. */
const calls: Readonly<Record<string, { readonly name: string; readonly own: boolean }>> = {
  sqrt: { name: 'sqrt', own: false },
  abs: { name: 'abs', own: false },
  sign: { name: 'sign', own: false },
  exp: { name: 'exp', own: false },
  floor: { name: 'floor', own: false },
  ceil: { name: 'ceil', own: false },
  log: { name: 'logarithm', own: true },
  sin: { name: 'sine', own: true },
  cos: { name: 'cosine', own: true },
  tan: { name: 'tangent', own: true },
  tanh: { name: 'hyperbolicTangent', own: true },
  sigmoid: { name: 'logistic', own: true },
  min: { name: 'smaller', own: true },
  max: { name: 'larger', own: true },
  pow: { name: 'power', own: true },
  mod: { name: 'modulo', own: true },
};

/** Whole powers up to this are multiplied out. */
const largestPower = 16;
const wholePower = (node: Expression): number | null =>
  node.kind === 'number' && Number.isInteger(node.value) && Math.abs(node.value) <= largestPower ? node.value : null;

const operators: Readonly<Record<string, string>> = { and: '&&', or: '||' };

/** A number as the nearest f32; what is too large for one is infinite, as in arithmetic. */
export function literal(value: number, sink: Sink): string {
  const nearest = Math.fround(value);
  if (Number.isFinite(nearest)) return nearest < 0 || Object.is(nearest, -0) ? `(-${-nearest}f)` : `${nearest}f`;
  const made = Number.isNaN(nearest) ? 'notANumber' : 'infinity';
  sink.use(made);
  return nearest < 0 ? `(-${made}())` : `${made}()`;
}

/** @returns an f32 or a boolean expression, in brackets where it needs them */
export function write(node: Expression, sink: Sink): string {
  switch (node.kind) {
    case 'number':
      return literal(node.value, sink);
    case 'truth':
      return String(node.value);
    case 'name':
      return sink.name(node.name);
    case 'unary':
      return `(${node.operator === '-' ? '-' : '!'}${write(node.operand, sink)})`;
    case 'choice':
      return `select(${write(node.otherwise, sink)}, ${write(node.then, sink)}, ${write(node.condition, sink)})`;
    case 'binary':
      if (node.operator === '^') return writePower(node.left, node.right, sink);
      return `(${write(node.left, sink)} ${operators[node.operator] ?? node.operator} ${write(node.right, sink)})`;
    case 'call':
      return call(
        node.name,
        node.operands.map((operand) => write(operand, sink)),
        sink,
      );
    case 'text':
      throw new Error('A text has no number; the checker lets none through.');
  }
}

function call(name: string, operands: readonly string[], sink: Sink): string {
  const known = calls[name];
  if (known === undefined) throw new Error(`There is no function ${name} of elements.`);
  if (known.own) sink.use(known.name);
  return `${known.name}(${operands.join(', ')})`;
}

function writePower(base: Expression, exponent: Expression, sink: Sink): string {
  const whole = wholePower(exponent);
  const value = write(base, sink);
  if (whole === null) {
    if (exponent.kind === 'number' && Math.abs(exponent.value) === 0.5)
      return exponent.value > 0 ? `sqrt(${value})` : `(1f / sqrt(${value}))`;
    return call('pow', [value, write(exponent, sink)], sink);
  }
  return multiplied(sink.keep(value), whole, sink);
}

/** Multiplies out, squaring as far as it goes. */
function multiplied(base: string, exponent: number, sink: Sink): string {
  if (exponent < 0) return `(1f / ${multiplied(base, -exponent, sink)})`;
  if (exponent === 0) return '1f';
  if (exponent === 1) return base;
  if (exponent === 2) return `(${base} * ${base})`;
  const half = sink.keep(multiplied(base, exponent >> 1, sink));
  return exponent % 2 === 0 ? `(${half} * ${half})` : `(${half} * ${half} * ${base})`;
}
