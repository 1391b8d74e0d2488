import { integer } from '../setting';
import { defineSchedule } from './definition';

/** Inverse square root: lr/√(1 + k/timescale). With a warm-up as long as the timescale it is the Transformer's (Vaswani et al. 2017). */
export const inverseSquareRoot = defineSchedule({
  name: 'inverseSquareRoot',
  title: 'Inverse square root',
  aliases: ['noam', 'rsqrt'],
  doc: 'The rate falls as one over the square root of the time: to a half after three times `timescale` steps.',
  formula: 'lr/√(1 + k/timescale)',
  use: 'For long runs of unknown length. With `warmup` equal to `timescale` it is the schedule of the Transformer, whose top, lr, is 1/√(width·warmup).',
  source: 'Vaswani et al. 2017, arXiv:1706.03762, equation 3; Shazeer & Stern 2018, arXiv:1804.04235',
  settings: {
    timescale: integer({ min: 1, default: 1000, doc: 'how slowly it falls, in steps' }),
  },
  rate: (k, lr, { timescale }) => lr / Math.sqrt(1 + k / timescale),
});
