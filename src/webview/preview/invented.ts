/**
 * An invented run, for what no record can be: as long as one likes, so that the panels can be timed while it streams. Its numbers are of the
 * shape and size that a small network on images gives, the same each time. Nothing here is measured.
 */
import type { CurvatureEvent, EvaluationEvent, RateQuantiles, StartEvent, StepEvent } from '../../engine/run/record';
import type { Script } from './script';

/** A cheap repeatable noise of about normal spread, from any whole numbers. */
function noise(...seeds: readonly number[]): number {
  const uniform = (salt: number): number => {
    let hash = salt;
    for (const seed of seeds) {
      hash = Math.imul(hash ^ (hash >>> 16) ^ seed, 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    }
    return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 + 2 ** -33;
  };
  return Math.sqrt(-2 * Math.log(uniform(0x9e3779b9))) * Math.cos(2 * Math.PI * uniform(0x7f4a7c15));
}

const layers: StartEvent['layers'] = [
  { name: 'dense1.weight', shape: [128, 784], parameters: 100352 },
  { name: 'dense1.bias', shape: [128], parameters: 128 },
  { name: 'dense2.weight', shape: [10, 128], parameters: 1280 },
  { name: 'dense2.bias', shape: [10], parameters: 10 },
];

const sizes = [0.6, 0.09, 0.9, 0.13];

const startOf = (steps: number): StartEvent => ({
  type: 'start',
  title: 'Adam',
  details: 'lr 0.001 · β₁ 0.9 · β₂ 0.999 · 784-128-10 ReLU · invented · batch 64',
  rule: '',
  wrapperRules: [],
  spec: {
    problem: {
      network: { layers: [{ dense: 128, activation: 'relu' }, { dense: 10 }], loss: 'crossEntropy' },
      data: { generator: 'shapes' },
    },
    optimizer: { name: 'adam', lr: 0.001 },
    wrappers: [],
    schedule: { name: 'cosine', warmup: 0, warmupFrom: 0 },
    batchSize: 64,
    steps,
    seed: 1,
    order: 'shuffled',
    backend: 'cpu',
    measure: { every: 1, curvatureEvery: 25, evaluateEvery: 50, probeSamples: 512, perWeight: false },
  },
  parameters: 101770,
  layers,
  backend: 'cpu',
  precision: 'float32',
  steps,
  trainSamples: 8000,
  heldOutSamples: 2000,
  version: '0.0.0',
});

/** @param steps that it takes */
export function invented(steps: number): Script {
  const time = (step: number): number => step / steps;
  const rate = (step: number): number => 0.001 * (0.02 + 0.49 * (1 + Math.cos(Math.PI * time(step))));
  const each = <Value>(value: (layer: number) => Value): Value[] => layers.map((_, layer) => value(layer));

  const quantiles = (step: number, layer: number): RateQuantiles => {
    const t = time(step);
    const middle = rate(step) * 10 ** (0.4 + 0.5 * t + 0.2 * layer + 0.02 * noise(step, layer, 5));
    const [wide, narrow] = [10 ** (0.9 + 0.3 * t), 10 ** (0.35 + 0.15 * t)];
    return { q05: middle / wide, q25: middle / narrow, q50: middle, q75: middle * narrow, q95: middle * wide };
  };

  const stepEvent = (step: number): StepEvent => {
    const t = time(step);
    return {
      type: 'step',
      step,
      epoch: (step * 64) / 8000,
      loss: (2.2 * Math.exp(-9 * t) + 0.12) * Math.exp(0.16 * noise(step, 1)),
      lr: rate(step),
      gradientNorm: each((layer) => sizes[layer] * Math.exp(0.6 * Math.exp(-6 * t) - 1.4 * t + 0.18 * noise(step, layer, 2))),
      updateNorm: each((layer) => (0.09 * sizes[layer] + 0.004) * Math.exp(0.05 * noise(step, layer, 3)) * (1.02 - t)),
      weightNorm: each((layer) => 16 * sizes[layer] + t),
      effectiveRate: each((layer) => quantiles(step, layer)),
    };
  };

  const evaluation = (step: number): EvaluationEvent => {
    const t = time(step);
    const trainLoss = 2.2 * Math.exp(-9 * t) + 0.115 + 0.003 * noise(step, 11);
    const trainAccuracy = 0.972 - 0.86 * Math.exp(-16 * t) + 0.001 * noise(step, 12);
    const heldOutAccuracy = 0.946 - 0.84 * Math.exp(-15 * t) + 0.001 * noise(step, 13);
    return { type: 'evaluation', step, trainLoss, trainAccuracy, heldOutLoss: trainLoss + 0.055 + 0.03 * t, heldOutAccuracy };
  };

  const curvature = (step: number): CurvatureEvent => {
    const t = time(step);
    const lambdaMax = 10 + 32 * (1 - Math.exp(-6 * t)) + 0.9 * noise(step, 21);
    return {
      type: 'curvature',
      step,
      lambdaMax,
      lambdaMin: -5 * Math.exp(-5 * t) - 1.6 + 0.1 * noise(step, 22),
      residualMax: 0.0872,
      residualMin: 0.0214,
      trace: 412 + 40 * noise(step, 23),
      traceError: 31,
      negativeFraction: 0.031 + 0.02 * Math.exp(-5 * t),
      preconditionedSharpness: lambdaMax * (900 + 420 * t) * (0.001 / rate(step)) ** 0.7,
      stabilityLimit: 38 / rate(step),
      gradientNorm: 0.31 * Math.exp(-t),
      verdict: 'slope',
      reason: `The loss still slopes, so this is no minimum or saddle yet: ‖g‖ is ${(0.31 * Math.exp(-t)).toFixed(2)} and counts as zero up to 0.01.`,
      probeSamples: 512,
      products: 64,
    };
  };

  const end = { type: 'end', reason: 'completed', step: steps, seconds: steps / 2000, stepsPerSecond: 2000 } as const;
  return {
    start: startOf(steps),
    last: steps,
    step: stepEvent,
    rare: (step) => [
      ...(step % 50 === 0 || step === steps ? [evaluation(step)] : []),
      ...(step % 25 === 0 ? [curvature(step)] : []),
      ...(step === steps ? [end] : []),
    ],
  };
}
