import { choice, integer, number } from '../setting';
import { defineSchedule } from './definition';

/** Cyclical learning rates (Smith 2017): triangles between lrMin and lr, at full height, halved each cycle, or shrinking with every step. */
export const cyclic = defineSchedule({
  name: 'cyclic',
  title: 'Cyclic',
  aliases: ['clr', 'CyclicLR'],
  doc: 'The rate goes up and down in straight lines between lrMin and lr; the height of the triangles stays, is halved each cycle, or shrinks with every step.',
  formula: 'lrMin + (lr − lrMin)·triangle(k)·height, height = 1, 2^−⌊k/cycle⌋ or decay^k',
  use: 'To find good rates and to leave saddles: lr is the top, lrMin the bottom, usually a quarter to a third of it. PyTorch moves the momentum the other way at the same time; this does not.',
  source: 'Smith 2017, arXiv:1506.01186; torch.optim.lr_scheduler.CyclicLR with cycle_momentum=False (its max_lr is lr, its base_lr lrMin)',
  settings: {
    lrMin: number({ min: 0, default: 0, aliases: ['base_lr'], doc: 'the rate at the bottom, where each cycle begins' }),
    stepsUp: integer({ min: 1, default: 2000, aliases: ['step_size_up'], doc: 'steps of the rise' }),
    stepsDown: integer({ min: 0, default: 0, aliases: ['step_size_down'], doc: 'steps of the fall; 0 is as many as of the rise' }),
    mode: choice(
      {
        triangular: 'every cycle at full height',
        triangular2: 'half the height each next cycle',
        exp_range: 'the height times decay^k',
      },
      { default: 'triangular', doc: 'what becomes of the height' },
    ),
    decay: number({
      above: 0,
      max: 1,
      default: 1,
      aliases: ['gamma'],
      doc: 'of the mode exp_range: what the height is multiplied by each step',
    }),
  },
  rate(k, lr, { lrMin, stepsUp, stepsDown, mode, decay }) {
    const length = stepsUp + (stepsDown || stepsUp);
    const at = k % length;
    const share = at <= stepsUp ? at / stepsUp : (length - at) / (length - stepsUp);
    const height = mode === 'triangular' ? 1 : mode === 'triangular2' ? 0.5 ** Math.floor(k / length) : decay ** k;
    return lrMin + (lr - lrMin) * share * height;
  },
});
