/** What the record tells of a step: every quantity of every layer, and for a function where the step arrived. */
import type { Floats } from '../backends/backend';
import { measure } from '../quantities';
import type { LayerSources } from '../quantities/definition';
import type { Machine } from './machine';
import type { StepEvent } from './record';

const noRows = new Uint32Array(0);

/** The effective rates of the last step that measured them, one entry a layer. */
export const ratesOf = ({ model, updater }: Machine): (Floats | number)[] => model.layers.map((_, layer) => updater.rate(layer));

/** @param step that was taken last, with rates measured @param perWeight whether to tell the rate of every single weight */
export function stepEvent(machine: Machine, step: Pick<StepEvent, 'step' | 'epoch' | 'loss' | 'lr'>, perWeight: boolean): StepEvent {
  const { model, updater } = machine;
  const { gradientNorm, updateNorm, weightNorm, meanRate } = updater.statistics;
  const rates = ratesOf(machine);
  const layers = model.layers.map((_, layer): LayerSources => ({
    statistics: {
      gradientNorm: gradientNorm[layer],
      updateNorm: updateNorm[layer],
      weightNorm: weightNorm[layer],
      meanRate: meanRate[layer],
    },
    gradient: model.gradients[layer],
    weights: model.weights[layer],
    rate: rates[layer],
  }));
  const spread = (rate: Floats | number, layer: number): number[] =>
    typeof rate === 'number' ? Array<number>(model.layers[layer].parameters).fill(rate) : Array.from(rate);
  return {
    type: 'step',
    ...step,
    ...measure(layers),
    ...(perWeight && { effectiveRatePerWeight: rates.map(spread) }),
    ...position(machine),
  };
}

/** For a function: where the step arrived, the value there and the gradient there. */
function position({ model, variables }: Machine): Pick<StepEvent, 'position' | 'value' | 'gradient'> {
  if (variables === null) return {};
  const named = (numbers: Floats): Record<string, number> => Object.fromEntries(variables.map((name, i) => [name, numbers[i]]));
  const value = model.gradient(noRows); // the next step computes it anew; what this step's rule received is measured already
  return { position: named(model.weights[0]), value, gradient: named(model.gradients[0]) };
}
