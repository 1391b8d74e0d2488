/**
 * e^x on four 32-bit floats at a time: x = n·ln 2 + r with |r| ≤ ln 2 / 2, e^r by its Taylor polynomial of degree 7 (its error there,
 * 5e-9, is below half a unit of the last place), and 2^n by way of the exponent's bits. Right to about 1e-7 relative.
 */
import { inverseFactorials } from '../fits';
import type { Code, Local } from './assembler';
import { f32x4, i32x4, v128, type V128 } from './instructions';
import { plus, polynomial } from './polynomial';

/** Outside these e^x is no normal float: it is held at e^±87, 1e±38; sigmoid and tanh are 0 or 1 to the last place long before. */
const bound = 87;

/** ln 2 in two parts: n·high is exact for |n| < 2^9, because high has 15 bits. */
const high = 0.693145751953125;
const low = Math.LN2 - high;

const degree = 7;

/** Emits e^x. @param code where its variables live. A NaN stays a NaN. */
export function exponential(code: Code, x: V128): V128 {
  // `max` and `min`, not their cheaper `p` forms: those would turn a NaN into a bound.
  const held = code.local('v128', f32x4.max(f32x4.min(x, bound), -bound));
  const n = code.local('v128', f32x4.nearest(f32x4.mul(held, Math.LOG2E)));
  const r = code.local('v128', plus(n, f32x4.const(-low), plus(n, f32x4.const(-high), held)));
  const sum = polynomial(code, r, inverseFactorials(0, degree));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), 127), 23);
  return f32x4.mul(sum, power);
}

/** Below this size e^x − 1 is taken from its series, since the difference would be rounding. */
const near = 0.35;

/** Emits e^x − 1, right near 0 too: there x + x²/2 + x³/6 + … to x⁸. @param code where its variables live. A NaN stays a NaN. */
export function exponentialMinusOne(code: Code, x: Local<'v128'>): V128 {
  const sum = polynomial(code, x, inverseFactorials(1, degree + 1));
  const far = code.local('v128', f32x4.sub(exponential(code, x), 1));
  return v128.bitselect(f32x4.mul(sum, x), far, f32x4.lt(f32x4.abs(x), near));
}

/** Emits 1/(1 + e^−x). @param code where its variables live. A NaN stays a NaN. */
export const logistic = (code: Code, x: V128): V128 => f32x4.div(1, f32x4.add(1, exponential(code, f32x4.neg(x))));
