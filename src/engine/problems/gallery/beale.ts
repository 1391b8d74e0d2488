/** Sharp ridges round a flat valley. */
import { galleryFunction } from './definition';

export const beale = galleryFunction({
  name: 'beale',
  title: 'Beale',
  formula: '(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2',
  window: { x: [-4.5, 4.5], y: [-4.5, 4.5] },
  start: { x: 1, y: 2 },
  notice: 'The gradient is thousands of times larger in the corners than in the valley: a rate that is safe outside is slow inside.',
  source: 'Beale 1958; no. 5 of Moré, Garbow & Hillstrom 1981 (doi 10.1145/355934.355936).',
  points: [
    { kind: 'minimum', at: { x: 3, y: 0.5 }, value: 0 },
    { kind: 'saddle', at: { x: 0, y: 1 }, value: 14.203125 },
  ],
  optimizers: [
    { name: 'sgd', lr: 0.005 },
    { name: 'adagrad', lr: 0.5 },
    { name: 'adam', lr: 0.1 },
  ],
  steps: 300,
});
