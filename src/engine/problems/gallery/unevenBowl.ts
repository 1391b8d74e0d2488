/** A bowl that is twenty times as steep in one direction as in the other. */
import { galleryFunction } from './definition';

export const unevenBowl = galleryFunction({
  name: 'unevenBowl',
  title: 'Uneven bowl',
  formula: 'x^2/2 + 10*y^2',
  window: { x: [-10, 10], y: [-5, 5] },
  start: { x: -9, y: 2.5 },
  notice:
    'The rate that the steep direction allows is small for the flat one: gradient descent swings across the valley and creeps along it. Momentum and rates of their own for each axis both help.',
  source: 'Eigenvalues 1 and 20: condition number 20. Boyd & Vandenberghe 2004, Convex Optimization, section 9.3.2.',
  points: [{ kind: 'minimum', at: { x: 0, y: 0 }, value: 0 }],
  optimizers: [{ name: 'sgd', lr: 0.095 }, { name: 'heavyBall', lr: 0.03, momentum: 0.8 }, { name: 'adam', lr: 0.4 }, { name: 'newton' }],
  steps: 80,
});
