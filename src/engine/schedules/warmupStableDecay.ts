import { between } from '../interpolation';
import { choice, number, stepsOfRun } from '../setting';
import { defineSchedule } from './definition';

/** Warm-up, stable, decay (Hu et al. 2024): after the warm-up the rate is constant, and falls only in the last share of the steps. */
export const warmupStableDecay = defineSchedule({
  name: 'warmupStableDecay',
  title: 'Warm-up, stable, decay',
  aliases: ['wsd', 'trapezoidal'],
  doc: 'After the warm-up (`warmup` steps) the rate stays at lr, and falls to lrMin over the last share `decay` of the steps.',
  formula: 'lr, then lrMin + (lr − lrMin)·f(x), x from 0 to 1 in the last decay·steps steps, f = 1 − x, ½(1 + cos πx) or 1 − √x',
  use: 'Where a run may be made longer: everything up to the fall is the same for every length. Give `warmup` too. A share of 0.1 to 0.2 is usual.',
  source: 'Hu et al. 2024, arXiv:2404.06395; Hägele et al. 2024, arXiv:2405.18392 (1 − √x)',
  settings: {
    steps: stepsOfRun({ doc: 'steps after the warm-up, the fall included' }),
    decay: number({ min: 0, max: 1, default: 0.2, doc: 'the share of the steps in which the rate falls' }),
    way: choice(
      { linear: 'along a straight line', cosine: 'along half a cosine', squareRoot: 'as 1 − √x: quickly first, then slowly' },
      { default: 'linear', doc: 'how it falls' },
    ),
    lrMin: number({ min: 0, default: 0, doc: 'the rate where it ends' }),
  },
  rate(k, lr, { steps, decay, way, lrMin }) {
    const length = decay * steps;
    const x = length > 0 ? Math.max(k - (steps - length), 0) / length : Number(k >= steps);
    return way === 'squareRoot' ? between(lr, lrMin, Math.sqrt(x)) : between(lr, lrMin, x, way);
  },
});
