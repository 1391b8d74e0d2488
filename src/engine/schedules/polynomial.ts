import { number, stepsOfRun } from '../setting';
import { defineSchedule } from './definition';

/** Polynomial decay: (lr − lrEnd)·(1 − k/steps)^power + lrEnd. */
export const polynomial = defineSchedule({
  name: 'polynomial',
  title: 'Polynomial decay',
  aliases: ['PolynomialLR', 'polynomial_schedule'],
  doc: 'The rate falls from lr to lrEnd over `steps` steps as a power of the time that is left, and stays there.',
  formula: '(lr − lrEnd)·(1 − x)^power + lrEnd, x = min(k/steps, 1)',
  use: 'Power 1 is a straight line; above 1 the rate falls early and ends gently, below 1 it stays high and falls at the end. Usual in segmentation, with power 0.9.',
  source:
    'optax.polynomial_schedule; torch.optim.lr_scheduler.PolynomialLR, which multiplies factors from step to step: the same but for rounding',
  settings: {
    steps: stepsOfRun({ aliases: ['total_iters', 'transition_steps'], doc: 'length of the fall, in steps' }),
    power: number({ min: 0, default: 1, doc: 'the exponent' }),
    lrEnd: number({ min: 0, default: 0, aliases: ['lrMin', 'end_value'], doc: 'the rate where it ends' }),
  },
  rate: (k, lr, { steps, power, lrEnd }) => (k <= 0 ? lr : (lr - lrEnd) * (1 - Math.min(k / steps, 1)) ** power + lrEnd),
});
