import { integer, number } from '../../setting';
import { classifiedPoints, defineGenerator } from './definition';

/** Round Gaussian clouds, one a class, with their centres at even angles on the unit circle. */
export const gaussians = defineGenerator({
  name: 'gaussians',
  title: 'Gaussians',
  doc: 'Gaussian clouds round the unit circle: the easiest classes, parted by straight lines while the noise is small.',
  learns: 'classes',
  inputs: 2,
  settings: {
    classes: integer({ min: 2, max: 20, default: 3, doc: 'number of clouds' }),
    noise: number({ min: 0, max: 10, default: 0.3, doc: 'standard deviation of each cloud, in each coordinate' }),
  },
  generate: ({ samples, classes, noise }, random) =>
    classifiedPoints('gaussians', samples, classes, (label) => {
      const angle = (2 * Math.PI * label) / classes;
      return [Math.cos(angle) + noise * random.normal(), Math.sin(angle) + noise * random.normal()];
    }),
});
