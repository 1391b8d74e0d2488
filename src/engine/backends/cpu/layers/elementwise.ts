/**
 * Kernels that go through matrices of samples number by number: activations, their derivatives, sums and products. Such a matrix is whole
 * vectors, padding included, so there is no tail; what the padding holds is never read as a result.
 */
import type { Activation } from '../../../network/activations';
import type { Code, Local } from '../assembler';
import { f32x4, i32, v128, type V128 } from '../instructions';
import type { Call, Kernels, Operand } from '../kernels';

/** Threads share a matrix in pieces of this many bytes: whole cache lines. */
const grain = 256;

/** out = expression of the operands, four floats at a time; operands: addresses…, out, bytes. An operand may be `out` itself. */
function emitMap(kernels: Kernels, name: string, operands: number, expression: (code: Code, ...values: Local<'v128'>[]) => V128): string {
  return kernels.map(name, operands + 2, (code, addresses, part) => {
    const bytes = addresses[operands + 1];
    const [at, end] = kernels.share(code, bytes, grain, part);
    const values = addresses.slice(0, operands).map(() => code.local('v128'));
    code.while(i32.lt_u(at, end), () => {
      values.forEach((value, operand) => code.set(value, v128.load(i32.add(addresses[operand], at))));
      code.store('v128', i32.add(addresses[operands], at), expression(code, ...values));
      code.set(at, i32.add(at, 16));
    });
  });
}

/** What an elementwise call goes through: `bytes` is the matrix's, or a row's times the samples. */
type Matrix = (name: string, operands: readonly Operand[], out: Operand, bytes: Operand) => Call;

const mapped =
  (kernels: Kernels, expression: (code: Code, ...values: Local<'v128'>[]) => V128): Matrix =>
  (name, operands, out, bytes) => ({
    kernel: emitMap(kernels, name, operands.length, expression),
    operands: [...operands, out, bytes],
  });

/** The calls that an activation consists of: of z, a = f(z) and e = ∂loss/∂a. */
export interface ActivationCalls {
  value(z: Operand, a: Operand, bytes: Operand): Call;
  /** f′(z)∘e */
  delta(z: Operand, a: Operand, e: Operand, out: Operand, bytes: Operand): Call;
  /** f′(z)∘e + out */
  deltaAdded(z: Operand, a: Operand, e: Operand, out: Operand, bytes: Operand): Call;
  /** f″(z)∘e∘r + f′(z)∘s */
  bend(z: Operand, a: Operand, e: Operand, r: Operand, s: Operand, out: Operand, bytes: Operand): Call;
}

export const activationCalls = (kernels: Kernels, { name, vector }: Activation): ActivationCalls => ({
  value: (z, a, bytes) => mapped(kernels, (code, x) => vector.value(code, x))(`${name}.value`, [z], a, bytes),
  delta: (z, a, e, out, bytes) =>
    mapped(kernels, (code, x, y, error) => f32x4.mul(error, vector.slope(code, x, y)))(`${name}.delta`, [z, a, e], out, bytes),
  deltaAdded: (z, a, e, out, bytes) =>
    mapped(kernels, (code, x, y, error, before) => f32x4.add(before, f32x4.mul(error, vector.slope(code, x, y))))(
      `${name}.deltaAdded`,
      [z, a, e, out],
      out,
      bytes,
    ),
  bend: (z, a, e, r, s, out, bytes) =>
    mapped(kernels, (code, x, y, error, along, after) => {
      const bent = code.local('v128', f32x4.mul(f32x4.mul(error, along), vector.second(code, x, y)));
      return f32x4.add(bent, f32x4.mul(after, vector.slope(code, x, y)));
    })(`${name}.bend`, [z, a, e, r, s], out, bytes),
});

/** out = a, a + b, a∘b, a∘b + c. */
export const copied = (kernels: Kernels, a: Operand, out: Operand, bytes: Operand): Call =>
  mapped(kernels, (_code, x) => x)('copy', [a], out, bytes);
export const added = (kernels: Kernels, a: Operand, b: Operand, out: Operand, bytes: Operand): Call =>
  mapped(kernels, (_code, x, y) => f32x4.add(x, y))('add', [a, b], out, bytes);
export const multiplied = (kernels: Kernels, a: Operand, b: Operand, out: Operand, bytes: Operand): Call =>
  mapped(kernels, (_code, x, y) => f32x4.mul(x, y))('multiply', [a, b], out, bytes);
export const multipliedAdded = (kernels: Kernels, a: Operand, b: Operand, c: Operand, out: Operand, bytes: Operand): Call =>
  mapped(kernels, (_code, x, y, z) => f32x4.add(f32x4.mul(x, y), z))('multiplyAdd', [a, b, c], out, bytes);
/** out = a where `add` is 0, otherwise out + a. */
export const passedBack = (kernels: Kernels, a: Operand, out: Operand, bytes: Operand, first: boolean): Call =>
  first ? copied(kernels, a, out, bytes) : added(kernels, a, out, out, bytes);
