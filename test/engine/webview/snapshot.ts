/**
 * What the editor tells a panel about a run, whole and valid, for tests: each test names only what it is about. The run minimises a function
 * with Adam and is paused before its first step.
 */
import type { CurvatureEvent, EvaluationEvent, StartEvent } from '../../../src/engine/run/record';
import { encodeFrame, rowWidth } from '../../../src/shared/frame';
import { History } from '../../../src/shared/history';
import type { RunSnapshot } from '../../../src/shared/protocol';

/** @param spec what is other in its specification */
export const startOf = (spec: object = {}): StartEvent =>
  ({
    type: 'start',
    title: 'Adam',
    steps: 5000,
    layers: [],
    rule: '',
    wrapperRules: [],
    spec: {
      problem: { function: 'x^2', start: { x: 1 } },
      optimizer: { name: 'adam', lr: 0.001, beta1: 0.9, amsgrad: false, eps: 1e-8 },
      wrappers: [],
      schedule: { name: 'constant', warmup: 0 },
      batchSize: 64,
      seed: 1,
      order: 'shuffled',
      backend: 'cpu',
      ...spec,
    },
  }) as unknown as StartEvent;

export const snapshotOf = (changes: Partial<RunSnapshot> = {}): RunSnapshot => ({
  run: 'a',
  name: 'Adam',
  from: 'engine',
  state: 'paused',
  title: 'Adam',
  details: 'lr 0.001',
  start: startOf(),
  steps: null,
  evaluations: [],
  curvatures: [],
  changes: [],
  branch: null,
  bound: null,
  end: null,
  problem: null,
  checkpointStep: null,
  place: null,
  notices: [],
  ...changes,
});

/** Measured steps of a run without layers, as they come from its engine. @param lr of each */
export function frameOf(steps: readonly number[], lr: (row: number) => number = () => 0.1): ArrayBuffer {
  const width = rowWidth(0);
  const rows = new Float64Array(steps.length * width);
  steps.forEach((step, row) => rows.set([step, step / 10, 1 / step, lr(row)], row * width));
  return encodeFrame(0, rows, steps.length);
}

/** The same as a snapshot has them; null where there is none. */
export function stepsOf(steps: readonly number[], lr?: (row: number) => number): ArrayBuffer | null {
  if (steps.length === 0) return null;
  const history = new History(0);
  history.add(frameOf(steps, lr));
  return history.encode();
}

/** Whole numbers: `from`, `from + every` … `to`. */
export const range = (from: number, to: number, every = 1): number[] =>
  Array.from({ length: Math.max(0, Math.floor((to - from) / every) + 1) }, (_, index) => from + every * index);

export const evaluationOf = (step: number, changes: Partial<EvaluationEvent> = {}): EvaluationEvent => ({
  type: 'evaluation',
  step,
  trainLoss: 1,
  trainAccuracy: null,
  heldOutLoss: null,
  heldOutAccuracy: null,
  ...changes,
});

export const curvatureOf = (changes: Partial<CurvatureEvent> = {}): CurvatureEvent => ({
  type: 'curvature',
  step: 10,
  lambdaMax: 40,
  lambdaMin: -2,
  residualMax: 0.01,
  residualMin: 0.01,
  trace: 100,
  traceError: 3,
  negativeFraction: 0.1,
  preconditionedSharpness: 30_000,
  stabilityLimit: 38_000,
  gradientNorm: 0.3,
  verdict: 'slope',
  reason: 'The loss still slopes.',
  probeSamples: 512,
  products: 60,
  ...changes,
});
