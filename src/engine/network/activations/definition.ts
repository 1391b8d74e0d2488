/**
 * What an activation is: a function of one number with its first two derivatives, said twice: in plain numbers for the float64
 * reference, and as vector code, from which the CPU backend makes its kernels. One file in this folder is one activation; the
 * specification's check, both backends and the tests read the same definition.
 */
import type { Code, Local } from '../../backends/cpu/assembler';
import type { V128 } from '../../backends/cpu/instructions';

/** An activation a = f(z), applied to each unit. */
export interface Activation {
  /** What a specification calls it: `relu`. */
  readonly name: string;
  /** What a person reads: `ReLU`. */
  readonly title: string;
  /** What it does, in one sentence. */
  readonly doc: string;
  /** Whether f″ is zero wherever it exists, so that nothing need be computed with it. */
  readonly piecewiseLinear: boolean;
  /** f(z) */
  value(z: number): number;
  /** f′(z) @param a f(z), which often makes it cheaper */
  slope(z: number, a: number): number;
  /** f″(z) */
  second(z: number, a: number): number;
  /** The same on four 32-bit floats at a time. `code` is for variables; an operand that is not used costs nothing. */
  readonly vector: {
    value(code: Code, z: Local<'v128'>): V128;
    slope(code: Code, z: Local<'v128'>, a: Local<'v128'>): V128;
    second(code: Code, z: Local<'v128'>, a: Local<'v128'>): V128;
  };
}
