import { between } from '../interpolation';
import { number, stepsOfRun, truth } from '../setting';
import { defineSchedule } from './definition';

/** Cosine annealing: the rate falls along half a cosine from `lr` to `lrMin` (Loshchilov & Hutter 2017, arXiv:1608.03983). */
export const cosine = defineSchedule({
  name: 'cosine',
  title: 'Cosine annealing',
  aliases: ['CosineAnnealingLR', 'cosine_decay_schedule', 'warmup_cosine_decay_schedule'],
  doc: 'The rate falls along half a cosine from lr to lrMin over `steps` steps, and stays there.',
  formula: 'lrMin + (lr − lrMin)·(½(1 + cos πx))^exponent, x = min(k/steps, 1)',
  use: 'The usual choice today where the length of the run is known, most often with a warm-up: long at high rates, long at low ones, quick between.',
  source:
    'Loshchilov & Hutter 2017, arXiv:1608.03983; optax.cosine_decay_schedule; with `periodic` torch.optim.lr_scheduler.CosineAnnealingLR',
  settings: {
    steps: stepsOfRun({ aliases: ['T_max', 'decay_steps'], doc: 'length of the fall, in steps' }),
    lrMin: number({ min: 0, default: 0, aliases: ['eta_min'], doc: 'the rate where it ends' }),
    exponent: number({ min: 0, default: 1, doc: 'above 1 the cosine is bent down, so that the rate falls earlier' }),
    periodic: truth({ default: false, doc: 'after the fall the rate rises again along the same cosine, and so on, as PyTorch has it' }),
  },
  rate(k, lr, { steps, lrMin, exponent, periodic }) {
    const wave = k % (2 * steps);
    const x = periodic ? Math.min(wave, 2 * steps - wave) / steps : k / steps;
    return exponent === 1 ? between(lr, lrMin, x, 'cosine') : lrMin + (lr - lrMin) * between(1, 0, x, 'cosine') ** exponent;
  },
});
