import { through, wayChoices } from '../interpolation';
import { choice, integer, number, numbers } from '../setting';
import { defineSchedule } from './definition';

/** Piecewise interpolation: the rate goes from point to point, each a factor times the one before, as Optax has it. */
export const interpolate = defineSchedule({
  name: 'interpolate',
  title: 'Piecewise interpolation',
  aliases: ['piecewise', 'piecewise_interpolate_schedule'],
  doc: 'The rate goes from lr at step 0 to lr·factor₁ at the first of the steps `at`, to lr·factor₁·factor₂ at the second, and so on, and stays at the last.',
  formula: 'through (0, lr), (at₁, lr·factor₁), (at₂, lr·factor₁·factor₂), …',
  use: 'To draw any shape by its corners.',
  source: 'optax.piecewise_interpolate_schedule',
  settings: {
    at: numbers(integer({ min: 0, doc: 'a step' }), {
      least: 1,
      ascending: true,
      aliases: ['boundaries'],
      doc: 'the steps of the points, from 0',
    }),
    factors: numbers(number({ min: 0, doc: 'a factor' }), {
      least: 1,
      aliases: ['scales'],
      doc: 'what the rate of the point before is multiplied by, one for each of `at`',
    }),
    way: choice(wayChoices, { default: 'linear', aliases: ['interpolate_type'], doc: 'how it goes from point to point' }),
  },
  require: ({ at, factors }) =>
    at.length === factors.length
      ? null
      : { setting: 'factors', message: `has ${factors.length} factors for ${at.length} points; give one for each.` },
  rate(k, lr, { at, factors, way }) {
    let value = lr;
    const points = at.map((step, i) => [step, (value *= factors[i])] as const);
    return through([[0, lr], ...points], k, way);
  },
});
