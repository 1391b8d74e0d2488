/** A long, narrow ravine, two hundred times as steep across as along. */
import { galleryFunction } from './definition';

export const ravine = galleryFunction({
  name: 'ravine',
  title: 'Long ravine',
  formula: 'x^2/100 + 2*y^2',
  window: { x: [-40, 40], y: [-12, 12] },
  start: { x: -36, y: 8 },
  notice:
    'Across the ravine everything is settled in a few steps; along it the gradient is tiny, and only rules that gather speed or rescale get anywhere.',
  source: 'Condition number 200. Sutton 1986, Two problems with backpropagation: ravines.',
  points: [{ kind: 'minimum', at: { x: 0, y: 0 }, value: 0 }],
  optimizers: [
    { name: 'sgd', lr: 0.45 },
    { name: 'heavyBall', lr: 0.3, momentum: 0.95 },
    { name: 'adam', lr: 1 },
    { name: 'rmsprop', lr: 0.5 },
  ],
  steps: 150,
});
