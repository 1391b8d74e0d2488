import { integer, number } from '../../setting';
import { classifiedPoints, defineGenerator } from './definition';

/** Archimedean spirals, one arm a class, turned against each other by equal angles: the radius grows from 0 to 1 over `turns` turns. */
export const spiral = defineGenerator({
  name: 'spiral',
  title: 'Spiral',
  doc: 'Arms of a spiral wound round each other: hard for a small network, and where optimizers begin to differ.',
  learns: 'classes',
  inputs: 2,
  settings: {
    classes: integer({ min: 2, max: 20, default: 3, doc: 'number of arms' }),
    noise: number({ min: 0, max: 10, default: 0.05, doc: 'standard deviation of the Gaussian added to each coordinate' }),
    turns: number({ min: 0, max: 10, default: 0.75, doc: 'how often an arm goes round the centre' }),
  },
  generate: ({ samples, classes, noise, turns }, random) =>
    classifiedPoints('spiral', samples, classes, (label, rank, count) => {
      const radius = (rank + 1) / count;
      const angle = 2 * Math.PI * (label / classes + turns * radius);
      return [radius * Math.cos(angle) + noise * random.normal(), radius * Math.sin(angle) + noise * random.normal()];
    }),
});
