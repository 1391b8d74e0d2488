/** A bowl with waves on it: one lowest point among many minima. */
import { galleryFunction } from './definition';

export const waves = galleryFunction({
  name: 'waves',
  title: 'Waves in a bowl',
  formula: 'x^2/20 + 1 - cos(3*x)',
  window: { x: [-8, 8] },
  start: { x: 7 },
  notice: 'Every wave has a minimum of its own. Which one a run ends in is decided by its rate and its momentum, not by how deep it is.',
  source: 'A function of the kind of Rastrigin 1974, in one variable.',
  points: [{ kind: 'minimum', at: { x: 0 }, value: 0 }],
  optimizers: [
    { name: 'sgd', lr: 0.1 },
    { name: 'heavyBall', lr: 0.05, momentum: 0.9 },
    { name: 'adam', lr: 0.3 },
  ],
  steps: 150,
});
