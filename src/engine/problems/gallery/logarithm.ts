/** A function without a minimum: it falls without end towards 0, ever more steeply. */
import { galleryFunction } from './definition';

export const logarithm = galleryFunction({
  name: 'logarithm',
  title: 'Logarithm of a square',
  formula: 'log(x^2)',
  window: { x: [-4, 4] },
  start: { x: 3 },
  notice:
    'The gradient 2/x grows without bound towards 0: gradient descent is thrown out as soon as it comes near, while a rule that divides by the size of the gradient walks in with even steps.',
  source: 'No critical point; the curvature −2/x² is negative everywhere.',
  points: [],
  optimizers: [
    { name: 'sgd', lr: 0.2 },
    { name: 'adam', lr: 0.1 },
  ],
  steps: 60,
  look: 28,
});
