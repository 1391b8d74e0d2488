/** A parabola of nine times the usual curvature, on which a rate of 0.1 is nearly too large. */
import { galleryFunction } from './definition';

export const steepParabola = galleryFunction({
  name: 'steepParabola',
  title: 'Steep parabola',
  formula: '9*x^2',
  window: { x: [-100, 100] },
  start: { x: 70 },
  notice:
    'Each step crosses the minimum: at a rate of 0.1 it lands nearer each time, at 0.12 farther. The limit is 2/λ = 2/18, about 0.111.',
  source:
    'A quadratic of curvature 18; the bound 2/λ of gradient descent: Nesterov 2004, Introductory Lectures on Convex Optimization, section 1.2.3.',
  points: [{ kind: 'minimum', at: { x: 0 }, value: 0 }],
  optimizers: [
    { name: 'sgd', lr: 0.1 },
    { name: 'sgd', lr: 0.12 },
  ],
  steps: 60,
});
