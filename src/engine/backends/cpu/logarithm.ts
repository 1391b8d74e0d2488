/**
 * log(1 + y) for y from 0 to 1 on four 32-bit floats at a time: 2·artanh(s) with s = y/(2 + y) ≤ 1/3, by its Taylor polynomial to s¹³, whose
 * error is 1.4e-8 relative. Right near 0 too, where log of the sum would be rounding.
 */
import type { Code, Local } from './assembler';
import { f32x4, type V128 } from './instructions';

const terms = 7;

/** Emits log(1 + y). @param code where its variables live. A NaN stays a NaN. */
export function logOnePlus(code: Code, y: Local<'v128'>): V128 {
  const s = code.local('v128', f32x4.div(y, f32x4.add(2, y)));
  const square = code.local('v128', f32x4.mul(s, s));
  const sum = code.local('v128', f32x4.const(1 / (2 * terms - 1)));
  for (let k = terms - 2; k >= 0; k--) code.set(sum, f32x4.add(f32x4.mul(sum, square), 1 / (2 * k + 1)));
  return f32x4.mul(f32x4.add(s, s), sum);
}
