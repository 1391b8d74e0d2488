/**
 * An invented run for looking at the panels without a training: numbers of the shape and size that a small network on images gives,
 * the same each time. Nothing here is measured.
 */
import type { CurvatureEvent, EndEvent, EvaluationEvent, RateQuantiles, StartEvent, StepEvent } from '../../engine/run/record';

/** What the page is to show. */
export type Scene = 'empty' | 'starting' | 'running' | 'paused' | 'completed' | 'diverged' | 'lost' | 'descent' | 'function';

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

const network: StartEvent['layers'] = [
  { name: 'dense1.weight', shape: [128, 784], parameters: 100352 },
  { name: 'dense1.bias', shape: [128], parameters: 128 },
  { name: 'dense2.weight', shape: [10, 128], parameters: 1280 },
  { name: 'dense2.bias', shape: [10], parameters: 10 },
];

export const STEPS = 2500;

export class InventedRun {
  readonly title: string;
  readonly details: string;
  readonly start: StartEvent;
  private readonly isFunction: boolean;
  private readonly descent: boolean;

  constructor(scene: Scene) {
    this.isFunction = scene === 'function';
    this.descent = scene === 'descent';
    this.title = this.descent || this.isFunction ? 'SGD' : 'Adam';
    this.details = this.isFunction
      ? 'lr 0.001 · momentum 0.9 · (1 − x)² + 100·(y − x²)² from (−1.2, 1) · reference'
      : this.descent
        ? 'lr 0.1 · momentum 0 · 784-128-10 ReLU · MNIST · batch 64 · CPU'
        : 'lr 0.001 · β₁ 0.9 · β₂ 0.999 · 784-128-10 ReLU · MNIST · batch 64 · CPU';
    this.start = {
      type: 'start',
      title: this.title,
      details: this.details,
      rule: '',
      wrapperRules: [],
      spec: {
        problem: this.isFunction
          ? { function: '(1 - x)^2 + 100*(y - x^2)^2', start: { x: -1.2, y: 1 } }
          : {
              network: { layers: [{ dense: 128, activation: 'relu' }, { dense: 10 }], loss: 'crossEntropy' },
              data: { generator: 'digits' },
            },
        optimizer: { name: this.title.toLowerCase(), lr: 0.001 },
        wrappers: [],
        schedule: { name: this.isFunction ? 'constant' : 'cosine', warmup: 0, warmupFrom: 0 },
        batchSize: 64,
        steps: STEPS,
        seed: 1,
        order: 'shuffled',
        backend: 'cpu',
        measure: { every: 1, curvatureEvery: 25, evaluateEvery: 50, probeSamples: 512, perWeight: false },
      },
      parameters: this.isFunction ? 2 : 101770,
      layers: this.isFunction ? [{ name: 'position', shape: [2], parameters: 2 }] : network,
      backend: 'cpu',
      precision: 'float32',
      steps: STEPS,
      trainSamples: 8000,
      heldOutSamples: 2000,
      version: '0.1.0',
    };
  }

  step(step: number): StepEvent {
    const { layers } = this.start;
    const t = step / STEPS;
    const lr = this.isFunction ? 0.001 : (this.descent ? 0.1 : 0.001) * (0.02 + 0.49 * (1 + Math.cos(Math.PI * t)));
    const sizes = [0.6, 0.09, 0.9, 0.13];
    const each = <Value>(factor: (layer: number) => Value): Value[] => layers.map((_, layer) => factor(layer));
    const spread = this.descent || this.isFunction ? 0 : 1;
    const rates = (layer: number): RateQuantiles => {
      const middle = this.descent ? lr : lr * 10 ** (0.4 + 0.5 * t + 0.2 * layer + 0.02 * noise(step, layer, 5));
      const [wide, narrow] = [10 ** (spread * (0.9 + 0.3 * t)), 10 ** (spread * (0.35 + 0.15 * t))];
      return { q05: middle / wide, q25: middle / narrow, q50: middle, q75: middle * narrow, q95: middle * wide };
    };
    return {
      type: 'step',
      step,
      epoch: (step * 64) / 8000,
      loss: this.isFunction ? 24 * Math.exp(-14 * t) + 1e-7 : (2.2 * Math.exp(-9 * t) + 0.12) * Math.exp(0.16 * noise(step, 1)),
      lr,
      gradientNorm: each((layer) => sizes[layer] * Math.exp(0.6 * Math.exp(-6 * t) - 1.4 * t + 0.18 * noise(step, layer, 2))),
      updateNorm: each((layer) => (0.09 * sizes[layer] + 0.004) * Math.exp(0.05 * noise(step, layer, 3)) * (1.02 - t)),
      weightNorm: each((layer) => 16 * sizes[layer] + t),
      effectiveRate: each(rates),
    };
  }

  evaluation(step: number): EvaluationEvent {
    const t = step / STEPS;
    const gap = 0.055 + 0.03 * t;
    const trainLoss = 2.2 * Math.exp(-9 * t) + 0.115 + 0.003 * noise(step, 11);
    return this.isFunction
      ? { type: 'evaluation', step, trainLoss: this.step(step).loss, trainAccuracy: null, heldOutLoss: null, heldOutAccuracy: null }
      : {
          type: 'evaluation',
          step,
          trainLoss,
          trainAccuracy: 0.972 - 0.86 * Math.exp(-16 * t) + 0.001 * noise(step, 12),
          heldOutLoss: trainLoss + gap,
          heldOutAccuracy: 0.946 - 0.84 * Math.exp(-15 * t) + 0.001 * noise(step, 13),
        };
  }

  curvature(step: number): CurvatureEvent {
    const t = step / STEPS;
    const lambdaMax = 10 + 32 * (1 - Math.exp(-6 * t)) + 0.9 * noise(step, 21);
    const lambdaMin = -5 * Math.exp(-5 * t) - 1.6 + 0.1 * noise(step, 22);
    const lr = this.step(step).lr;
    const limit = (this.descent ? 2 : 38) / lr;
    return {
      type: 'curvature',
      step,
      lambdaMax,
      lambdaMin,
      residualMax: 0.0872,
      residualMin: 0.0214,
      trace: 412 + 40 * noise(step, 23),
      traceError: 31,
      negativeFraction: 0.031 + 0.02 * Math.exp(-5 * t),
      preconditionedSharpness: this.descent ? lambdaMax : lambdaMax * (900 + 420 * t) * (0.001 / lr) ** 0.7,
      stabilityLimit: this.isFunction ? null : limit,
      gradientNorm: 0.31 * Math.exp(-t),
      verdict: 'slope',
      reason: `not near a critical point: ‖g‖ ${(0.31 * Math.exp(-t)).toFixed(2)}, 3.1 % of the spectrum is negative`,
      probeSamples: 512,
      products: 64,
    };
  }

  end(reason: EndEvent['reason'], step: number): EndEvent {
    const message = reason === 'diverged' ? `The loss is not finite from step ${step} on.` : undefined;
    return { type: 'end', reason, step, seconds: 3.24, stepsPerSecond: step / 3.24, message };
  }

  /** One row a unit with bands, as pixels at the border of an image give them. */
  rates(layer: number, step: number): Float32Array {
    const { shape, parameters } = this.start.layers[layer];
    const columns = shape[shape.length - 1];
    const q = this.step(step).effectiveRate[layer];
    return Float32Array.from({ length: parameters }, (_, index) => {
      const [row, column] = [Math.floor(index / columns), index % columns];
      const edge = Math.hypot((column % 28) - 14, Math.floor(column / 28) - 14) / 14;
      return q.q50 === q.q95 ? q.q50 : q.q50 * 10 ** (0.9 * edge * edge - 0.5 + 0.12 * noise(row, column, 31));
    });
  }
}
