/**
 * Functions that WebAssembly has no instruction for, on four 32-bit floats at a time, for the whole range of floats: what JavaScript's
 * `Math` gives for zeros, infinities, negative numbers and NaN they give too. Right to about 3e-7 relative; a call to JavaScript for every
 * element would take a hundred times as long.
 */
import type { Code, Local } from '../backends/cpu/assembler';
import { exponential, exponentialMinusOne, logistic } from '../backends/cpu/exponential';
import { f32x4, i32x4, v128, type V128 } from '../backends/cpu/instructions';

/** e^x as (e^(x/2))²: the half is a normal float wherever the whole is any, and overflows and underflows as it should. */
function exp(code: Code, x: V128): V128 {
  const half = code.local('v128', exponential(code, f32x4.mul(x, 0.5)));
  return f32x4.mul(half, half);
}

const smallestNormal = 2 ** -126;
/** What brings the numbers below it among the normal ones. */
const lift = 32;
/** The bits of √½, from which a mantissa goes up to √2. */
const rootOfHalf = 0x3f3504f3;
/** ln 2 in two parts: the first times an exponent is exact. */
const high = 0.693145751953125;
const low = Math.LN2 - high;
/** Of 2·artanh(s) = ln((1 + s)/(1 − s)), |s| ≤ 0.172: what follows is below 4e-9 of it. */
const terms = 5;

/** ln x as k·ln 2 + ln m, x = 2^k·m with m from √½ to √2. */
function log(code: Code, x: V128): V128 {
  const given = code.local('v128', x);
  const small = code.local('v128', f32x4.lt(given, smallestNormal));
  const normal = code.local('v128', v128.bitselect(f32x4.mul(given, 2 ** lift), given, small));
  const exponent = code.local('v128', i32x4.shr_s(i32x4.sub(normal, rootOfHalf), 23));
  const m = code.local('v128', i32x4.sub(normal, i32x4.shl(exponent, 23)));
  const k = code.local('v128', f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(f32x4.const(lift), small)));
  const s = code.local('v128', f32x4.div(f32x4.sub(m, 1), f32x4.add(m, 1)));
  const square = code.local('v128', f32x4.mul(s, s));
  const sum = code.local('v128', f32x4.const(1 / (2 * terms - 1)));
  for (let i = terms - 2; i >= 0; i--) code.set(sum, f32x4.add(f32x4.mul(sum, square), 1 / (2 * i + 1)));
  const fine = f32x4.add(f32x4.mul(k, low), f32x4.mul(f32x4.add(s, s), sum));
  const value = f32x4.add(f32x4.mul(k, high), fine);
  const within = v128.and(f32x4.gt(given, 0), f32x4.lt(given, Infinity));
  const atZero = v128.bitselect(f32x4.const(-Infinity), f32x4.const(NaN), f32x4.eq(given, 0));
  const outside = v128.bitselect(f32x4.const(Infinity), atZero, f32x4.eq(given, Infinity));
  return v128.bitselect(value, outside, within);
}

/** (e^2x − 1)/(e^2x + 1), right near 0 too. */
function tanh(code: Code, x: V128): V128 {
  const twice = code.local('v128', f32x4.mul(x, 2));
  const above = code.local('v128', exponentialMinusOne(code, twice));
  return f32x4.div(above, f32x4.add(above, 2));
}

/** Those of one operand, by name. */
export const kernelFunctions: ReadonlyMap<string, (code: Code, x: V128) => V128> = new Map([
  ['exp', exp],
  ['log', log],
  ['tanh', tanh],
  ['sigmoid', logistic],
]);

/** x^c for a constant c that is no whole number: e^(c·ln x). A negative number has no such power, but −∞ has that of ∞. */
export function brokenPower(code: Code, x: Local<'v128'>, c: number): V128 {
  const size = code.local('v128', f32x4.abs(x));
  const base = v128.bitselect(size, x, f32x4.eq(size, Infinity));
  return exp(code, f32x4.mul(log(code, base), c));
}
