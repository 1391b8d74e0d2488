import { integer, number, truth } from '../setting';
import { defineSchedule } from './definition';

/** Exponential decay: lr·decay^(k/decaySteps), smooth or in stairs. */
export const exponential = defineSchedule({
  name: 'exponential',
  title: 'Exponential decay',
  aliases: ['ExponentialLR', 'exponential_decay', 'warmup_exponential_decay_schedule'],
  doc: 'Every `decaySteps` steps the rate is multiplied by `decay`: a little each step, or all at once in stairs.',
  formula: 'lr·decay^(k/decaySteps), in stairs lr·decay^⌊k/decaySteps⌋',
  use: 'Where the length of the run is not known beforehand. A decay that is too quick stops the training long before its end.',
  source: 'torch.optim.lr_scheduler.ExponentialLR (decaySteps 1); optax.exponential_decay',
  settings: {
    decay: number({
      above: 0,
      default: 0.999,
      aliases: ['gamma', 'decay_rate'],
      doc: 'what the rate is multiplied by in `decaySteps` steps',
    }),
    decaySteps: integer({ min: 1, default: 1, aliases: ['transition_steps'], doc: 'in how many steps the whole factor is reached' }),
    staircase: truth({ default: false, doc: 'all at once every `decaySteps` steps, not a little each step' }),
    lrEnd: number({
      min: 0,
      default: 0,
      aliases: ['lrMin', 'end_value'],
      doc: 'the rate is never below this, or, where it grows, never above; 0 is no bound',
    }),
  },
  rate(k, lr, { decay, decaySteps, staircase, lrEnd }) {
    const rate = lr * decay ** (staircase ? Math.floor(k / decaySteps) : k / decaySteps);
    if (lrEnd === 0) return rate;
    return decay < 1 ? Math.max(rate, lrEnd) : Math.min(rate, lrEnd);
  },
});
