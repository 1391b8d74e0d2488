/** Where a noisy line goes: the mean of the logarithms around each step, whatever came when. */
import assert from 'node:assert/strict';
import { History } from '../../../src/shared/history';
import { columnSeries } from '../../../src/webview/charts/series';
import { Trend, trendOf } from '../../../src/webview/charts/trend';

/** A series of what is in these lists at any time. */
const of = (values: readonly number[], steps?: readonly number[]) => ({
  get length() {
    return values.length;
  },
  x: (row: number) => (steps ? steps[row] : row + 1),
  y: (row: number) => values[row],
});

/** By its definition: the geometric mean of what is above 0 within 1/64 of all rows to each side. */
function expected(values: readonly number[], row: number): number {
  const half = Math.floor(values.length / 64);
  const near = values.slice(Math.max(0, row - half), row + half + 1).filter((value) => value > 0 && value < Infinity);
  return near.length === 0 ? NaN : Math.exp(near.reduce((sum, value) => sum + Math.log(value), 0) / near.length);
}

const noisy = (length: number, from = 0): number[] => Array.from({ length }, (_, i) => Math.exp(Math.sin((i + from) * 12.9898) * 3));

function check(trend: Trend, values: readonly number[]): void {
  assert.equal(trend.length, values.length);
  for (const row of [0, 1, Math.floor(values.length / 3), values.length - 1]) {
    const [found, wanted] = [trend.y(row), expected(values, row)];
    assert.ok(Object.is(found, wanted) || Math.abs(found / wanted - 1) < 1e-9, `row ${row}: ${found}, expected ${wanted}`);
  }
}

describe('the trend of a line', () => {
  it('is the mean around each step, also where rows are added and where others take their place', () => {
    const values = noisy(100);
    const steps = values.map((_, i) => i + 1);
    const trend = new Trend(of(values, steps));
    check(trend, values);
    values.push(...noisy(400, 100));
    steps.push(...Array.from({ length: 400 }, (_, i) => i + 101));
    check(trend, values);
    const thinned = noisy(250, 7);
    values.splice(0, values.length, ...thinned);
    steps.splice(0, steps.length, ...thinned.map((_, i) => 2 * i + 1));
    check(trend, values);
  });

  it('is of the numbers measured again where a run went back to the same step', () => {
    const history = new History(0);
    const add = (step: number, loss: number): void =>
      history.addRows({ layers: 0, rows: 1, width: 4, data: Float64Array.of(step, 0, loss, 0), spacing: { stride: 1, phase: 0 } });
    for (let step = 1; step <= 5; step++) add(step, step);
    const trend = trendOf(columnSeries(history, 2));
    assert.equal(trend.y(4).toFixed(9), '5.000000000');
    for (const step of [4, 5]) add(step, 10 * step);
    assert.equal(trend.y(4).toFixed(9), '50.000000000');
    assert.equal(trend.mean(3, 5).toFixed(9), ((Math.log(40) + Math.log(50)) / 2).toFixed(9));
  });

  it('is the line itself where it has few points, and leaves out what has no logarithm', () => {
    const few = [3, 0, NaN, 5];
    check(new Trend(of(few)), few);
    const gaps = noisy(300).map((value, i) => (i % 7 === 0 ? 0 : value));
    check(new Trend(of(gaps)), gaps);
  });
});
