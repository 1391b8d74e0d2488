/** Where a noisy line goes: the mean of the logarithms around each step, whatever came when. */
import assert from 'node:assert/strict';
import { Trend } from '../../../src/webview/charts/trend';

/** A series as it is now: one that has grown is another, as a history's columns are. */
const of = (values: readonly number[], steps: readonly number[] = values.map((_, i) => i + 1)) => ({
  length: values.length,
  x: (row: number) => steps[row],
  y: (row: number) => values[row],
});

/** By its definition: the geometric mean of what is above 0 within 1/64 of all rows to each side. */
function expected(values: readonly number[], row: number): number {
  const half = Math.floor(values.length / 64);
  const near = values.slice(Math.max(0, row - half), row + half + 1).filter((value) => value > 0 && value < Infinity);
  return near.length === 0 ? NaN : Math.exp(near.reduce((sum, value) => sum + Math.log(value), 0) / near.length);
}

const noisy = (length: number, from = 0): number[] => Array.from({ length }, (_, i) => Math.exp(Math.sin((i + from) * 12.9898) * 3));

function check(trend: Trend, values: readonly number[], steps?: readonly number[]): void {
  const series = trend.of(of(values, steps));
  assert.equal(series.length, values.length);
  for (const row of [0, 1, Math.floor(values.length / 3), values.length - 1]) {
    const [found, wanted] = [series.y(row), expected(values, row)];
    assert.ok(Object.is(found, wanted) || Math.abs(found / wanted - 1) < 1e-9, `row ${row}: ${found}, expected ${wanted}`);
  }
}

describe('the trend of a line', () => {
  it('is the mean around each step, also where rows are added and where others take their place', () => {
    const values = noisy(100);
    const steps = values.map((_, i) => i + 1);
    const trend = new Trend();
    check(trend, values, steps);
    values.push(...noisy(400, 100));
    steps.push(...Array.from({ length: 400 }, (_, i) => i + 101));
    check(trend, values, steps);
    const thinned = noisy(250, 7);
    values.splice(0, values.length, ...thinned);
    steps.splice(0, steps.length, ...thinned.map((_, i) => 2 * i + 1));
    check(trend, values, steps);
  });

  it('is the line itself where it has few points, and leaves out what has no logarithm', () => {
    check(new Trend(), [3, 0, NaN, 5]);
    const gaps = noisy(300).map((value, i) => (i % 7 === 0 ? 0 : value));
    check(new Trend(), gaps);
  });
});
