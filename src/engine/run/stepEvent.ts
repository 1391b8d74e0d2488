/** What the record tells of a step: every quantity of every layer, and for a function where the step arrived. */
import type { Floats, Layer } from '../backends/backend';
import { measure } from '../quantities';
import type { LayerSources } from '../quantities/definition';
import { rateQuantiles } from '../rateQuantiles';
import type { Machine } from './machine';
import type { StepEvent } from './record';
import type { StepFigures } from './stream';

const noRows = new Uint32Array(0);

/** The effective rates of a step, one entry a layer; one number where the rule gives all weights of the layer the same. */
export type Rates = readonly (Floats | number)[];

/** What is not told of every step. */
export interface StepDetails {
  /** The rate of every single weight. */
  readonly perWeight?: Rates;
  /** Of a function. */
  readonly place?: Pick<StepEvent, 'position' | 'value' | 'gradient'>;
}

/** @param layers in the order of the figures */
export function stepEvent(
  layers: readonly Layer[],
  step: Pick<StepEvent, 'step' | 'epoch' | 'loss' | 'lr'>,
  { gradientNorm, updateNorm, weightNorm, meanRate, rateQuantiles }: StepFigures,
  { perWeight, place }: StepDetails = {},
): StepEvent {
  const sources = layers.map((_, layer): LayerSources => ({
    statistics: {
      gradientNorm: gradientNorm[layer],
      updateNorm: updateNorm[layer],
      weightNorm: weightNorm[layer],
      meanRate: meanRate[layer],
    },
    rateQuantiles: rateQuantiles[layer],
  }));
  const spread = (rate: Floats | number, layer: number): number[] =>
    typeof rate === 'number' ? Array<number>(layers[layer].parameters).fill(rate) : Array.from(rate);
  return {
    type: 'step',
    ...step,
    ...measure(sources),
    ...(perWeight && { effectiveRatePerWeight: perWeight.map(spread) }),
    ...place,
  };
}

/** The effective rates of the last step that measured them. */
export const ratesOf = ({ model, updater }: Machine): Rates => model.layers.map((_, layer) => updater.rate(layer));

/** What the last step measured. */
export const figuresOf = ({ updater }: Machine, rates: Rates): StepFigures => ({
  ...updater.statistics,
  rateQuantiles: rates.map(rateQuantiles),
});

/** For a function: where the step arrived, the value there and the gradient there. */
export function position({ model, variables }: Machine): Pick<StepEvent, 'position' | 'value' | 'gradient'> {
  if (variables === null) return {};
  const named = (numbers: Floats): Record<string, number> => Object.fromEntries(variables.map((name, i) => [name, numbers[i]]));
  const value = model.gradient(noRows); // the next step computes it anew; what this step's rule received is measured already
  return { position: named(model.weights[0]), value, gradient: named(model.gradients[0]) };
}
