import { between } from '../interpolation';
import { integer, number } from '../setting';
import { defineSchedule } from './definition';

/** PyTorch's LinearLR: lr times a factor that goes along a straight line, then stays; by default a short warm-up. */
export const linearFactor = defineSchedule({
  name: 'linearFactor',
  title: 'Linear factor',
  aliases: ['LinearLR'],
  doc: 'lr times a factor that goes along a straight line from `from` to `to` over `steps` steps, and stays there.',
  formula: 'lr·((1 − x)·from + x·to), x = min(k/steps, 1)',
  use: 'As PyTorch has it, for a warm-up without anything after it. In front of another schedule use `warmup`.',
  source: 'torch.optim.lr_scheduler.LinearLR, which multiplies factors from step to step: the same but for rounding',
  settings: {
    from: number({ above: 0, max: 1, default: 1 / 3, aliases: ['start_factor'], doc: 'the factor of the first step' }),
    to: number({ min: 0, max: 1, default: 1, aliases: ['end_factor'], doc: 'the factor where it ends' }),
    steps: integer({ min: 1, default: 5, aliases: ['total_iters'], doc: 'length of the way, in steps' }),
  },
  rate: (k, lr, { from, to, steps }) => lr * between(from, to, k / steps),
});
