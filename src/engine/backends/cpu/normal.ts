/**
 * The standard normal's distribution and density on four 32-bit floats at a time. The tail beyond |z| is e^(−z²/2)·erfcx(|z|/√2)/2, in which
 * erfcx, the scaled error function, is a polynomial. So the tail is right in relation to itself, where 1 − erf would leave nothing of it.
 */
import { erfcxFit } from '../fits';
import type { Code, Local } from './assembler';
import { exponential } from './exponential';
import { f32x4, v128, type V128 } from './instructions';

/** φ(0) */
const peak = 1 / Math.sqrt(2 * Math.PI);

/** Emits e^(−z²/2), which both need. @param code where its variables live */
export const bell = (code: Code, z: Local<'v128'>): Local<'v128'> =>
  code.local('v128', exponential(code, f32x4.mul(f32x4.mul(z, z), -0.5)));

/** Emits φ(z). @param height `bell` of z */
export const normalDensity = (height: V128): V128 => f32x4.mul(height, peak);

/** Emits Φ(z). @param code where its variables live @param height `bell` of z. A NaN stays a NaN. */
export function normalBelow(code: Code, z: Local<'v128'>, height: V128): V128 {
  const t = code.local('v128', f32x4.div(1, f32x4.add(1, f32x4.mul(f32x4.abs(z), 0.25))));
  const at = code.local('v128', f32x4.sub(f32x4.add(t, t), 1));
  const sum = code.local('v128', f32x4.const(erfcxFit[erfcxFit.length - 1]));
  for (const coefficient of erfcxFit.slice(0, -1).reverse()) code.set(sum, f32x4.add(f32x4.mul(sum, at), coefficient));
  const tail = code.local('v128', f32x4.mul(f32x4.mul(height, t), sum));
  return v128.bitselect(tail, f32x4.sub(1, tail), f32x4.lt(z, 0));
}
