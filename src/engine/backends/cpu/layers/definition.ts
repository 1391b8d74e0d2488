/**
 * What an operation is on the CPU: kernels for its shape, and the calls that carry samples through it, errors back, and directions through
 * both. A part is made once for a layout of addresses; making it emits the kernels that it needs. One file in this folder is one
 * kind of operation.
 */
import type { ActivationOperation, Operation } from '../../../network/operations';
import type { Structure } from '../../../network/structure';
import type { Call, Kernels, Operand } from '../kernels';

/** Where the numbers of an operation lie, and room for what it keeps. */
export interface Site {
  readonly structure: Structure;
  readonly kernels: Kernels;
  /** The most samples of a block. */
  readonly capacity: number;
  /** Whether directions are carried through, too; then every value and error has a place of its own. */
  readonly curvature: boolean;
  /** Value v of the block's samples, a row a sample of `stride(size)` floats. */
  value(v: number): Operand;
  /** ∂loss/∂value v, laid out likewise. */
  error(v: number): Operand;
  /** Whether anything before value v learns, so that its error is wanted. */
  wanted(v: number): boolean;
  /** Whether this operation is the first of those reading value v to have its error on the way back: it replaces what is there, the others add to it. */
  first(operation: Operation, v: number): boolean;
  /** The activation that this operation computes with its own result, in the same place; null where that is an operation of its own. */
  fused(operation: Operation): ActivationOperation | null;
  /** The activation whose result v is, where this operation carries its error through it: nobody else reads v, and z and a lie as in `value`. */
  slope(operation: Operation, v: number): ActivationOperation | null;
  /** Parameter tensor p, its gradient (in a product with a matrix: its part of the product), and the batch norms' running statistics. */
  parameter(p: number): Operand;
  gradient(p: number): Operand;
  buffer(b: number): Operand;
  /** Derivative of value v and of its error along a direction, and the direction's part for parameter p. */
  tangent(v: number): Operand;
  tangentError(v: number): Operand;
  direction(p: number): Operand;
  /** Room in each block. @param bytesPerSample for each sample, or `bytes` once a block */
  keep(bytesPerSample: number, bytes?: number): Operand;
  /**
   * Room for what a call needs while it runs. Calls that may run at the same time take different slots.
   * @param bytes for all threads together @returns where it lies, once all operations have been given theirs
   */
  scratch(slot: 0 | 1, bytes: number): () => Operand;
}

/** A product of the error's derivative: of the Hessian, or of the Gauss–Newton matrix, which leaves out all terms that hold the error itself. */
export type CurvatureMatrix = 'hessian' | 'gaussNewton';

export interface Part {
  /** Where what is drawn for training goes before `forward`, a number of each sample after the other, and the state of the stream that masks are drawn from. */
  readonly drawn?: { readonly numbers: Operand; readonly state: Operand };
  /** Carries values on. @param training whether as in training: with draws, on the mini-batch's own statistics */
  forward(training: boolean): readonly Call[];
  /** Carries errors back, and adds to or replaces the gradient. */
  backward(): readonly Call[];
  /** Carries the derivative of the values along a direction on; that of value 0 is zero and nowhere stored. */
  tangent(): readonly Call[];
  /** Carries the derivative of the errors back, and adds to or replaces the product. */
  tangentBackward(matrix: CurvatureMatrix): readonly Call[];
}
