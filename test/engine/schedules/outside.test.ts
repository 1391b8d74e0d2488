/**
 * Every schedule against PyTorch's and Optax's own, over 1,000 steps. The fixture and its maker are in test/oracle. Rates agree to 1e-12
 * relative, but for the last steps of a fall along a cosine: there 1 + cos πx, as the outside computes it, has lost digits by cancellation,
 * and the rates agree to half a rounding of the optimizer's own rate.
 */
import assert from 'node:assert/strict';
import { checkSchedule, completeSchedule } from '../../../src/engine/run/checkSchedule';
import { Pace } from '../../../src/engine/run/pace';
import { findSchedule, schedules } from '../../../src/engine/schedules';
import fixture from '../../oracle/schedules.json';

const RELATIVE = 1e-12;
const ROUNDING = Number.EPSILON / 2;

interface Case {
  readonly schedule: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly lr: number;
  readonly outside: string;
  readonly rates: readonly number[];
  readonly losses?: string;
}
const cases = fixture.cases as readonly Case[];
const losses = fixture.losses as Readonly<Record<string, readonly number[]>>;

/** The run's pace as the specification's own check and completion make it. */
function paceOf({ schedule, settings, lr }: Case): Pace {
  const found = findSchedule(schedule);
  assert(found, schedule);
  const { name: _name, ...values } = completeSchedule(checkSchedule({ name: schedule, ...settings }), 1000);
  return new Pace(found, lr, values);
}

describe('schedules follow PyTorch and Optax', () => {
  for (const one of cases)
    it(`${one.schedule} ${JSON.stringify(one.settings)}: ${one.outside.slice(0, 60)}`, () => {
      const pace = paceOf(one);
      const observed = one.losses === undefined ? [] : losses[one.losses];
      one.rates.forEach((expected, k) => {
        const rate = pace.rate(k);
        const apart = Math.abs(rate - expected);
        assert(apart <= RELATIVE * expected + ROUNDING * one.lr, `step ${k}: ${rate} is not ${expected}, apart by ${apart}`);
        if (observed.length > 0) pace.observe(k + 1, observed[k]);
      });
    });

  it('has at least two settings of every schedule that has settings', () => {
    for (const { name } of schedules) {
      const found = cases.filter(({ schedule }) => schedule === name).length;
      assert(found >= 2, `${name} has ${found}`);
    }
  });

  it('tells settings apart: no two cases of a schedule have the same rates', () => {
    const all = cases.map(({ schedule, rates }) => `${schedule} ${rates.join(' ')}`);
    assert.equal(new Set(all).size, all.length);
  });
});
