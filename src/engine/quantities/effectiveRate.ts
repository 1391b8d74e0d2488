import type { Floats } from '../backends/backend';
import type { RateQuantiles } from '../run/record';
import { trackedQuantiles } from '../quantileBrackets';
import { quantiles } from '../quantiles';
import { defineQuantity } from './definition';

/** The shares at which the distribution of the rates is read, in the order of `RateQuantiles`. */
const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/**
 * Effective learning rate by layer: the factor by which the rule multiplies the gradient (or its running average) of each single
 * weight, as quantiles over the layer. Adaptive rules spread it; where it collapses, learning stalls.
 */
export const effectiveRate = defineQuantity({
  id: 'effectiveRate',
  title: 'effective rate',
  unit: '1',
  scope: 'layer',
  scale: 'log',
  needs: ['rate'],
  every: 'step',
  cost: 'a pass over the rates, three where they jump',
  compute: ({ rate }): RateQuantiles => {
    const of = (rates: Floats) => (rates instanceof Float32Array ? trackedQuantiles(rates, SHARES) : quantiles(rates, SHARES));
    const [q05, q25, q50, q75, q95] = typeof rate === 'number' ? SHARES.map(() => rate) : of(rate);
    return { q05, q25, q50, q75, q95 };
  },
});
