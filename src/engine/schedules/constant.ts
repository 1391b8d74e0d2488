import { defineSchedule } from './definition';

/** The optimizer's own rate at every step. What a run has that names no schedule. */
export const constant = defineSchedule({
  name: 'constant',
  title: 'Constant',
  aliases: ['constant_schedule', 'warmup_constant_schedule'],
  doc: 'The same rate at every step.',
  formula: 'lr',
  use: 'To see what the optimizer does by itself. A stochastic gradient then keeps the weights moving about a minimum at a distance that grows with lr.',
  source: '',
  settings: {},
  rate: (_k, lr) => lr,
});
