import { integer, number, numbers, parts } from '../setting';
import { defineSchedule, type Misfit } from './definition';
import { partRate } from './index';

/** One schedule after another, each counting from the step where it begins, as torch's SequentialLR and optax.join_schedules. */
export const sequence = defineSchedule({
  name: 'sequence',
  title: 'Sequence',
  aliases: ['SequentialLR', 'join_schedules'],
  doc: 'One schedule after another: the first from step 0, the next from the first of the steps `at`, and so on; each counts from its own beginning.',
  formula: 'rateᵢ(k − atᵢ) from atᵢ on',
  use: 'To join what no single schedule says, such as cycles of different heights. For a linear warm-up `warmup` is enough.',
  source: 'torch.optim.lr_scheduler.SequentialLR; optax.join_schedules; optax.sgdr_schedule',
  settings: {
    schedules: parts('schedules', {
      least: 1,
      most: 100,
      doc: 'the schedules in order, each with its name and settings; none may go by the loss',
    }),
    at: numbers(integer({ min: 1, doc: 'a step' }), {
      default: [],
      ascending: true,
      aliases: ['milestones', 'boundaries'],
      doc: 'the steps at which the second and each later schedule begins',
    }),
    factors: numbers(number({ min: 0, doc: 'a factor' }), {
      default: [],
      doc: 'what lr is multiplied by in each of the schedules; none is 1 for each',
    }),
  },
  require({ schedules, at, factors }) {
    const misfit = (setting: string, has: string, but: string): Misfit => ({
      setting,
      message: `has ${has} for ${schedules.length} schedules; give one for each${but}`,
    });
    if (at.length !== schedules.length - 1) return misfit('at', `${at.length} steps`, ' but the first.');
    return factors.length === 0 || factors.length === schedules.length
      ? null
      : misfit('factors', `${factors.length} factors`, ', or none.');
  },
  lengths: ({ schedules, at }, steps) => schedules.map((_, i) => (at[i] ?? steps) - (at[i - 1] ?? 0)),
  rate(k, lr, { schedules, at, factors }) {
    const i = at.filter((step) => step <= k).length;
    return partRate(schedules[i], k - (at[i - 1] ?? 0), lr * (factors[i] ?? 1));
  },
});
