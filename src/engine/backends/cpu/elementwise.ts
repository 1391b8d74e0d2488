/**
 * Kernels that go through arrays number by number: activations, their derivatives, and the products of the R-operator. Arrays are
 * whole vectors, padding included, so there is no tail; what the padding holds is never read.
 */
import type { Activation } from '../../network/activations';
import type { Assembler, Code, Local } from './assembler';
import { f32x4, i32, v128, type V128 } from './instructions';

/** out = expression of the operands, four floats at a time: (operand addresses…, out, bytes). An operand may be `out` itself. */
function emitMap(assembler: Assembler, name: string, operands: number, expression: (code: Code, ...values: Local<'v128'>[]) => V128): void {
  const parameters = Array.from({ length: operands + 2 }, () => 'i32' as const);
  assembler.function(name, parameters, null, (code, addresses) => {
    const [out, bytes] = addresses.slice(operands);
    const values = addresses.slice(0, operands).map(() => code.local('v128'));
    const end = code.local('i32', i32.add(out, bytes));
    code.while(i32.lt_u(out, end), () => {
      values.forEach((value, operand) => code.set(value, v128.load(addresses[operand])));
      code.store('v128', out, expression(code, ...values));
      for (const address of addresses.slice(0, operands + 1)) code.set(address, i32.add(address, 16));
    });
  });
}

/** The four kernels of an activation. */
export function emitActivation(assembler: Assembler, { name, vector }: Activation): void {
  emitMap(assembler, `${name}.value`, 1, (code, z) => vector.value(code, z));
  emitMap(assembler, `${name}.slope`, 2, (code, z, a) => vector.slope(code, z, a));
  // ∂loss/∂z from ∂loss/∂a
  emitMap(assembler, `${name}.delta`, 3, (code, z, a, e) => f32x4.mul(e, vector.slope(code, z, a)));
  emitMap(assembler, `${name}.bend`, 3, (code, z, a, e) => f32x4.mul(e, vector.second(code, z, a)));
}

/** `multiply`: a·b, and `multiplyAdd`: a·b + c·d. */
export function emitProducts(assembler: Assembler): void {
  emitMap(assembler, 'multiply', 2, (_code, a, b) => f32x4.mul(a, b));
  emitMap(assembler, 'multiplyAdd', 4, (_code, a, b, c, d) => f32x4.add(f32x4.mul(a, b), f32x4.mul(c, d)));
}
