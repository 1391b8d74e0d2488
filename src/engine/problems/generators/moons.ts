import { number } from '../../setting';
import { classifiedPoints, defineGenerator } from './definition';

/**
 * Two half circles of radius 1 that reach into each other: class 0 the upper one round (0, 0), class 1 the lower one round (1, ½).
 * Points lie at even angles.
 */
export const moons = defineGenerator({
  name: 'moons',
  title: 'Moons',
  doc: 'Two half circles that reach into each other: a curved boundary that a small network finds quickly.',
  learns: 'classes',
  inputs: 2,
  settings: { noise: number({ min: 0, max: 10, default: 0.1, doc: 'standard deviation of the Gaussian added to each coordinate' }) },
  generate: ({ samples, noise }, random) =>
    classifiedPoints('moons', samples, 2, (label, rank, count) => {
      const angle = (Math.PI * rank) / Math.max(count - 1, 1);
      const x = label === 0 ? Math.cos(angle) : 1 - Math.cos(angle);
      const y = label === 0 ? Math.sin(angle) : 0.5 - Math.sin(angle);
      return [x + noise * random.normal(), y + noise * random.normal()];
    }),
});
