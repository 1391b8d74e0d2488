/**
 * Emits the arithmetic of a lowered program on four weights at a time. Every name becomes a variable of the kernel, so that what lines
 * share is computed once; a product that is added or taken away is one instruction with the sum where the engine has it. What has neither
 * an instruction nor a form in `kernelFunctions.ts` is called lane by lane.
 */
import { call, type Assembler, type Code, type Local, type WasmFunction } from '../backends/cpu/assembler';
import { fusedMultiplyAdd } from '../backends/cpu/features';
import { f32, f32x4, f64, i32x4, v128, type V128 } from '../backends/cpu/instructions';
import { elementwise } from './functions';
import { brokenPower, kernelFunctions } from './kernelFunctions';
import { isTruth } from './lower';
import { nodes, type Expression } from './tree';

/** What a float's bits are without its sign, and the sign alone: engines make `abs` and `neg` of three instructions each. */
const unsignedBits = 0x7fffffff;
const signBit = 0x80000000;

/** |x| */
export const size = (x: V128): V128 => v128.and(x, i32x4.const(unsignedBits));
const negative = (x: V128): V128 => v128.xor(x, i32x4.const(signBit));

/** Functions of JavaScript, in float64. */
export type Imports = ReadonlyMap<string, WasmFunction<'f64'>>;

const instructions: Readonly<Record<string, (a: V128, b: V128) => V128>> = {
  '+': f32x4.add,
  '-': f32x4.sub,
  '*': f32x4.mul,
  '/': f32x4.div,
  '<': f32x4.lt,
  '<=': f32x4.le,
  '>': f32x4.gt,
  '>=': f32x4.ge,
  '==': f32x4.eq,
  '!=': f32x4.ne,
  and: v128.and,
  or: v128.or,
  min: f32x4.min,
  max: f32x4.max,
  sqrt: f32x4.sqrt,
  abs: size,
  floor: f32x4.floor,
  ceil: f32x4.ceil,
};

/** Whole powers up to this are multiplied out; beyond, a float's rounding would be multiplied too. */
const largestPower = 16;
const written = (exponent: Expression): number | null =>
  exponent.kind === 'number' && (!Number.isInteger(exponent.value) || Math.abs(exponent.value) <= largestPower) ? exponent.value : null;

/** Of `a^b` and `pow(a, b)`, b. */
function exponentOf(node: Expression): Expression | null {
  if (node.kind === 'binary') return node.operator === '^' ? node.right : null;
  return node.kind === 'call' && node.name === 'pow' ? node.operands[1] : null;
}

const hasForm = (name: string): boolean => name === 'sign' || name === 'pow' || name in instructions || kernelFunctions.has(name);

/** The function that must be called lane by lane for a node, without its operands; null where none must. */
export function importOf(node: Expression): string | null {
  if (node.kind === 'call' && !hasForm(node.name)) return node.name;
  const exponent = exponentOf(node);
  return exponent !== null && written(exponent) === null ? 'pow' : null;
}

/** The functions that must be imported to compute these expressions; `Team.link` gives them by name. */
export function importsFor(assembler: Assembler, expressions: readonly Expression[]): Imports {
  const needed = new Set(expressions.flatMap(nodes).flatMap((node) => importOf(node) ?? []));
  return new Map(
    [...needed].map((name) => [name, assembler.import(name, elementwise.get(name)?.operands === 2 ? ['f64', 'f64'] : ['f64'], 'f64')]),
  );
}

const isProduct = (node: Expression): node is Expression & { kind: 'binary' } => node.kind === 'binary' && node.operator === '*';

/** Writes vector expressions into the body of one kernel. */
export class VectorWriter {
  /** Where each name's value is; truths are masks. */
  readonly names = new Map<string, Local<'v128'>>();

  constructor(
    private readonly code: Code,
    private readonly imports: Imports,
    private readonly truths: ReadonlySet<string>,
  ) {}

  /** The value in a variable of its own, for what reads it more than once. */
  local(value: V128): Local<'v128'> {
    return this.code.local('v128', value);
  }

  write(node: Expression): V128 {
    switch (node.kind) {
      case 'number':
        return f32x4.const(node.value);
      case 'truth':
        return node.value ? v128.not(f32x4.const(0)) : f32x4.const(0);
      case 'name':
        return this.named(node.name);
      case 'unary':
        return node.operator === '-' ? negative(this.write(node.operand)) : v128.not(this.write(node.operand));
      case 'choice':
        return v128.bitselect(this.write(node.then), this.write(node.otherwise), this.write(node.condition));
      case 'binary':
        return this.binary(node);
      case 'call':
        return this.call(node.name, node.operands);
      case 'text':
        throw new Error('A text has no number; the checker lets none through.');
    }
  }

  private named(name: string): V128 {
    const local = this.names.get(name);
    if (local === undefined) throw new Error(`The kernel has no ${name}.`);
    return local;
  }

  private binary({ operator, left, right }: Expression & { kind: 'binary' }): V128 {
    if (operator === '^') return this.call('pow', [left, right]);
    if (fusedMultiplyAdd()) {
      if (operator === '+' && isProduct(left)) return f32x4.relaxed_madd(this.write(left.left), this.write(left.right), this.write(right));
      if (operator === '+' && isProduct(right))
        return f32x4.relaxed_madd(this.write(right.left), this.write(right.right), this.write(left));
      if (operator === '-' && isProduct(right))
        return f32x4.relaxed_nmadd(this.write(right.left), this.write(right.right), this.write(left));
    }
    const a = this.write(left);
    const b = this.write(right);
    if ((operator === '==' || operator === '!=') && isTruth(left, this.truths)) {
      const differ = v128.xor(a, b);
      return operator === '!=' ? differ : v128.not(differ);
    }
    return instructions[operator](a, b);
  }

  /** A constant power. */
  private power(base: Local<'v128'>, exponent: number): V128 {
    if (exponent === 0.5) return f32x4.sqrt(base);
    return Number.isInteger(exponent) ? this.product(base, exponent) : brokenPower(this.code, base, exponent);
  }

  /** Multiplies out, squaring as far as it goes. */
  private product(base: V128, exponent: number): V128 {
    if (exponent < 0) return f32x4.div(f32x4.const(1), this.product(base, -exponent));
    if (exponent === 0) return f32x4.const(1);
    if (exponent === 1) return base;
    const half = this.local(this.product(base, exponent >> 1));
    const square = f32x4.mul(half, half);
    return exponent % 2 === 0 ? square : f32x4.mul(square, base);
  }

  private call(name: string, operands: readonly Expression[]): V128 {
    const exponent = name === 'pow' ? written(operands[1]) : null;
    if (exponent !== null) return this.power(this.local(this.write(operands[0])), exponent);
    const values = operands.map((operand) => this.write(operand));
    if (name === 'sign') {
      const x = this.local(values[0]);
      const one = v128.or(v128.and(x, i32x4.const(signBit)), f32x4.const(1));
      return v128.or(v128.and(one, f32x4.ne(x, 0)), f32x4.ne(x, x)); // all bits set are not-a-number
    }
    if (name in instructions) return instructions[name](values[0], values[1]);
    const known = kernelFunctions.get(name);
    if (known !== undefined) return known(this.code, values[0]);
    const callee = this.imports.get(name);
    if (callee === undefined) throw new Error(`The kernel does not import ${name}.`);
    const inputs = values.map((value) => this.local(value));
    const result = this.local(f32x4.const(0));
    for (let lane = 0; lane < 4; lane++) {
      const lanes = inputs.map((input) => f64.promote_f32(f32x4.extract_lane(input, lane)));
      this.code.set(result, f32x4.replace_lane(result, lane, f32.demote_f64(call(callee, ...lanes))));
    }
    return result;
  }
}
