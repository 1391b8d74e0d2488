import { defineQuantity } from './definition';

/**
 * Update norm by layer: the L2 norm of what the step really changed, weights after less weights before, decay included. In float32
 * this is the change that survived rounding: a layer whose steps are too small to move its weights shows 0.
 */
export const updateNorm = defineQuantity({
  id: 'updateNorm',
  title: '‖Δw‖',
  unit: '1',
  scope: 'layer',
  scale: 'log',
  needs: ['statistics'],
  every: 'step',
  cost: 'nearly nothing: it is summed while the weights are updated',
  compute: ({ statistics }) => statistics.updateNorm,
});
