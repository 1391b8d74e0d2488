/** A saddle with three ways down: two for the legs and one for the tail. */
import { galleryFunction } from './definition';

export const monkeySaddle = galleryFunction({
  name: 'monkeySaddle',
  title: 'Monkey saddle',
  formula: 'x^3 - 3*x*y^2',
  window: { x: [-1.6, 1.6], y: [-1.6, 1.6] },
  start: { x: 1.2, y: 0.02 },
  notice:
    'In the middle both eigenvalues are 0, so that the curvature says nothing: all directions look flat there, and three of them lead down.',
  source: 'Hilbert & Cohn-Vossen 1932, Anschauliche Geometrie, section 29.',
  points: [{ kind: 'degenerate', at: { x: 0, y: 0 }, value: 0 }],
  optimizers: [
    { name: 'sgd', lr: 0.05 },
    { name: 'adam', lr: 0.05 },
    { name: 'saddleFreeNewton', lr: 0.5 },
  ],
  steps: 40,
  look: 18,
});
