import { integer, number, truth } from '../setting';
import { defineSchedule } from './definition';

/** Inverse time decay: lr/(1 + decay·k/decaySteps), the rate of Robbins & Monro 1951 for which stochastic approximation converges. */
export const inverseTime = defineSchedule({
  name: 'inverseTime',
  title: 'Inverse time decay',
  aliases: ['InverseTimeDecay', 'inverse_time_decay'],
  doc: 'The rate falls as one over the time: to a half after decaySteps/decay steps, to a third after twice as many.',
  formula: 'lr/(1 + decay·k/decaySteps), in stairs with ⌊k/decaySteps⌋',
  use: 'Where convergence matters more than speed: the steps add up to infinity and their squares do not, as Robbins and Monro ask. Soon too small for deep networks.',
  source: 'Robbins & Monro 1951; Keras InverseTimeDecay; the lr_decay of torch.optim.Adagrad',
  settings: {
    decay: number({ min: 0, default: 1, aliases: ['decay_rate'], doc: 'how much is added to the divisor in `decaySteps` steps' }),
    decaySteps: integer({ min: 1, default: 100, aliases: ['decay_steps'], doc: 'in how many steps it is added' }),
    staircase: truth({ default: false, doc: 'all at once every `decaySteps` steps, not a little each step' }),
  },
  rate: (k, lr, { decay, decaySteps, staircase }) => lr / (1 + decay * (staircase ? Math.floor(k / decaySteps) : k / decaySteps)),
});
