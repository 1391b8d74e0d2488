/** A pit in a plain: away from it the gradient all but vanishes. */
import { galleryFunction } from './definition';

export const plateau = galleryFunction({
  name: 'plateau',
  title: 'Pit in a plateau',
  formula: '1 - exp(-(x^2 + 2*y^2)/2)',
  window: { x: [-4, 4], y: [-3, 3] },
  start: { x: -2.6, y: 1.4 },
  notice:
    'On the plain the gradient is next to nothing and gradient descent hardly moves; rules that divide by the size of the gradient walk on. Newton, misled by the curvature, walks away.',
  source: 'An inverted Gaussian; the Hessian is positive definite only near the middle.',
  points: [{ kind: 'minimum', at: { x: 0, y: 0 }, value: 0 }],
  optimizers: [
    { name: 'sgd', lr: 0.5 },
    { name: 'rmsprop', lr: 0.05 },
    { name: 'adam', lr: 0.05 },
    { name: 'newton', lr: 0.2 },
  ],
  steps: 150,
});
