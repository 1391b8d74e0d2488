/** Polynomials on four 32-bit floats at a time, by Horner's rule, in fused multiply-adds where the engine has them. */
import type { Code } from './assembler';
import { fusedMultiplyAdd } from './features';
import { f32x4, multiplyAdd, type V128 } from './instructions';

/** a·b + c */
export const plus = (a: V128, b: V128, c: V128): V128 => multiplyAdd(a, b, c, fusedMultiplyAdd());

/** Emits c₀ + c₁x + c₂x² + … @param code where its variable lives */
export function polynomial(code: Code, x: V128, coefficients: readonly number[]): V128 {
  const sum = code.local('v128', f32x4.const(coefficients[coefficients.length - 1]));
  for (let k = coefficients.length - 2; k >= 0; k--) code.set(sum, plus(sum, x, f32x4.const(coefficients[k])));
  return sum;
}
