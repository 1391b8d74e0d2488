import { defineSchedule, integer, number } from './definition';

/** Cosine annealing: the rate falls along half a cosine from `lr` to `lrMin`, and stays there (Loshchilov & Hutter 2017, arXiv:1608.03983). */
export const cosine = defineSchedule({
  name: 'cosine',
  title: 'Cosine annealing',
  doc: 'The rate falls along half a cosine from lr to lrMin over `steps` steps, and stays there.',
  source: 'Loshchilov & Hutter 2017, arXiv:1608.03983',
  settings: {
    steps: integer({ min: 1, doc: 'length of the fall, in steps' }),
    lrMin: number({ min: 0, default: 0, doc: 'the rate where it ends' }),
  },
  /** @param k step, from 0 @returns learning rate */
  rate: (k, lr, { steps, lrMin }) => lrMin + (lr - lrMin) * 0.5 * (1 + Math.cos(Math.PI * Math.min(k / steps, 1))),
});
