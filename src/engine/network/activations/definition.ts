/**
 * What an activation is: a function of one number with its first two derivatives, said three times: in plain numbers for the float64
 * reference, as vector code, from which the CPU backend makes its kernels, and as text for shaders. One file in this folder is one
 * activation; the specification's check, every backend and the tests read the same definition.
 */
import type { Code, Local } from '../../backends/cpu/assembler';
import type { V128 } from '../../backends/cpu/instructions';
import type { ShaderFunction } from '../../backends/webgpu/functions';

/** An activation a = f(z), applied to each unit. Where it has a constant (a slope, an α), that is PyTorch's default. */
export interface Activation {
  /** What a specification calls it: `relu`. */
  readonly name: string;
  /** What a person reads: `ReLU`. */
  readonly title: string;
  /** What it does, in one sentence. */
  readonly doc: string;
  /** Dotted paths that programs know it by: `torch.nn.ReLU`. */
  readonly written: readonly string[];
  /** Name of the initialiser that a layer takes with it where none is named. */
  readonly init: string;
  /** Whether f″ is zero wherever it exists, so that nothing need be computed with it. */
  readonly piecewiseLinear: boolean;
  /** f(z); at ±∞ its limit there, as for the derivatives, and NaN for NaN */
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
  /**
   * The same as WGSL expressions of f32, within 4e-6 of max(1, |f|) whatever accuracy the adapter has, and typically 5e-7; ±∞ and NaN as
   * above, but that a derivative of NaN may be anything. Where the slope's text has no `z` in it, nobody need keep z.
   */
  readonly wgsl: {
    /** @param z a name, since it may stand there several times; `a` likewise */
    value(z: string): string;
    slope(z: string, a: string): string;
    second(z: string, a: string): string;
    /** The functions that these call: a shader must hold `shaderTexts` of them. None if missing. */
    readonly helpers?: readonly ShaderFunction[];
  };
}

/** `z` between −bound and bound: where a formula would be ∞ − ∞ or 0·∞ far out, its limit is reached long before. A NaN stays a NaN. */
export const held = (z: number, bound: number): number => Math.max(-bound, Math.min(z, bound));
