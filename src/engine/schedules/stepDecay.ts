import { integer, number } from '../setting';
import { defineSchedule } from './definition';

/** Step decay: every `period` steps the rate is divided by `factor`. */
export const stepDecay = defineSchedule({
  name: 'stepDecay',
  title: 'Step decay',
  aliases: ['step', 'StepLR'],
  doc: 'Every `period` steps the rate is divided by `factor`.',
  formula: 'lr / factor^⌊k/period⌋',
  use: 'The classical choice for networks of images: a high rate until the loss no longer falls, then a tenth of it. The jumps show plainly in the loss.',
  source: 'torch.optim.lr_scheduler.StepLR, whose gamma is 1/factor',
  settings: {
    period: integer({ min: 1, default: 300, aliases: ['step_size'], doc: 'steps between two falls' }),
    factor: number({ min: 1, default: 10, doc: 'what the rate is divided by' }),
  },
  rate: (k, lr, { period, factor }) => lr / factor ** Math.floor(k / period),
});
