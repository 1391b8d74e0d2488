/** A round bowl: the curvature is alike in all directions. */
import { galleryFunction } from './definition';

export const bowl = galleryFunction({
  name: 'bowl',
  title: 'Round bowl',
  formula: 'x^2 + y^2',
  window: { x: [-10, 10], y: [-10, 10] },
  start: { x: 6, y: 9 },
  notice:
    'Here the gradient points straight at the minimum, and gradient descent goes straight there. Rules that treat each axis by itself take another way.',
  source: 'Both eigenvalues of the Hessian are 2.',
  points: [{ kind: 'minimum', at: { x: 0, y: 0 }, value: 0 }],
  optimizers: [
    { name: 'sgd', lr: 0.1 },
    { name: 'adam', lr: 0.5 },
    { name: 'signSgd', lr: 0.5 },
  ],
  steps: 60,
});
