import { defineQuantity } from './definition';

/**
 * Gradient norm by layer: the L2 norm of the mini-batch mean gradient, as the update rule receives it, before clipping.
 * Vanishing and exploding gradients show here first.
 */
export const gradientNorm = defineQuantity({
  id: 'gradientNorm',
  title: '‖g‖',
  unit: '1',
  scope: 'layer',
  scale: 'log',
  needs: ['statistics'],
  every: 'step',
  cost: 'nearly nothing: it is summed while the weights are updated',
  compute: ({ statistics }) => statistics.gradientNorm,
});
