/** Two valleys, one a little deeper. */
import { galleryFunction } from './definition';

export const doubleWell = galleryFunction({
  name: 'doubleWell',
  title: 'Double well',
  formula: 'x^4/4 - x^2/2 + x/10',
  window: { x: [-1.8, 1.8] },
  start: { x: 1.6 },
  notice:
    'The start lies above the shallower valley. Gradient descent stays there; momentum can carry a run over the hill into the deeper one.',
  source: 'Critical points: the roots of x³ − x + 1/10.',
  points: [
    { kind: 'minimum', at: { x: -1.0466805318046023 }, value: -0.35238607380003642 },
    { kind: 'maximum', at: { x: 0.10103125788101082 }, value: 0.0050255155738209837 },
    { kind: 'minimum', at: { x: 0.94564927392359144 }, value: -0.15263944177378456 },
  ],
  optimizers: [
    { name: 'sgd', lr: 0.05 },
    { name: 'heavyBall', lr: 0.05, momentum: 0.9 },
  ],
  steps: 150,
});
