/**
 * A rule at work on a GPU as whoever drives a run sees it: a step is encoded behind its gradient into the stream of work, and nothing waits.
 * Rules that are a text are shaders (`updater.ts`); those in TypeScript run on the CPU with the model's questions answered on the GPU
 * (`codeUpdater.ts`).
 */
import type { Floats, Layer } from '../../engine/backends/backend';
import type { CurvatureMatrix } from '../../engine/backends/webgpu/definition';
import type { Eventually } from '../../engine/eventually';
import type { StepFigures, StepRequest } from '../../engine/run/stream';
import type { Region } from './stream';

/** A matrix of second derivatives, frozen at the weights of the moment in the stream at which it was made. */
export interface RuleOperator {
  /** Laid out as the weights; what lies between layers may be anything. */
  readonly direction: Region;
  readonly product: Region;
  /** Encodes product = matrix · direction. */
  apply(): Eventually<void>;
  close(): void;
}

/**
 * What a rule needs of a network on the GPU. Everything is encoded, into the stream that the updater was made with, and takes effect at
 * that moment of it; only what has yet to be made (a shader, a buffer) is a promise.
 */
export interface RuleNetwork {
  readonly layers: readonly Layer[];
  /** How many there are to draw from. */
  readonly samples: number;
  /** Each layer's part where `layerPlaces` says. */
  readonly weights: Region;
  readonly gradients: Region;
  /** One number: the mean loss of the last gradient. */
  readonly loss: Region;
  /** The gradient of the mean training loss at `weights` into `gradients`, with the draws of the step. */
  gradient(rows: Uint32Array, step: number): Eventually<void>;
  /** The same at other weights, into another place; `weights` and `gradients` stay as they are. */
  gradientAt(weights: Region, into: Region, rows: Uint32Array, step: number): Eventually<void>;
  /** The mean training loss at `weights`, one number, into `into`. */
  trainLoss(rows: Uint32Array, step: number, into: Region): Eventually<void>;
  operator(rows: Uint32Array, matrix: CurvatureMatrix): Eventually<RuleOperator>;
}

export interface StreamUpdater {
  /** Names of the states, as `Updater.state` has them. */
  readonly states: readonly string[];
  /** Bytes of the states. */
  readonly bytes: number;
  /** Whether a step asks the CPU for something in the middle, so that it cannot be encoded ahead. */
  readonly needsHost: boolean;
  /** Encodes a step. The gradient at `network.gradients` and the loss at `network.loss` stand before it in the stream. @returns a promise only where `needsHost` */
  step(request: StepRequest, network: RuleNetwork): Eventually<void>;
  /** What the step just encoded did; it measured, and no gradient has been encoded since. */
  figures(): Promise<StepFigures>;
  /** The effective rates of the last measured step: one number where the rule gives all weights of the layer the same. */
  rates(layer: number): Promise<Floats | number>;
  /** A copy of the gradient that the last step received, where the network's own is another by now: the rule asked for more of them. */
  gradient?(layer: number): Promise<Floats>;
  /** A layer's part of one state at this moment of the stream. */
  state(name: string, layer: number): Promise<Floats>;
  /** The states at this moment of the stream, one array a layer. */
  save(): Promise<Record<string, Floats[]>>;
  /** From this moment of the stream on; what is left out stays. */
  load(state: Readonly<Record<string, readonly ArrayLike<number>[]>>): void;
  stabilityLimit(t: number, lr: number): number | null;
  close(): void;
}
