/** The simplest function that has a minimum. */
import { galleryFunction } from './definition';

export const parabola = galleryFunction({
  name: 'parabola',
  title: 'Parabola',
  formula: 'x^2',
  window: { x: [-100, 100] },
  start: { x: 70 },
  notice:
    'Gradient descent shrinks x by the same factor in every step and stays on its side; a ball with momentum rolls through the minimum and comes back.',
  source: 'A quadratic of curvature 2: gradient descent converges below a rate of 2/2 = 1.',
  points: [{ kind: 'minimum', at: { x: 0 }, value: 0 }],
  optimizers: [
    { name: 'sgd', lr: 0.1 },
    { name: 'heavyBall', lr: 0.1, momentum: 0.9 },
  ],
  steps: 100,
});
