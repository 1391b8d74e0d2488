/**
 * A network as what it does, one operation after another: what the layers of a specification come to once sizes are settled. Value 0 is
 * the sample itself; operation i makes value i + 1 from earlier values, so that a shortcut is a second reader of a value. What a layer
 * says in one line may be several operations: `{ "dense": 16, "activation": "tanh" }` is `dense` and `activation`. Flattening is none:
 * a value of channels × height × width lies in memory as the same numbers in a row.
 *
 * Every backend computes these and nothing else: a new one here is a new case in each.
 */
import type { Activation } from './activations';

/** Extents of one sample's value: `[features]`, or `[channels, height, width]` with the width running fastest. */
export type ValueShape = readonly number[];

interface Common {
  /** `dense1`, `convolution2`, `activation1`, …: numbered by kind, in order. */
  readonly name: string;
  /** Which values it reads. */
  readonly from: readonly number[];
  /** Which parameter tensors it has, as positions in `Structure.layers`; weight first, then bias. */
  readonly parameters: readonly number[];
}

/** y = W·x + b. Parameters: weight [outputs, inputs], bias [outputs]. */
export interface DenseOperation extends Common {
  readonly kind: 'dense';
  readonly inputs: number;
  readonly outputs: number;
}

/** a = f(z), number by number. */
export interface ActivationOperation extends Common {
  readonly kind: 'activation';
  readonly function: Activation;
}

/** A window that slides over height and width. */
export interface Window {
  readonly channels: number;
  /** Of what comes in. */
  readonly height: number;
  readonly width: number;
  /** Extent of the window. */
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: number;
  /** Zeros (for pooling: nothing) on each side. */
  readonly padding: number;
  /** Of what comes out: ⌊(height + 2·padding − kernelHeight)/stride⌋ + 1. */
  readonly outHeight: number;
  readonly outWidth: number;
}

/** Cross-correlation, as `torch.nn.Conv2d`. Parameters: weight [filters, channels, kernelHeight, kernelWidth], bias [filters]. */
export interface ConvolutionOperation extends Common {
  readonly kind: 'convolution';
  readonly window: Window;
  readonly filters: number;
}

/** The largest number of each window, the first of them where several are; or the mean, over the whole window, zeros of the padding too. */
export interface PoolingOperation extends Common {
  readonly kind: 'maxPooling' | 'averagePooling';
  readonly window: Window;
}

/**
 * Batch norm over each channel: y = γ·(x − mean)/√(variance + eps) + β. In training with the mini-batch's mean and (biased) variance over
 * samples and positions; in evaluation with the running ones. Parameters: weight γ [channels], bias β [channels].
 */
export interface BatchNormOperation extends Common {
  readonly kind: 'batchNorm';
  readonly channels: number;
  /** Numbers of a channel in one sample: height × width, or 1. */
  readonly positions: number;
  readonly eps: number;
  /** How much of the new mini-batch goes into the running statistics, as PyTorch has it: running = (1 − momentum)·running + momentum·new (unbiased variance). */
  readonly momentum: number;
  /** Position in `Structure.buffers` of the running mean; the running variance follows it. */
  readonly buffer: number;
}

/** Inverted dropout: in training y = x·m/(1 − rate) with m ~ Bernoulli(1 − rate), in evaluation y = x. */
export interface DropoutOperation extends Common {
  readonly kind: 'dropout';
  readonly rate: number;
  /** Which stream its masks are drawn from: `dropout.<index>` of the run's seed. */
  readonly index: number;
}

/** Gaussian noise: in training y = x + deviation·n with n ~ N(0, 1), in evaluation y = x. */
export interface NoiseOperation extends Common {
  readonly kind: 'noise';
  readonly deviation: number;
  /** Which stream: `noise.<index>`. */
  readonly index: number;
}

/** The sum of two values of one shape: where a shortcut joins. */
export interface AddOperation extends Common {
  readonly kind: 'add';
}

export type Operation =
  | DenseOperation
  | ActivationOperation
  | ConvolutionOperation
  | PoolingOperation
  | BatchNormOperation
  | DropoutOperation
  | NoiseOperation
  | AddOperation;
