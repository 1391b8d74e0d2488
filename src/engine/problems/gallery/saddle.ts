/** The plainest saddle: down along one axis, up along the other. */
import { galleryFunction } from './definition';

export const saddle = galleryFunction({
  name: 'saddle',
  title: 'Saddle',
  formula: 'x^2 - y^2',
  window: { x: [-2, 2], y: [-2, 2] },
  start: { x: 1.5, y: 0.1 },
  notice:
    'Newton’s step divides by the curvature with its sign, and so climbs where the curve is concave: it is drawn into the saddle. Saddle-free Newton divides by its size, and leaves.',
  source: 'Dauphin et al. 2014, arXiv:1406.2572.',
  points: [{ kind: 'saddle', at: { x: 0, y: 0 }, value: 0 }],
  optimizers: [
    { name: 'newton', lr: 0.5 },
    { name: 'saddleFreeNewton', lr: 0.5, damping: 0 },
    { name: 'sgd', lr: 0.1 },
  ],
  steps: 40,
  look: 7,
});
