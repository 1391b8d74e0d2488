/** What a specification means where it says nothing. The JSON Schema tells the same values. */
import { findActivation } from '../network/activations';

export const defaults = {
  /** Steps, where neither `steps` nor `epochs` is given. */
  steps: 1000,
  /** Samples a batch, for a network; fewer where there are fewer. A function takes "all". */
  batchSize: 32,
  seed: 1,
  order: 'shuffled',
  schedule: 'constant',
  /** Share of the samples held out of the training. */
  heldOut: 0.2,
  /** Training labels are as the data have them. */
  labelNoise: 0,
  randomLabels: false,
  /** A CSV's columns are typed by looking, a missing cell is a fault, and numbers are taken as they stand. */
  ignore: [],
  categories: [],
  missing: 'refuse',
  standardise: false,
  /** Activation of every dense layer but the last, which gives logits or plain outputs. */
  hiddenActivation: 'relu',
  lastActivation: 'identity',
  /** What every bias starts as. */
  bias: 0,
  measure: { every: 1, curvatureEvery: 100, probeSamples: 512, perWeight: false },
  /** `measure.evaluateEvery` is one epoch, or more where that would be more than this many evaluations. */
  mostEvaluations: 100,
} as const;

/** The initialiser that a layer takes with its activation. */
export const defaultInit = (activation: string): string => findActivation(activation)?.init ?? 'xavierUniform';
