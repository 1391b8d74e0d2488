import { integer, number, numbers } from '../setting';
import { defineSchedule } from './definition';

/** Piecewise constant: at each milestone the rate is multiplied once more. */
export const milestones = defineSchedule({
  name: 'milestones',
  title: 'Milestones',
  aliases: ['multiStep', 'MultiStepLR', 'piecewise_constant_schedule'],
  doc: 'The rate is constant but for the milestones; at each it is multiplied by `decay`, or by a factor of its own from `decays`.',
  formula: 'lr·∏ decayᵢ over all atᵢ ≤ k',
  use: 'Where earlier runs have shown when the loss stops falling, for example ×0.1 after 30, 60 and 80 % of the steps.',
  source: 'torch.optim.lr_scheduler.MultiStepLR; optax.piecewise_constant_schedule (with `decays`)',
  settings: {
    at: numbers(integer({ min: 0, doc: 'a step' }), {
      least: 1,
      ascending: true,
      aliases: ['milestones', 'boundaries'],
      doc: 'the steps, from 0, at which the rate changes; one that stands twice counts twice',
    }),
    decay: number({ min: 0, default: 0.1, aliases: ['gamma'], doc: 'what the rate is multiplied by at each milestone' }),
    decays: numbers(number({ min: 0, doc: 'a factor' }), {
      default: [],
      aliases: ['scales'],
      doc: 'one factor for each milestone, in place of `decay`',
    }),
  },
  require: ({ at, decays }) =>
    decays.length === 0 || decays.length === at.length
      ? null
      : { setting: 'decays', message: `has ${decays.length} factors for ${at.length} milestones; give one for each, or none.` },
  rate: (k, lr, { at, decay, decays }) => at.reduce((rate, step, i) => (step <= k ? rate * (decays[i] ?? decay) : rate), lr),
});
