/** What a setting allows, and how it says so. */
import assert from 'node:assert/strict';
import { choice, integer, number, numbers, parts, stepsOfRun, truth, type Setting } from '../../src/engine/setting';

const doc = 'for the test';
const refuses = (setting: Setting, values: readonly unknown[], domain: string): void => {
  for (const value of values) assert.equal(setting.check(value), domain, String(value));
};
const takes = (setting: Setting, values: readonly unknown[]): void => {
  for (const value of values) assert.equal(setting.check(value), null, String(value));
};
const neverNumbers = [NaN, Infinity, -Infinity, '1', null, undefined, true, [1], {}];

describe('settings', () => {
  it('hold numbers to their bounds', () => {
    const share = number({ min: 0, max: 1, doc });
    takes(share, [0, 0.5, 1]);
    refuses(share, [-1e-9, 1.1, ...neverNumbers], 'a number from 0 to 1');
    const open = number({ above: 0, below: 1, doc });
    takes(open, [1e-300, 0.999]);
    refuses(open, [0, 1, -1, ...neverNumbers], 'a number, above 0 and below 1');
    const half = number({ min: 0, below: 1, doc });
    takes(half, [0, 0.999]);
    refuses(half, [1, -1], 'a number, at least 0 and below 1');
    takes(number({ doc }), [-1e300, 0, 3]);
    refuses(number({ doc }), neverNumbers, 'a number');
  });

  it('hold whole numbers', () => {
    takes(integer({ min: 1, doc }), [1, 1e9]);
    refuses(integer({ min: 1, doc }), [0, 1.5, -3, ...neverNumbers], 'a whole number, at least 1');
    assert.deepEqual([stepsOfRun({ doc }).ofRun, stepsOfRun({ doc }).default, stepsOfRun({ doc }).check(1)], [true, undefined, null]);
  });

  it('hold lists', () => {
    const at = numbers(integer({ min: 0, doc }), { least: 1, ascending: true, doc });
    takes(at, [[0], [1, 1, 5]]);
    const domain = 'a list of at least 1 and at most 1000 whole numbers, at least 0, none smaller than the one before it';
    refuses(at, [[], [2, 1], [0.5], [-1], ['1'], [1, , 2], 3, '1,2', null, { length: 1 }, Array(1001).fill(1)], domain); // prettier-ignore
    const any = numbers(number({ min: 0, doc }), { default: [], doc });
    takes(any, [[], [3, 1, 2]]);
    refuses(any, [[NaN], [[1]]], 'a list of at most 1000 numbers, at least 0');
  });

  it('hold lists of parts, whose owner checks each', () => {
    const some = parts('schedules', { least: 1, most: 2, doc });
    takes(some, [[{ name: 'cosine' }], [{ name: 'a' }, { name: 'b' }]]);
    refuses(some, [[], [1, 2, 3], 'cosine', { name: 'cosine' }, null], 'a list of at least 1 and at most 2 schedules');
  });

  it('hold choices and truths', () => {
    const way = choice({ linear: 'a line', cosine: 'half a cosine' }, { default: 'linear', doc });
    takes(way, ['linear', 'cosine']);
    refuses(way, ['Linear', '', 'toString', '__proto__', 1, null, ['linear']], '"linear" or "cosine"');
    takes(truth({ doc }), [true, false]);
    refuses(truth({ doc }), [0, 1, 'true', null], 'true or false');
  });
});
