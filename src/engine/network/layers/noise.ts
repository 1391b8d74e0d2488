import { numberField } from '../layerFields';
import { defineLayer } from './definition';

/** Gaussian noise on what comes in, in training alone. */
export const noise = defineLayer({
  name: 'noise',
  title: 'Noise',
  doc: 'In training a normal number of mean 0 is added to each number; in evaluation nothing happens.',
  formula: ['a = x + deviation·n,  n ~ N(0, 1) for each number, sample and step'],
  use: 'On the inputs, against overfitting: for small noise it is nearly a penalty on the slope of the outputs (Bishop 1995). Never on the outputs.',
  source: 'Bishop 1995, Neural Computation 7:108; keras.layers.GaussianNoise',
  written: ['keras.layers.GaussianNoise'],
  draws: true,
  fields: {
    noise: numberField(
      'a standard deviation',
      { min: 0, max: 1e6 },
      { doc: 'Standard deviation of the normal numbers added in training.' },
    ),
  },
  brief: ({ noise: deviation }) => `noise ${deviation}`,
  build: (network, { noise: deviation }, from) =>
    network.add({ kind: 'noise', deviation, index: network.index('noise') }, [from], network.shape(from)),
});
