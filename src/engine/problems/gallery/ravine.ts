/** A long, narrow ravine, two hundred times as steep across as along. */
import { galleryFunction } from './definition';

export const ravine = galleryFunction({
  name: 'ravine',
  title: 'Long ravine',
  formula: 'x^2/100 + 2*y^2',
  window: { x: [-40, 40], y: [-12, 12] },
  start: { x: -36, y: 8 },
  notice:
    'One rate has to do for both axes. At lr 0.45 a step of gradient descent multiplies y by 1 − 4·lr = −0.8: it jumps to the other side of the floor each time. It multiplies x by 1 − 0.02·lr = 0.991: along the floor it hardly gets on. With momentum the jumps cancel and what points along the floor adds up; Adam and RMSprop give each axis a rate of its own.',
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
