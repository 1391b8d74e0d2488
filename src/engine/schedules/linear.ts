import { between } from '../interpolation';
import { number, stepsOfRun } from '../setting';
import { defineSchedule } from './definition';

/** Linear blend (annealing): (1 − k/τ)·lr + k/τ·lrEnd, then lrEnd (Goodfellow, Bengio & Courville 2016, eq. 8.14). */
export const linear = defineSchedule({
  name: 'linear',
  title: 'Linear',
  aliases: ['linearBlend', 'linear_schedule'],
  doc: 'The rate goes along a straight line from lr to lrEnd over `steps` steps, and stays there.',
  formula: '(1 − x)·lr + x·lrEnd, x = min(k/steps, 1)',
  use: 'The plain choice where the length of the run is known: most of the run at large rates, a calm end.',
  source: 'Goodfellow, Bengio & Courville 2016, equation 8.14; optax.linear_schedule',
  settings: {
    steps: stepsOfRun({ aliases: ['tau', 'transition_steps'], doc: 'length of the way (τ), in steps' }),
    lrEnd: number({ min: 0, default: 0, aliases: ['lrTau', 'lrMin', 'end_value'], doc: 'the rate where it ends' }),
  },
  rate: (k, lr, { steps, lrEnd }) => between(lr, lrEnd, k / steps),
});
