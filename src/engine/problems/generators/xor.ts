import { number } from '../../setting';
import { classifiedPoints, defineGenerator } from './definition';

/**
 * Exclusive or: the four corners of the unit square, class 1 where exactly one coordinate is 1. Four samples without noise are the
 * truth table itself (Minsky & Papert 1969: no single layer can learn it).
 */
export const xor = defineGenerator({
  name: 'xor',
  title: 'Exclusive or',
  doc: 'The four corners of the unit square; opposite corners belong together. The smallest problem that needs a hidden layer.',
  learns: 'classes',
  inputs: 2,
  settings: { noise: number({ min: 0, max: 10, default: 0.1, doc: 'standard deviation of the Gaussian added to each coordinate' }) },
  generate: ({ samples, noise }, random) =>
    classifiedPoints('exclusive or', samples, 2, (label, rank) => {
      const a = rank % 2;
      const b = label === 1 ? 1 - a : a;
      return [a + noise * random.normal(), b + noise * random.normal()];
    }),
});
