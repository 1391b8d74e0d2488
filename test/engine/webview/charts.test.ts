/** The arithmetic of the charts: round ticks inside the axis, decimation that hides nothing. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { History } from '../../../src/shared/history';
import { axisOf, horizon, linearAxis, linearTicks, logarithmicAxis, stepTicks } from '../../../src/webview/charts/axis';
import { decimate, rowFrom, rowNearest, sample, type Point, type Series } from '../../../src/webview/charts/decimate';
import { DrawnPoints } from '../../../src/webview/charts/drawnPoints';
import { columnSeries } from '../../../src/webview/charts/series';

describe('an axis', () => {
  const positive = fc.double({ min: 1e-30, max: 1e30, noNaN: true });

  it('on a logarithmic scale holds its data, with 1 to 6 ticks inside it in rising order', () => {
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const axis = logarithmicAxis(low, high);
        assert.ok(axis.min < low && axis.max > high);
        assert.ok(axis.ticks.length >= 1 && axis.ticks.length <= 6, axis.ticks.join(' '));
        for (const [index, at] of axis.ticks.entries()) {
          assert.ok(at >= axis.min * 0.999 && at <= axis.max * 1.001);
          assert.ok(index === 0 || at > axis.ticks[index - 1]);
        }
      }),
    );
  });

  it('on a linear scale holds its data, with at most 6 ticks inside it', () => {
    const any = fc.double({ min: -1e12, max: 1e12, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-12);
    fc.assert(
      fc.property(any, any, (a, b) => {
        const axis = linearAxis(Math.min(a, b), Math.max(a, b));
        assert.ok(axis.min <= Math.min(a, b) && axis.max >= Math.max(a, b));
        assert.ok(axis.ticks.length >= 1 && axis.ticks.length <= 6, axis.ticks.join(' '));
      }),
    );
  });

  it('has the ticks that one would choose', () => {
    assert.deepEqual(linearTicks(0, 2500), [0, 500, 1000, 1500, 2000, 2500]);
    assert.deepEqual(linearTicks(0, 3, 6, true), [0, 1, 2, 3]);
    assert.deepEqual(logarithmicAxis(0.05, 2.3).ticks, [0.05, 0.1, 0.2, 0.5, 1, 2]);
    assert.deepEqual(logarithmicAxis(1e-4, 9).ticks, [1e-4, 1e-3, 1e-2, 1e-1, 1, 10].slice(0, 6));
    assert.deepEqual(linearAxis(0.92, 1, { bounds: [0, 1] }).max, 1);
  });

  it('that a person chose spans exactly that, with ticks inside also where it is closer than a logarithmic scale divides', () => {
    for (const scale of ['linear', 'logarithmic'] as const)
      for (const [min, max] of [
        [0.19, 0.195],
        [1e-7, 3],
        [12, 900],
      ]) {
        const axis = axisOf({ min, max }, scale, 6);
        assert.deepEqual([axis.min, axis.max], [min, max]);
        assert.ok(axis.ticks.length >= 2 && axis.ticks.length <= 6, `${scale}: ${axis.ticks.join(' ')}`);
        for (const at of axis.ticks) assert.ok(at >= min * 0.999 && at <= max * 1.001);
      }
  });

  it('of steps ends with the last step, which no other crowds', () => {
    assert.deepEqual(stepTicks(0, 2500, 6), [0, 500, 1000, 1500, 2000, 2500]);
    assert.deepEqual(stepTicks(0, 1875, 6), [0, 500, 1000, 1875]);
    assert.deepEqual(stepTicks(0, 1, 6), [0, 1]);
  });

  it('span all steps of a run, and early in a long one a round number beyond the newest', () => {
    assert.equal(horizon(2500, 1240), 2500);
    assert.equal(horizon(2500, 0), 100);
    assert.equal(horizon(30, 1), 30);
    assert.equal(horizon(2_000_000, 4055), 5000);
    assert.equal(horizon(2_000_000, 5000), 10_000);
    assert.equal(horizon(2_000_000, 200_000), 2_000_000);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.double({ min: 0, max: 1, noNaN: true }), (total, share) => {
        const done = Math.floor(share * total);
        const to = horizon(total, done);
        assert.ok(to >= done && to <= total);
        assert.ok(done < 50 || to === total || to <= 2.5 * done, `${done} of ${total}: ${to}`);
      }),
    );
  });

  it('span at least what is asked, so that accuracies that hardly differ look alike', () => {
    const axis = linearAxis(0.3025, 0.303, { bounds: [0, 1], leastSpread: 0.05 });
    assert.ok(axis.max - axis.min >= 0.05 && axis.min <= 0.3025 && axis.max >= 0.303);
  });

  it('is there before the data are', () => {
    assert.deepEqual(logarithmicAxis(Infinity, -Infinity), { min: 0.1, max: 10, ticks: [0.1, 1, 10] });
    assert.equal(linearAxis(Infinity, -Infinity).max, 1);
  });
});

describe('decimation', () => {
  const values = fc.array(fc.double({ noDefaultInfinity: true }), { minLength: 1, maxLength: 400 });
  const seriesOf = (y: readonly number[]): Series => ({ length: y.length, x: (index) => index, y: (index) => y[index] });
  const run = (y: readonly number[], buckets: number, from = 0, to = y.length): Point[] => {
    const points: Point[] = [{ x: -1, y: -1 }];
    decimate(seriesOf(y), from, to, buckets, points);
    return points;
  };

  it('keeps the first, the last, the lowest and the highest, in order, and only points that are there', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 50 }), (y, buckets) => {
        const points = run(y, buckets);
        assert.ok(points.length <= 2 * buckets + 2);
        assert.ok(points.every((point, index) => Object.is(point.y, y[point.x]) && (index === 0 || point.x > points[index - 1].x)));
        assert.deepEqual([points[0].x, points[points.length - 1].x], [0, y.length - 1]);
        const numbers = y.filter((value) => !Number.isNaN(value));
        const kept = points.map((point) => point.y).filter((value) => !Number.isNaN(value));
        assert.equal(Math.min(...kept), Math.min(...numbers));
        assert.equal(Math.max(...kept), Math.max(...numbers));
      }),
    );
  });

  it('of a window keeps its extremes, and one point beyond each edge so that the line goes on to it', () => {
    fc.assert(
      fc.property(values, fc.nat(400), fc.nat(400), fc.integer({ min: 1, max: 50 }), (y, one, other, buckets) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other) + 1];
        const points = run(y, buckets, from, to);
        assert.ok(points.length <= 2 * buckets + 4);
        const inside = y.filter((value, step) => step >= from && step <= to && !Number.isNaN(value));
        const kept = points.filter(({ x, y: value }) => x >= from && x <= to && !Number.isNaN(value)).map((point) => point.y);
        assert.deepEqual([Math.min(...kept), Math.max(...kept)], [Math.min(...inside), Math.max(...inside)]);
        const beyond = points.filter(({ x }) => x < from || x > to).map(({ x }) => x);
        const wanted = [Math.min(from - 1, y.length - 1), to + 1].filter((x) => x >= 0 && x < y.length && (x < from || x > to));
        assert.deepEqual(beyond, wanted);
      }),
    );
  });

  it('leaves what was drawn as it is while a run goes on: only the last bucket may change', () => {
    const noise = Array.from({ length: 4000 }, (_, step) => Math.sin(step * step));
    const [buckets, to] = [100, 4000];
    const width = to / buckets;
    for (const length of [3001, 3007, 3100]) {
      const [before, after] = [run(noise.slice(0, length), buckets, 0, to), run(noise.slice(0, length + 31), buckets, 0, to)];
      const settled = (points: readonly Point[]): Point[] => points.filter(({ x }) => x < Math.floor((length - 1) / width) * width);
      assert.deepEqual(settled(after), settled(before));
    }
  });

  it('of a line that grows gives the same points as of one drawn for the first time, whatever the run does', () => {
    const measured = fc.oneof(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.constantFrom(0, -1, NaN, Infinity));
    const doing = fc.oneof(
      { weight: 8, arbitrary: fc.record({ rows: fc.integer({ min: 1, max: 40 }), back: fc.constant(0) }) },
      { weight: 1, arbitrary: fc.record({ rows: fc.constant(1), back: fc.integer({ min: 1, max: 60 }) }) },
    );
    fc.assert(
      fc.property(
        fc.array(doing, { minLength: 1, maxLength: 30 }),
        fc.array(measured, { minLength: 7, maxLength: 7 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(200),
        fc.integer({ min: 1, max: 500 }),
        fc.boolean(),
        (story, values, buckets, from, span, logarithmic) => {
          const history = new History(0, 64);
          const series = columnSeries(history, 2);
          const [drawn, window] = [new DrawnPoints(), { from, to: from + span, buckets, logarithmic }];
          let step = 0;
          for (const { rows, back } of story) {
            step = Math.max(0, step - back);
            for (let row = 0; row < rows; row++) {
              step += 1;
              const data = Float64Array.of(step, 0, values[(step * step + story.length) % 7], 0);
              history.addRows({ layers: 0, rows: 1, width: 4, data, spacing: { stride: 1, phase: 0 } });
            }
            drawn.take(series, window, false);
            const anew = new DrawnPoints();
            anew.take(series, window, false);
            assert.deepEqual(drawn.points, anew.points);
            assert.deepEqual(drawn.extent, anew.extent);
          }
        },
      ),
    );
  });

  it('of a smooth line takes rows all along it, the same ones while it grows', () => {
    const y = Array.from({ length: 3000 }, (_, step) => step);
    const taken = (length: number, from = 0, to = 4000): number[] => {
      const points: Point[] = [];
      sample(seriesOf(y.slice(0, length)), from, to, 200, points);
      return points.map(({ x }) => x);
    };
    const [before, after] = [taken(2900), taken(3000)];
    assert.ok(before.length >= 70 && before.length <= 147, `${before.length} of 145 that there is room for`);
    assert.deepEqual([before[0], before.at(-1), after.at(-1)], [0, 2899, 2999]);
    assert.deepEqual(after.slice(0, before.length - 1), before.slice(0, -1));
    assert.deepEqual(taken(3000, 100.5, 103), [100, 101, 102, 103, 104]);
    assert.deepEqual([taken(0), taken(1), taken(3000, 3500)], [[], [0], [2999]]);
  });

  it('leaves a short series as it is', () =>
    assert.deepEqual(
      run([3, 1, 2], 2).map((point) => point.y),
      [3, 1, 2],
    ));

  it('finds the rows from, after and nearest to a step', () => {
    const steps = fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 60 }).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(steps, fc.integer({ min: -5, max: 305 }), (x, step) => {
        const series: Series = { length: x.length, x: (index) => x[index], y: () => 0 };
        const first = x.findIndex((at) => at >= step);
        const after = x.findIndex((at) => at > step);
        assert.equal(rowFrom(series, step), first < 0 ? x.length : first);
        assert.equal(rowFrom(series, step, true), after < 0 ? x.length : after);
        const row = rowNearest(series, step);
        if (x.length === 0) assert.equal(row, -1);
        else assert.equal(Math.abs(x[row] - step), Math.min(...x.map((at) => Math.abs(at - step))));
      }),
    );
  });
});
