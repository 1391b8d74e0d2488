/** A bowl whose gradient is measured with noise, as a mini-batch measures it. */
import { galleryFunction } from './definition';

export const noisyBowl = galleryFunction({
  name: 'noisyBowl',
  title: 'Noisy bowl',
  formula: 'x^2/2 + 2*y^2',
  window: { x: [-6, 6], y: [-4, 4] },
  start: { x: -5, y: 3 },
  notice:
    'Every gradient has noise of variance 4 on it. The runs do not stop at the minimum: they wander round it, the wider the larger the rate. Averaging narrows the cloud.',
  source: 'Constant-rate SGD as a process round the minimum: Mandt, Hoffman & Blei 2017, arXiv:1704.04289.',
  points: [{ kind: 'minimum', at: { x: 0, y: 0 }, value: 0 }],
  optimizers: [
    { name: 'sgd', lr: 0.2 },
    { name: 'sgd', lr: 0.04 },
    { name: 'adam', lr: 0.2 },
  ],
  wrappers: [{ name: 'gradientNoise', eta: 4, gamma: 0 }],
  steps: 200,
});
