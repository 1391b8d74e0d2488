import { defineSchedule } from './definition';

/** The optimizer's own rate at every step. What a run has that names no schedule. */
export const constant = defineSchedule({
  name: 'constant',
  title: 'Constant',
  doc: 'The same rate at every step.',
  source: '',
  settings: {},
  /** @param k step, from 0 @returns learning rate */
  rate: (_k, lr) => lr,
});
