/**
 * What a matrix product is, as far as the emitter needs to know: C[m, n] = start + A[m, k]·B[k, n], with extents and steps that are
 * constants of the code. Two of the extents may be the number of samples, which is an operand of each call.
 */
import type { Code, Local } from '../assembler';
import type { V128 } from '../instructions';

/** A constant, or the operand `rows`. */
export type Extent = number | 'rows';

/** How a factor lies in memory: element (i, j) at base + 4·(i·rowStep + j·columnStep). Steps are in floats. */
export interface Factor {
  readonly rowStep: number;
  readonly columnStep: number;
}

/**
 * What the sums begin with: nothing, one number a column (the bias of a dense layer), one number a row (the bias of a convolution's
 * filter), or what is already in C where the operand `add` is not 0 and nothing where it is 0.
 */
export type Start = 'zero' | 'row' | 'column' | 'add';

/** The place in memory of a vector: address + offset, in bytes. */
export interface Place {
  readonly address: Local<'i32'>;
  readonly offset: number;
}

/**
 * Makes the vector to be stored in C out of the finished sums.
 * @param at the places of the same elements in the further matrices, which lie as C does
 * @param lanes how many floats of the vector count: read and write there with `loadLanes` and `storeLanes` (lanes.ts), or whole vectors
 * where those matrices have room for them and another thread does not write the floats beyond
 */
export type Epilogue = (code: Code, sum: Local<'v128'>, at: readonly Place[], lanes: number) => V128;

export interface ProductShape {
  readonly m: Extent;
  readonly k: Extent;
  readonly n: number;
  /** The most that `rows` will be, about: kernels are chosen for it, any number works. */
  readonly mostRows?: number;
  readonly a: Factor;
  readonly b: Factor;
  /** C's columns are contiguous; nothing is written between column n and the next row. */
  readonly c: { readonly rowStep: number };
  readonly start: Start;
  readonly epilogue?: Epilogue;
  /** How many further matrices the epilogue reads or writes; 0 unless given. */
  readonly extras?: number;
  /** How many threads share the work; 1 unless given. */
  readonly threads?: number;
  /** Whether to use fused multiply-add: as the engine can, unless given. */
  readonly fused?: boolean;
}
