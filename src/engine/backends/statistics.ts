/**
 * The statistics of a step by plain loops in float64, for updaters that do not compute them on their way: the reference and the rules in
 * TypeScript. The weights before the step are copied, which the CPU's fused passes do without.
 */
import { distance, norm } from '../vectors';
import { atOnce } from '../eventually';
import type { Floats, Model, Statistics, Updater, Walker } from './backend';

export const noStatistics = (layers: number): Statistics => ({
  gradientNorm: new Float64Array(layers),
  updateNorm: new Float64Array(layers),
  weightNorm: new Float64Array(layers),
  meanRate: new Float64Array(layers),
});

/** The mean of a layer's effective rates; of none, 0. */
export function meanOf(rate: Floats | number): number {
  if (typeof rate === 'number') return rate;
  let sum = 0;
  for (let i = 0; i < rate.length; i++) sum += rate[i];
  return rate.length > 0 ? sum / rate.length : 0;
}

export class PlainStatistics {
  readonly of: Statistics;
  private weights: readonly Floats[] = [];

  constructor(private readonly model: Pick<Model, 'layers' | 'weights' | 'gradients'>) {
    this.of = noStatistics(model.layers.length);
  }

  /** To be called before the step. */
  before(): void {
    const { weights, gradients } = this.model;
    if (this.weights.length === 0) this.weights = weights.map((values) => values.slice());
    else this.weights.forEach((copy, layer) => copy.set(weights[layer]));
    gradients.forEach((g, layer) => (this.of.gradientNorm[layer] = norm(g)));
  }

  /** To be called after it. @param rate of a layer, as `Updater.rate` */
  after(rate: Updater['rate']): void {
    this.model.weights.forEach((w, layer) => {
      this.of.updateNorm[layer] = distance(w, this.weights[layer]);
      this.of.weightNorm[layer] = norm(w);
      this.of.meanRate[layer] = meanOf(rate(layer));
    });
  }
}

/** The same as an updater that measures. @param model which answers at once */
export function withStatistics(walker: Walker, model: Model): Updater {
  const statistics = new PlainStatistics(model);
  const rate = (layer: number): Floats | number => walker.rate(layer);
  return {
    state: walker.state,
    statistics: statistics.of,
    step(t, lr, measure, batch) {
      if (measure !== 'nothing') statistics.before();
      atOnce(walker.walk(t, lr, batch));
      if (measure !== 'nothing') statistics.after(rate);
    },
    rate,
    stabilityLimit: (t, lr) => walker.stabilityLimit(t, lr),
  };
}
