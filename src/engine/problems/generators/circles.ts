import { number } from '../../setting';
import { classifiedPoints, defineGenerator } from './definition';

/** Two circles round the same centre: class 0 is the outer one, of radius 1, class 1 the inner one. Points lie at even angles. */
export const circles = defineGenerator({
  name: 'circles',
  title: 'Circles',
  doc: 'One circle inside the other: no straight line parts them.',
  learns: 'classes',
  inputs: 2,
  settings: {
    noise: number({ min: 0, max: 10, default: 0.1, doc: 'standard deviation of the Gaussian added to each coordinate' }),
    factor: number({ min: 0, max: 1, default: 0.5, doc: 'radius of the inner circle; the outer one has radius 1' }),
  },
  generate: ({ samples, noise, factor }, random) =>
    classifiedPoints('circles', samples, 2, (label, rank, count) => {
      const angle = (2 * Math.PI * rank) / count;
      const radius = label === 0 ? 1 : factor;
      return [radius * Math.cos(angle) + noise * random.normal(), radius * Math.sin(angle) + noise * random.normal()];
    }),
});
