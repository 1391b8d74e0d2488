import type { RateQuantiles } from '../run/record';
import { defineQuantity } from './definition';

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
  needs: ['rateQuantiles'],
  every: 'step',
  cost: 'a pass over the rates, three where they jump',
  compute: ({ rateQuantiles: [q05, q25, q50, q75, q95] }): RateQuantiles => ({ q05, q25, q50, q75, q95 }),
});
