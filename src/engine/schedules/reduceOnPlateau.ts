import { choice, integer, number } from '../setting';
import { defineWatchingSchedule } from './definition';

/** Reduce on plateau: the rate falls when the loss of the evaluations has not become better for a while, as torch's ReduceLROnPlateau. */
export const reduceOnPlateau = defineWatchingSchedule({
  name: 'reduceOnPlateau',
  title: 'Reduce on plateau',
  aliases: ['plateau', 'ReduceLROnPlateau', 'reduce_on_plateau'],
  doc: 'The rate is multiplied by `decay` when more than `patience` evaluations after one another were no better than the best.',
  formula: 'lr ← max(lr·decay, lrMin) after more than `patience` evaluations with loss ≥ best·(1 − threshold)',
  use: 'Where nobody knows when to lower the rate: it waits until nothing is gained any more, and so lowers it later than a good plan would. It goes by the loss on the samples held out, or on the training samples where none are, at each evaluation (`measure.evaluateEvery`) but the one before the first step.',
  source: 'torch.optim.lr_scheduler.ReduceLROnPlateau, mode "min"',
  settings: {
    decay: number({ min: 0, below: 1, default: 0.1, aliases: ['factor'], doc: 'what the rate is multiplied by' }),
    patience: integer({ min: 0, default: 10, doc: 'so many evaluations without a better loss are borne' }),
    threshold: number({ min: 0, default: 1e-4, doc: 'how much better than the best a loss must be to count as better' }),
    thresholdMode: choice(
      { rel: 'as a share of the best: better is below best·(1 − threshold)', abs: 'as it stands: better is below best − threshold' },
      { default: 'rel', aliases: ['threshold_mode'], doc: 'how the threshold is meant' },
    ),
    cooldown: integer({ min: 0, default: 0, doc: 'evaluations after a fall that do not count as bad' }),
    lrMin: number({ min: 0, default: 0, aliases: ['min_lr'], doc: 'the rate never falls below this' }),
    eps: number({ min: 0, default: 1e-8, doc: 'a fall by no more than this is left out' }),
  },
  begin: (lr) => ({ lr, best: Infinity, bad: 0, cooling: 0 }),
  observe({ lr, best, bad, cooling }, loss, { decay, patience, threshold, thresholdMode, cooldown, lrMin, eps }) {
    const better = loss < (thresholdMode === 'rel' ? best * (1 - threshold) : best - threshold);
    const waiting = cooling > 0;
    const inVain = better || waiting ? 0 : bad + 1;
    const reached = better ? loss : best;
    if (inVain <= patience) return { lr, best: reached, bad: inVain, cooling: waiting ? cooling - 1 : 0 };
    const lower = Math.max(lr * decay, lrMin);
    return { lr: lr - lower > eps ? lower : lr, best: reached, bad: 0, cooling: cooldown };
  },
  rate: ({ lr }) => lr,
});
