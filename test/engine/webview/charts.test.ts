/** The arithmetic of the charts: round ticks inside the axis, decimation that hides nothing. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { horizon, linearAxis, linearTicks, logarithmicAxis, stepTicks } from '../../../src/webview/charts/axis';
import { decimate, type Point } from '../../../src/webview/charts/decimate';

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
  const run = (y: readonly number[], buckets: number): Point[] => {
    const points: Point[] = [{ x: -1, y: -1 }];
    decimate({ length: y.length, x: (index) => index, y: (index) => y[index] }, buckets, points);
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

  it('leaves a short series as it is', () =>
    assert.deepEqual(
      run([3, 1, 2], 1).map((point) => point.y),
      [3, 1, 2],
    ));
});
