/** The same unevenness, turned by half a right angle: no axis fits the valley. */
import { galleryFunction } from './definition';

export const tiltedBowl = galleryFunction({
  name: 'tiltedBowl',
  title: 'Tilted bowl',
  formula: '5.25*x^2 + 9.5*x*y + 5.25*y^2',
  window: { x: [-8, 8], y: [-6, 6] },
  start: { x: -6, y: 3.5 },
  notice:
    'Rates of their own for each axis help little where the valley runs across both axes: the eigenvectors of the Hessian are the diagonals. Newton does not mind.',
  source: 'Eigenvalues 1 and 20 along the diagonals x = −y and x = y.',
  points: [{ kind: 'minimum', at: { x: 0, y: 0 }, value: 0 }],
  optimizers: [
    { name: 'sgd', lr: 0.09 },
    { name: 'adagrad', lr: 1 },
    { name: 'newton', lr: 0.5 },
  ],
  steps: 100,
});
