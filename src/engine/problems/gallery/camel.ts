/** Two deep minima, four shallow ones, and saddles between them. */
import { galleryFunction } from './definition';

export const camel = galleryFunction({
  name: 'camel',
  title: 'Six-hump camel',
  formula: '(4 - 2.1*x^2 + x^4/3)*x^2 + x*y + (-4 + 4*y^2)*y^2',
  window: { x: [-2, 2], y: [-1.1, 1.1] },
  start: { x: -1.9, y: 0.2 },
  notice: 'Six minima, two of them the deepest. A run that only descends takes the first that it meets.',
  source: 'Dixon & Szegö 1978, Towards Global Optimisation 2. Critical points computed to 17 digits.',
  points: [
    { kind: 'minimum', at: { x: 0.089842013100318062, y: -0.71265640302073963 }, value: -1.0316284534898774 },
    { kind: 'minimum', at: { x: -0.089842013100318062, y: 0.71265640302073963 }, value: -1.0316284534898774 },
    { kind: 'minimum', at: { x: 1.7036067149699808, y: -0.79608356867262512 }, value: -0.21546382438371764 },
    { kind: 'minimum', at: { x: -1.7036067149699808, y: 0.79608356867262512 }, value: -0.21546382438371764 },
    { kind: 'minimum', at: { x: -1.6071047529201972, y: -0.56865145488413137 }, value: 2.1042503103112583 },
    { kind: 'minimum', at: { x: 1.6071047529201972, y: 0.56865145488413137 }, value: 2.1042503103112583 },
    { kind: 'saddle', at: { x: 0, y: 0 }, value: 0 },
    { kind: 'maximum', at: { x: 1.2302298765166526, y: 0.16233458445899497 }, value: 2.4962953510235769 },
  ],
  optimizers: [
    { name: 'sgd', lr: 0.01 },
    { name: 'heavyBall', lr: 0.02, momentum: 0.9 },
    { name: 'adam', lr: 0.05 },
  ],
  steps: 150,
});
