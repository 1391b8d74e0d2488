/**
 * The run record: everything that a run says about itself, one event a line (JSON Lines). Panels draw it, the command line prints
 * it, a file keeps it. In memory numbers are numbers; where a line is written, one that is not finite becomes "NaN", "Infinity" or "-Infinity".
 */
import type { Layer } from '../backends/backend';
import type { Settings } from '../language';
import type { BackendName } from './backendNames';
import type { CompleteSpecification } from './specification';

export interface StartEvent {
  readonly type: 'start';
  /** What a person calls the optimizer: `Adam`. */
  readonly title: string;
  /** What runs, in one line: `lr 0.001 · β₁ 0.9 · 784-128-10 ReLU · batch 64 · CPU`. */
  readonly details: string;
  readonly spec: CompleteSpecification;
  /** The optimizer's text, and those of the wrappers round it, so that a record says what ran when files and library have changed. */
  readonly rule: string;
  readonly wrapperRules: readonly string[];
  /** Number of weights. */
  readonly parameters: number;
  readonly layers: readonly Layer[];
  readonly backend: BackendName;
  readonly precision: 'float32' | 'float64';
  /** The steps that the run will take. */
  readonly steps: number;
  /** Training samples and samples held out; 1 and 0 for a function. */
  readonly trainSamples: number;
  readonly heldOutSamples: number;
  /** Version of Optimizer Debugger. */
  readonly version: string;
}

/** Quantiles of the effective per-weight learning rate of one layer. */
export interface RateQuantiles {
  readonly q05: number;
  readonly q25: number;
  readonly q50: number;
  readonly q75: number;
  readonly q95: number;
}

export interface StepEvent {
  readonly type: 'step';
  /** The step just taken, from 1. */
  readonly step: number;
  /** Passes over the training samples so far, a fraction. */
  readonly epoch: number;
  /** Mean loss of this step's batch before its update. */
  readonly loss: number;
  /** Learning rate after the schedule. */
  readonly lr: number;
  /** L2 norms, one a layer. */
  readonly gradientNorm: readonly number[];
  readonly updateNorm: readonly number[];
  readonly weightNorm: readonly number[];
  readonly effectiveRate: readonly RateQuantiles[];
  /** With `measure.perWeight`: the rate of every weight, one array a layer. */
  readonly effectiveRatePerWeight?: readonly (readonly number[])[];
  /** For a function: where the step arrived, the value there, and the gradient there. */
  readonly position?: Readonly<Record<string, number>>;
  readonly value?: number;
  readonly gradient?: Readonly<Record<string, number>>;
}

export interface EvaluationEvent {
  readonly type: 'evaluation';
  readonly step: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number | null;
  readonly heldOutLoss: number | null;
  readonly heldOutAccuracy: number | null;
}

export type Verdict = 'minimum' | 'saddle' | 'maximum' | 'plateau' | 'slope';

export interface CurvatureEvent {
  readonly type: 'curvature';
  /** The step after which the weights were frozen for this measurement. */
  readonly step: number;
  readonly lambdaMax: number;
  readonly lambdaMin: number;
  /** ‖H·v − λ·v‖ of the two ends, v of length 1: some eigenvalue lies within this distance of the one told. */
  readonly residualMax: number;
  readonly residualMin: number;
  readonly trace: number;
  /** Standard error of the trace; 0 where it is exact. */
  readonly traceError: number;
  /** Share of the eigenvalues below −tolerance (`curvature/verdict.ts`): exact where all are computed, otherwise estimated. */
  readonly negativeFraction: number;
  /** Largest eigenvalue of D^(1/2)·H·D^(1/2), D = rate/lr by weight. NaN before the first step, when no rate is known yet. */
  readonly preconditionedSharpness: number;
  /** The sharpness above which the rule is unstable on a quadratic, where the rule states it. */
  readonly stabilityLimit: number | null;
  /** ‖g‖ over the probe samples. */
  readonly gradientNorm: number;
  readonly verdict: Verdict;
  /** One sentence with the numbers that decided. */
  readonly reason: string;
  readonly probeSamples: number;
  /** Hessian-vector products that it took. */
  readonly products: number;
}

/** Another text of a rule that the run has from a file: used from the step after this one on. */
export interface RuleEvent {
  readonly type: 'rule';
  /** The last step taken with the text before. */
  readonly step: number;
  /** As the specification gives it. */
  readonly file: string;
  readonly text: string;
  /** As in the `start` event. */
  readonly title: string;
  readonly details: string;
  /** Every hyperparameter of the run's rules, by name; those of wrappers under the wrapper's name, `sam.rho`. */
  readonly settings: Settings;
  /** States that go on with their values, and states that begin anew. */
  readonly kept: readonly string[];
  readonly fresh: readonly string[];
}

/** Other hyperparameters, changed while the run stood still: used from the step after this one on. */
export interface SettingsEvent {
  readonly type: 'settings';
  /** The last step taken with those before. */
  readonly step: number;
  /** The changed ones; those of wrappers under the wrapper's name, `sam.rho`. */
  readonly changed: Settings;
  /** As in the `start` event. */
  readonly title: string;
  readonly details: string;
  /** Every hyperparameter as it is now, by name. */
  readonly settings: Settings;
}

export interface FindingEvent {
  readonly type: 'finding';
  readonly id: string;
  readonly severity: 'error' | 'warning' | 'information';
  readonly step: number;
  readonly layer: string | null;
  readonly evidence: Readonly<Record<string, number>>;
  readonly message: string;
  readonly suggestion: Readonly<Record<string, number | string | boolean>> | null;
  readonly source: string;
}

export interface EndEvent {
  readonly type: 'end';
  readonly reason: 'completed' | 'stopped' | 'diverged' | 'error';
  /** The last step taken. */
  readonly step: number;
  readonly seconds: number;
  readonly stepsPerSecond: number;
  /** What went wrong, where `reason` is `error` or `diverged`. */
  readonly message?: string;
}

export type RecordEvent = StartEvent | StepEvent | EvaluationEvent | CurvatureEvent | RuleEvent | SettingsEvent | FindingEvent | EndEvent;
