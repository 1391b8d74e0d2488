import { between } from '../interpolation';
import { integer, number } from '../setting';
import { defineSchedule } from './definition';

/** SGDR: cosine annealing that starts anew from the top, each period `growth` times as long as the one before (Loshchilov & Hutter 2017). */
export const warmRestarts = defineSchedule({
  name: 'warmRestarts',
  title: 'Cosine annealing with warm restarts',
  aliases: ['sgdr', 'cosineRestarts', 'CosineAnnealingWarmRestarts', 'sgdr_schedule', 'CosineDecayRestarts'],
  doc: 'The rate falls along half a cosine from lr to lrMin, jumps back, and falls again, each time over a period `growth` times as long.',
  formula: 'lrMin + (lr·decayⁱ − lrMin)·½(1 + cos(π·j/(period·growthⁱ))), j steps after the i-th restart',
  use: 'Where the best length of a run is not known: the weights at the end of each period are as good as those of a run of that length. The loss jumps up at each restart.',
  source: 'Loshchilov & Hutter 2017, arXiv:1608.03983; torch.optim.lr_scheduler.CosineAnnealingWarmRestarts; optax.sgdr_schedule',
  settings: {
    period: integer({ min: 1, default: 100, aliases: ['T_0', 'T0', 'first_decay_steps'], doc: 'steps of the first period' }),
    growth: integer({ min: 1, default: 1, aliases: ['T_mult', 'Tmult', 't_mul'], doc: 'how many times as long each next period is' }),
    lrMin: number({ min: 0, default: 0, aliases: ['eta_min'], doc: 'the rate that each period falls to' }),
    decay: number({ min: 0, max: 1, default: 1, aliases: ['m_mul'], doc: 'what the top is multiplied by at each restart' }),
  },
  rate(k, lr, { period, growth, lrMin, decay }) {
    if (growth === 1) return between(lr * decay ** Math.floor(k / period), lrMin, (k % period) / period, 'cosine');
    let [length, since, top] = [period, k, lr];
    while (since >= length) [since, length, top] = [since - length, length * growth, top * decay];
    return between(top, lrMin, since / length, 'cosine');
  },
});
