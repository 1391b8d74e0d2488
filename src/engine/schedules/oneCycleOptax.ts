import { through, wayChoices } from '../interpolation';
import { choice, number, stepsOfRun } from '../setting';
import { defineSchedule } from './definition';

/** One-cycle policy with Optax's arithmetic: phases end on whole steps, the last at `steps`; the linear one has three phases, the cosine two. */
export const oneCycleOptax = defineSchedule({
  name: 'oneCycleOptax',
  title: 'One cycle, Optax form',
  aliases: ['linear_onecycle_schedule', 'cosine_onecycle_schedule'],
  doc: 'The rate rises from lr/divide to lr, then falls: along a cosine to its last value, or along lines first back to lr/divide and from there to its last value, lr/(divide·divideEnd).',
  formula: 'lr/divide → lr at ⌊rise·steps⌋ (→ lr/divide at ⌊fall·steps⌋) → lr/(divide·divideEnd) at steps',
  use: 'As One cycle; take this form to follow a program that uses Optax.',
  source: 'Smith & Topin 2018, arXiv:1708.07120; optax.linear_onecycle_schedule, optax.cosine_onecycle_schedule',
  settings: {
    steps: stepsOfRun({ aliases: ['transition_steps'], doc: 'length of the cycle, in steps' }),
    rise: number({
      min: 0,
      max: 1,
      default: 0.3,
      aliases: ['pct_start'],
      doc: 'the share of the steps after which the rate is at its top',
    }),
    fall: number({
      min: 0,
      max: 1,
      default: 0.85,
      aliases: ['pct_final'],
      doc: 'the share of the steps after which the linear cycle is back where it began',
    }),
    divide: number({ min: 1, default: 25, aliases: ['div_factor'], doc: 'the first rate is lr divided by this' }),
    divideEnd: number({ above: 0, default: 1e4, aliases: ['final_div_factor'], doc: 'the last rate is the first divided by this' }),
    way: choice(wayChoices, { default: 'cosine', doc: 'how it goes from one rate to the next' }),
  },
  require: ({ rise, fall, way }) =>
    way === 'linear' && fall < rise
      ? { setting: 'fall', message: `found ${fall}, which is before the top at ${rise}; give a later one.` }
      : null,
  rate(k, lr, { steps, rise, fall, divide, divideEnd, way }) {
    const first = lr / divide;
    const top = [Math.floor(rise * steps), lr] as const;
    const back = way === 'linear' ? [[Math.floor(fall * steps), first] as const] : [];
    return through([[0, first], top, ...back, [steps, first / divideEnd]], k, way);
  },
});
