import { distance } from '../vectors';
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
  needs: ['weights', 'weightsBefore'],
  every: 'step',
  cost: 'a copy of the weights and one pass',
  compute: ({ weights, weightsBefore }) => distance(weights, weightsBefore),
});
