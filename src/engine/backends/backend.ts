/**
 * What a trainer needs from whatever computes: a model that gives losses, gradients and curvature, and an updater that applies
 * a rule. The reference (float64, slow, plain) and the CPU backend (float32, WebAssembly) both have this face and pass the same
 * tests; a function of named variables is a model too.
 */
import type { Eventually, Waiting } from '../eventually';
import type { Rule, Settings } from '../language/rule';
import type { Dataset } from '../problems/dataset';
import type { NetworkPlan } from '../network/plan';
import type { Random } from '../random';

/** A vector of numbers in the backend's own precision. */
export type Floats = Float64Array | Float32Array;

/** One parameter tensor: what the record and the panels call a layer, e.g. `dense1.weight` of shape [128, 784]. */
export interface Layer {
  /** `dense1.weight`, `dense1.bias`, … or `position` for a function of variables. */
  readonly name: string;
  /** Extent of each dimension; a dense weight is [out, in], row-major. */
  readonly shape: readonly number[];
  /** How many numbers it holds. */
  readonly parameters: number;
}

/** Mean loss over some samples, and the share of them classified rightly (null where the problem has no classes). */
export interface Evaluation {
  readonly loss: number;
  readonly accuracy: number | null;
}

/** The Hessian of the mean loss over a fixed set of samples at frozen weights, as a linear map on vectors of all parameters, layer after layer. */
export interface HessianOperator {
  /** Number of parameters. */
  readonly size: number;
  /** out = H·v, exact (R-operator), never finite differences. `v` is not changed. */
  apply(v: Float64Array, out: Float64Array): void;
  /** out = gradient of the same mean loss at the same weights. */
  gradient(out: Float64Array): void;
}

/** Second moments of one layer's signals on some samples: the factors of K-FAC. Row-major, in float64. */
export interface Moments {
  /** E[a aᵀ] of the layer's inputs, [columns, columns]; [[1]] for a bias, whose input is 1. */
  readonly input: Float64Array;
  /** E[δ δᵀ] of the errors propagated back to the layer's outputs, sample by sample, [rows, rows]. */
  readonly error: Float64Array;
}

/** A differentiable loss with parameters. */
export interface Model {
  readonly layers: readonly Layer[];
  /** Total number of parameters. */
  readonly parameters: number;
  /** Live weights, one array a layer: writing here changes the model. */
  readonly weights: readonly Floats[];
  /** Gradient of the mean loss, filled by `gradient`, one array a layer. */
  readonly gradients: readonly Floats[];
  /** Running statistics of batch norms, in the order of `Structure.buffers`: what a checkpoint keeps beside the weights. Empty for most models. */
  readonly buffers: readonly Floats[];
  /** Number of samples one can draw from; 1 for a function. */
  readonly samples: number;
  /**
   * Begins step `step` (from 1; 0 is before the first). What `gradient` and `loss` draw from now on (dropout, noise) is drawn for it, the
   * same at every call; the first `gradient` after it moves the running statistics, later ones of the same step do not.
   */
  begin(step: number): void;
  /** Mean loss over the samples at `rows` (indices into the data set), as in training, and its gradient into `gradients`. @returns the mean loss */
  gradient(rows: Uint32Array): number;
  /** The same mean loss, with the step's draws and the batch's own statistics, without a gradient. */
  loss(rows: Uint32Array): number;
  /** Mean loss and accuracy over the samples at `rows`: nothing is drawn, batch norms take their running statistics. Any number of rows. */
  evaluate(rows: Uint32Array): Evaluation;
  /**
   * The Hessian of the mean loss over `rows` at the weights of this moment: later changes of the weights do not reach it. Nothing is drawn;
   * batch norms take the statistics of `rows` themselves, so that products include how these move.
   */
  hessian(rows: Uint32Array): HessianOperator;
  /** The same for the generalised Gauss-Newton matrix JᵀH_L J, H_L the loss's Hessian by the outputs (Schraudolph 2002). A function's is its Hessian. */
  gaussNewton(rows: Uint32Array): HessianOperator;
  /**
   * Moments of each layer at the weights of this moment, over the samples at `rows`; the errors are those of targets drawn from the
   * model's own predictions (Martens & Grosse 2015, section 5), so that their moment is of the Fisher matrix. Nothing is drawn by dropout. Null
   * for a function, and for a network whose layers with weights are not all dense.
   */
  readonly moments: ((rows: Uint32Array, random: Random) => readonly Moments[]) | null;
}

/** The same where products may have to be waited for. Every `HessianOperator` is one. */
export interface EventualOperator {
  readonly size: number;
  /** `v` may be changed as soon as this returns; `out` is filled when the answer is there. */
  apply(v: Float64Array, out: Float64Array): Eventually<void>;
}

/** A model whose answers may have to be waited for: weights and gradients are arrays here, and something else computes. Every `Model` is one. */
export interface EventualModel extends Pick<Model, 'layers' | 'parameters' | 'weights' | 'gradients' | 'samples'> {
  gradient(rows: Uint32Array): Eventually<number>;
  loss(rows: Uint32Array): Eventually<number>;
  hessian(rows: Uint32Array): EventualOperator;
  gaussNewton(rows: Uint32Array): EventualOperator;
  readonly moments: ((rows: Uint32Array, random: Random) => Eventually<readonly Moments[]>) | null;
}

/** What a step knows beside the gradient: the samples of its mini-batch, and their mean loss. */
export interface Batch {
  readonly rows: Uint32Array;
  readonly loss: number;
}

/** What a step measures besides doing it: nothing; the statistics; the statistics and the effective rate of every single weight. */
export type Measure = 'nothing' | 'statistics' | 'rates';

/** What a step did, one entry a layer, right to 1e-6 relative. */
export interface Statistics {
  /** L2 norm of the gradient that the rule received. */
  readonly gradientNorm: Float64Array;
  /** L2 norm of the weights after the step less those before. */
  readonly updateNorm: Float64Array;
  /** L2 norm of the weights after the step. */
  readonly weightNorm: Float64Array;
  /** Mean over the weights of the effective learning rate. */
  readonly meanRate: Float64Array;
}

/** A rule at work on a model's weights: owns the rule's state. */
export interface Updater {
  /** The rule's state tensors by name, one array a layer; what a checkpoint keeps. A state that is one number a layer has length 1. */
  readonly state: Readonly<Record<string, readonly Floats[]>>;
  /**
   * Applies the rule once to every layer. The model's gradients are left as they were.
   * @param t step, from 1 @param lr learning rate after the schedule @param measure also fill `statistics`, or these and `rate` @param batch what the gradients are of
   */
  step(t: number, lr: number, measure: Measure, batch: Batch): void;
  /** Of the last step that measured. */
  readonly statistics: Statistics;
  /** The effective per-weight learning rate of the last step that measured rates: one number where the rule gives all weights of the layer the same. */
  rate(layer: number): Floats | number;
  /** The rule's stability limit (the sharpness above which it is unstable on a quadratic), where the rule states one. */
  stabilityLimit(t: number, lr: number): number | null;
}

/** A rule in TypeScript at work on a model's weights, which may have to wait for the model's answers. It measures nothing itself. */
export interface Walker extends Pick<Updater, 'state' | 'rate' | 'stabilityLimit'> {
  /** Applies the rule once to every layer. The model's gradients are left as they were. */
  walk(t: number, lr: number, batch: Batch): Waiting<void>;
}

/** Where a run computes. */
export interface Backend {
  readonly name: 'reference' | 'cpu';
  readonly precision: 'float64' | 'float32';
  /** @param largestBatch the most rows that `gradient` will ever be given: memory is laid out for it once. */
  network(plan: NetworkPlan, data: Dataset, largestBatch: number): Model;
  /** @param settings every hyperparameter of the rule, complete and validated; `lr` among them is the rate before the schedule. @param seed of the run, for rules that draw. */
  updater(rule: Rule, settings: Settings, model: Model, seed: number): Updater;
}
