/**
 * What a run computes with where answers come later: a queue of work. Whatever is asked for is done in the order in which it was asked, each
 * with the weights as those before it leave them; promises end in that order, too. Nothing is begun before `flush`. A GPU is such a
 * queue (`src/webview/gpu/machine.ts`); the tests have one on the CPU.
 */
import type { Batch, Evaluation, Floats, Layer } from '../backends/backend';
import type { LanczosProcess } from '../curvature/krylov';
import type { Eventually } from '../eventually';
import type { Rule, Settings } from '../language/rule';

/** What a step measured, one entry a layer, as `Statistics` and the quantities have it. */
export interface StepFigures {
  readonly gradientNorm: Float64Array;
  readonly updateNorm: Float64Array;
  readonly weightNorm: Float64Array;
  readonly meanRate: Float64Array;
  /** Of the effective rates of each layer: at the shares 0.05, 0.25, 0.5, 0.75, 0.95, interpolated as `quantiles.ts` does. */
  readonly rateQuantiles: readonly (readonly number[])[];
}

export interface StepAnswer {
  /** Mean loss of the mini-batch at the weights before the step. */
  readonly loss: number;
  /** Null where nothing was to be measured. */
  readonly figures: StepFigures | null;
}

export interface StepRequest {
  /** From 1. */
  readonly step: number;
  /** After the schedule. */
  readonly lr: number;
  /** The samples of the mini-batch. */
  readonly rows: Batch['rows'];
  readonly measured: boolean;
}

/** A matrix of second derivatives at frozen weights, whose products come later. */
export interface StreamOperator {
  readonly size: number;
  apply(v: Float64Array, out: Float64Array): Promise<void>;
  gradient(out: Float64Array): Promise<void>;
  /** As of a `SymmetricMap`: a Lanczos process where the products are computed. */
  krylov?(start: Float64Array, roots?: Float64Array): LanczosProcess;
  close(): void;
}

/** What a checkpoint keeps of a machine: as `Model.weights`, `Model.buffers`, `Updater.state`. */
export interface MachineTensors {
  readonly weights: readonly Floats[];
  readonly buffers: readonly Floats[];
  readonly state: Readonly<Record<string, readonly Floats[]>>;
}

export interface StreamMachine {
  readonly backend: 'webgpu';
  readonly precision: 'float32';
  /** What computes, for a checkpoint's header: the adapter's name. */
  readonly engine: string;
  readonly layers: readonly Layer[];
  readonly parameters: number;
  /** Steps that it is good to have asked for ahead of the last answer. At least 1; 1 where a rule needs the host in the middle of a step. */
  readonly ahead: number;
  /** Names of the states, in the order of a checkpoint. */
  readonly states: readonly string[];
  /** Bytes of weights, buffers and states. */
  readonly bytes: number;
  step(request: StepRequest): Promise<StepAnswer>;
  evaluate(rows: Uint32Array): Promise<Evaluation>;
  /** Begins what has been asked for. */
  flush(): void;
  /** The Hessian at the weights of this moment of the queue. */
  hessian(rows: Uint32Array): StreamOperator;
  /** Copies, as of this moment of the queue. */
  save(): Promise<MachineTensors>;
  /** Only weights: what a curvature measurement freezes. */
  weights(): Promise<readonly Floats[]>;
  /** Takes effect at this moment of the queue; what is left out stays. */
  load(tensors: Partial<MachineTensors>): void;
  /** The effective rates of the last measured step. */
  rates(layer: number): Promise<Floats | number>;
  /** A copy of a layer's weights, or of the gradient that the last step received, as of this moment of the queue. */
  tensor(which: 'weights' | 'gradients', layer: number): Promise<Floats>;
  /** A copy of a layer's part of a state, as of this moment of the queue. */
  state(name: string, layer: number): Promise<Floats>;
  stabilityLimit(t: number, lr: number): number | null;
  /** The same weights with another rule, whose states of the same name and shape go on from the old one's. Awaited before anything else is asked. @returns states kept and begun anew */
  replace(rule: Rule, settings: Settings): Eventually<{ readonly kept: readonly string[]; readonly fresh: readonly string[] }>;
  close(): void;
}

/** What computed is gone, with all that was under way: the run can go on from a checkpoint, here or elsewhere. */
export class MachineLost extends Error {
  override readonly name = 'MachineLost';
}
