import { integer, number } from '../setting';
import { defineSchedule } from './definition';

/** PyTorch's ConstantLR: a share of lr for the first steps, then lr. */
export const constantFactor = defineSchedule({
  name: 'constantFactor',
  title: 'Constant factor',
  aliases: ['ConstantLR'],
  doc: 'A share of lr for the first `steps` steps, then lr.',
  formula: 'lr·share while k < steps, then lr',
  use: 'A warm-up in one jump, as He et al. 2016 (section 4.2) trained their deepest networks: a tenth of the rate until the error falls.',
  source:
    'torch.optim.lr_scheduler.ConstantLR, which divides by the share at the end: the same but for rounding; He et al. 2016, arXiv:1512.03385',
  settings: {
    share: number({ min: 0, max: 1, default: 1 / 3, aliases: ['factor'], doc: 'the share of lr that the first steps take' }),
    steps: integer({ min: 0, default: 5, aliases: ['total_iters'], doc: 'for how many steps' }),
  },
  rate: (k, lr, { share, steps }) => (k < steps ? lr * share : lr),
});
