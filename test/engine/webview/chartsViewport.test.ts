/** Zooming and moving: what is under the pointer stays there, steps stay whole and within the run, and there is always a way back. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  LEAST_STEPS,
  follow,
  moveSteps,
  moveValues,
  selectSteps,
  within,
  zoomSteps,
  zoomValues,
  type Range,
} from '../../../src/webview/charts/viewport';

/** Where a value lies on its axis, 0 … 1. */
const place = (value: number, { min, max }: Range, logarithmic: boolean): number =>
  logarithmic ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);

describe('zooming values', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const factor = fc.double({ min: 0.2, max: 5, noNaN: true });

  it('leaves what is under the pointer where it is, on either scale', () => {
    const range = fc.tuple(fc.double({ min: 1e-6, max: 1e3, noNaN: true }), fc.double({ min: 1.01, max: 1e6, noNaN: true }));
    fc.assert(
      fc.property(range, share, factor, fc.boolean(), ([min, ratio], at, by, logarithmic) => {
        const whole = { min, max: min * ratio };
        const about = logarithmic ? min * ratio ** at : min + at * (whole.max - min);
        const zoomed = zoomValues(whole, about, by, logarithmic ? 'logarithmic' : 'linear');
        assert.ok(Math.abs(place(about, zoomed, logarithmic) - at) < 1e-6);
        const width = (of: Range): number => (logarithmic ? Math.log(of.max / of.min) : of.max - of.min);
        assert.ok(Math.abs(width(zoomed) / width(whole) - by) < 1e-6);
      }),
    );
  });

  it('ends where double precision ends: then the range stays', () => {
    let range: Range = { min: 1, max: 2 };
    for (let turn = 0; turn < 200; turn++) range = zoomValues(range, 1.5, 0.5, 'linear');
    assert.ok(range.max > range.min && range.max - range.min > 1e-10);
    let wide: Range = { min: 1e-3, max: 1e3 };
    for (let turn = 0; turn < 200; turn++) wide = zoomValues(wide, 1, 2, 'logarithmic');
    assert.ok(wide.min > 0 && wide.max < Infinity);
  });

  it('and moving them back and forth comes back', () => {
    for (const scale of ['linear', 'logarithmic'] as const) {
      const there = moveValues({ min: 0.1, max: 10 }, 0.25, scale);
      assert.ok(there.min > 0.1 && there.max > 10);
      const back = moveValues(there, -0.25, scale);
      assert.ok(Math.abs(back.min - 0.1) < 1e-12 && Math.abs(back.max - 10) < 1e-9);
    }
  });
});

describe('zooming steps', () => {
  const whole = { min: 0, max: 2500 };
  const window = fc.tuple(fc.nat(2500), fc.nat(2500)).map(([one, other]) => selectSteps(one, other, whole));

  it('gives whole steps within the run, never fewer than can be told apart, and gets closer each time until then', () => {
    fc.assert(
      fc.property(
        window,
        fc.double({ min: -10, max: 2600, noNaN: true }),
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        (range, about, factor) => {
          const zoomed = zoomSteps(range, about, factor, whole);
          assert.ok(Number.isInteger(zoomed.min) && Number.isInteger(zoomed.max));
          assert.ok(zoomed.min >= 0 && zoomed.max <= 2500 && zoomed.max - zoomed.min >= LEAST_STEPS);
          const [before, after] = [range.max - range.min, zoomed.max - zoomed.min];
          if (factor < 0.9) assert.ok(after < before || before === LEAST_STEPS);
          if (factor > 1.1) assert.ok(after > before || before === 2500);
        },
      ),
    );
  });

  it('comes back to all steps by zooming out', () => {
    let range = selectSteps(1200, 1210, whole);
    for (let turn = 0; turn < 60; turn++) range = zoomSteps(range, 1205, 1.25, whole);
    assert.deepEqual(range, whole);
  });

  it('moves by at least a step, and not beyond the run', () => {
    fc.assert(
      fc.property(window, fc.double({ min: -2, max: 2, noNaN: true }), (range, share) => {
        const moved = moveSteps(range, share, whole);
        assert.equal(moved.max - moved.min, range.max - range.min);
        assert.ok(moved.min >= 0 && moved.max <= 2500);
        if (share < 0 && range.min > 0) assert.ok(moved.min < range.min);
        if (share > 0 && range.max < 2500) assert.ok(moved.max > range.max);
      }),
    );
  });

  it('selects what was pointed at, in either direction', () => {
    assert.deepEqual(selectSteps(700.4, 300.6, whole), { min: 300, max: 701 });
    assert.deepEqual(selectSteps(2499, 2499.5, whole), { min: 2496, max: 2500 });
    assert.deepEqual(selectSteps(-50, 10, whole), { min: 0, max: 60 });
  });

  it('follows a run that leaves the window, with the window’s width', () => {
    assert.deepEqual(follow({ min: 100, max: 300 }, 250), { min: 100, max: 300 });
    assert.deepEqual(follow({ min: 100, max: 300 }, 420), { min: 220, max: 420 });
    assert.deepEqual(within({ min: -20, max: 30 }, { min: 0, max: 40 }), { min: 0, max: 40 });
  });
});
