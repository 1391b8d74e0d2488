import { defineQuantity } from './definition';

/** Weight norm by layer: the L2 norm of the weights after the update. With the update norm it gives the relative size of a step. */
export const weightNorm = defineQuantity({
  id: 'weightNorm',
  title: '‖w‖',
  unit: '1',
  scope: 'layer',
  scale: 'log',
  needs: ['statistics'],
  every: 'step',
  cost: 'nearly nothing: it is summed while the weights are updated',
  compute: ({ statistics }) => statistics.weightNorm,
});
