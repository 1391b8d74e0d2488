/** What every schedule must hold, and the exact values of each against its formula. */
import assert from 'node:assert/strict';
import { findSchedule, schedules } from '../../../src/engine/schedules';

describe('schedules', () => {
  it('have names of their own, and say what they and their settings do', () => {
    assert.equal(new Set(schedules.map(({ name }) => name)).size, schedules.length);
    for (const schedule of schedules) {
      assert.ok(schedule.title && schedule.doc, schedule.name);
      for (const [name, setting] of Object.entries(schedule.settings)) assert.ok(setting.doc, `${schedule.name}.${name}`);
    }
    assert.equal(findSchedule('none such'), undefined);
  });

  it('start at the rate they are given', () => {
    for (const schedule of schedules) {
      const values = Object.fromEntries(Object.entries(schedule.settings).map(([name, { default: value }]) => [name, value ?? 10]));
      assert.equal(schedule.rate(0, 0.3, values), 0.3, schedule.name);
    }
  });

  it('cosine falls along half a cosine and stays at its end', () => {
    const rate = (k: number): number => findSchedule('cosine')?.rate(k, 0.1, { steps: 4, lrMin: 0.02 }) ?? NaN;
    const expected = [0.1, 0.06 + 0.04 * Math.SQRT1_2, 0.06, 0.06 - 0.04 * Math.SQRT1_2, 0.02, 0.02, 0.02];
    expected.forEach((value, k) => assert.ok(Math.abs(rate(k) - value) < 1e-16, `step ${k}: ${rate(k)}`));
  });

  it('refuse a setting outside its domain, saying what is expected', () => {
    const { steps, lrMin } = findSchedule('cosine')?.settings ?? {};
    assert.equal(steps.check(100), null);
    for (const wrong of [0, 1.5, -1, NaN, Infinity, '100', null]) assert.equal(steps.check(wrong), 'a whole number, at least 1');
    assert.equal(lrMin.check(0), null);
    assert.equal(lrMin.check(-0.1), 'a number, at least 0');
  });
});
