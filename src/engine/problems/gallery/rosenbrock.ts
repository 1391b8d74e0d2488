/** The banana valley: easy to enter, slow to follow. */
import { galleryFunction } from './definition';

export const rosenbrock = galleryFunction({
  name: 'rosenbrock',
  title: 'Rosenbrock',
  formula: '(1 - x)^2 + 100*(y - x^2)^2',
  window: { x: [-2, 2], y: [-1, 3] },
  start: { x: -1.2, y: 1 },
  notice: 'The valley bends, so that the direction along it is another one at every place. Newton knows the bend and needs six steps.',
  source: 'Rosenbrock 1960 (doi 10.1093/comjnl/3.3.175), with his start.',
  points: [{ kind: 'minimum', at: { x: 1, y: 1 }, value: 0 }],
  optimizers: [
    { name: 'sgd', lr: 0.001 },
    { name: 'heavyBall', lr: 0.0005, momentum: 0.9 },
    { name: 'adam', lr: 0.05 },
    { name: 'newton' },
  ],
  steps: 500,
});
