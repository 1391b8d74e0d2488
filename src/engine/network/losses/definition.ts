/**
 * What a loss is: a number for each sample, its gradient with respect to the network's outputs, and how that gradient changes along
 * a direction, which is what Hessian-vector products need. One file in this folder is one loss. The
 * reference, and the CPU where it is no matter of speed, run the plain code on their own arrays, with every sum in float64; code of a row
 * is there for the CPU's kernels and for shaders.
 */
import type { Floats } from '../../backends/backend';
import type { EmitRow } from '../../backends/cpu/lossRow';
import type { LossText } from '../../backends/webgpu/lossRow';
import type { Random } from '../../random';

/** Some rows of a matrix of outputs; row i begins at i·stride. */
export interface Rows {
  readonly values: Floats;
  readonly count: number;
  readonly columns: number;
  readonly stride: number;
}

export interface Loss {
  /** What a specification calls it: `crossEntropy`. */
  readonly name: string;
  /** What a person reads: `Cross-entropy`. */
  readonly title: string;
  /** The same inside a sentence: `cross-entropy`. */
  readonly noun: string;
  /** What it is, in one sentence. */
  readonly doc: string;
  /** Dotted paths that programs know it by: `torch.nn.MSELoss`. */
  readonly written: readonly string[];
  /** What a sample's outputs are compared with: the number of its class, or one number an output. */
  readonly against: 'class' | 'numbers';
  /** The least and the largest number that it can be compared with, where it cannot be any. */
  readonly wants?: readonly [least: number, largest: number];
  /** Of two classes a single output names the second where it is above this. */
  readonly threshold: number;
  /**
   * Sum of the samples' losses. The mean of a batch is this over the number of samples.
   * @param wanted a class number a row, or `columns` numbers a row, without gaps
   */
  value(outputs: Rows, wanted: Float64Array): number;
  /**
   * As `value`, and weight·∂(sample's loss)/∂outputs into `gradient`.
   * @param weight 1/samples for the mean @param gradient laid out as `outputs`
   */
  gradient(outputs: Rows, wanted: Float64Array, weight: number, gradient: Floats): number;
  /**
   * Derivative of that gradient along `direction`: weight·(∂²loss/∂outputs²)·direction into `out`, which may be `direction` itself; both
   * laid out as `outputs`.
   */
  curvature(outputs: Rows, wanted: Float64Array, weight: number, direction: Floats, out: Floats): void;
  /**
   * As `gradient` with weight 1, against what the model itself predicts: each row's targets are drawn from the distribution whose negative
   * log-likelihood the loss is. The mean of the gradients' outer products is then the Fisher matrix by the outputs (Martens & Grosse 2015,
   * arXiv:1503.05671), which is also the loss's curvature where that does not depend on the targets.
   */
  drawn(outputs: Rows, random: Random, gradient: Floats): void;
  /** `value` and `gradient` of one row of 32-bit floats, as WebAssembly. */
  readonly row: EmitRow;
  /** `value`, `gradient` and `curvature` of one row, as WGSL. */
  readonly wgsl: LossText;
}
