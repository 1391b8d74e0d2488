import { parts } from '../setting';
import { defineSchedule } from './definition';
import { partRate } from './index';

/** Several schedules at once: lr times the factor of each, as torch's ChainedScheduler. */
export const product = defineSchedule({
  name: 'product',
  title: 'Product',
  aliases: ['chained', 'ChainedScheduler'],
  doc: 'Several schedules at once: lr is multiplied by the factor by which each of them would change it.',
  formula: 'lr·∏ rateᵢ(k)/lr',
  use: 'To lay one change over another, such as a decay over cycles.',
  source:
    'torch.optim.lr_scheduler.ChainedScheduler, of schedules that multiply; one that goes to a rate of its own (lrMin) is not the same there',
  settings: {
    schedules: parts('schedules', { least: 1, most: 100, doc: 'the schedules, each with its name and settings; none may go by the loss' }),
  },
  lengths: ({ schedules }, steps) => schedules.map(() => steps),
  rate: (k, lr, { schedules }) => (lr > 0 ? schedules.reduce((rate, part) => rate * (partRate(part, k, lr) / lr), lr) : 0),
});
