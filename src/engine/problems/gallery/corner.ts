/** A function that is not smooth at its minimum: its gradient has the same size everywhere. */
import { galleryFunction } from './definition';

export const corner = galleryFunction({
  name: 'corner',
  title: 'Corner',
  formula: 'abs(x)',
  window: { x: [-3, 3] },
  start: { x: 2.2 },
  notice:
    'The gradient does not shrink on the way to the minimum, so a constant rate never arrives: it ends up jumping from side to side. A rate that falls arrives.',
  source: 'Subgradients: Shor 1985, Minimization Methods for Non-differentiable Functions.',
  points: [],
  optimizers: [
    { name: 'sgd', lr: 0.25 },
    { name: 'adagrad', lr: 0.6 },
  ],
  steps: 60,
});
