/** Contour lines against circles and lines that are known, and the levels at which they are drawn. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { levelsOf } from '../../../src/webview/charts/contourLevels';
import { contourAt, contourLines, sample } from '../../../src/webview/charts/contours';

const unit = [-1, 1] as const;

describe('contour lines', () => {
  it('follow a circle to the second order of the grid, closed', () => {
    for (const cells of [21, 41, 81]) {
      const grid = sample((x, y) => x * x + y * y, [-2, 2], [-2, 2], cells, cells);
      const [circle, ...more] = contourAt(grid, 1.7);
      assert.equal(more.length, 0);
      const { points } = circle;
      assert.deepEqual(points.slice(0, 2), points.slice(-2), 'closed');
      const spacing = 4 / (cells - 1);
      let angle = 0;
      for (let at = 0; at < points.length; at += 2) {
        const radius = Math.hypot(points[at], points[at + 1]);
        // linear interpolation of x² on a spacing h is wrong by at most h²/4 in the value, so by h²/(8r) in the radius
        assert.ok(Math.abs(radius - Math.sqrt(1.7)) <= (1.05 * spacing ** 2) / (8 * Math.sqrt(1.7)), `radius ${radius}`);
        if (at === 0) continue;
        const [a, b] = [points.slice(at - 2, at), points.slice(at, at + 2)];
        assert.ok(Math.hypot(a[0] - b[0], a[1] - b[1]) <= Math.SQRT2 * spacing + 1e-12, 'no jumps');
        angle += Math.atan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1]);
      }
      assert.ok(Math.abs(Math.abs(angle) - 2 * Math.PI) < 1e-9, 'once round');
    }
  });

  it('are exact for a plane, and end at the edges', () => {
    const grid = sample((x, y) => x + 2 * y, unit, unit, 9, 7);
    const [line, ...more] = contourAt(grid, 0.3);
    assert.equal(more.length, 0);
    for (let at = 0; at < line.points.length; at += 2) assert.ok(Math.abs(line.points[at] + 2 * line.points[at + 1] - 0.3) < 1e-12);
    const ends = [line.points.slice(0, 2), line.points.slice(-2)];
    assert.ok(ends.every(([x, y]) => Math.max(Math.abs(x), Math.abs(y)) > 1 - 1e-12));
  });

  it('part at a saddle into two branches, above and below its value', () => {
    const grid = sample((x, y) => x * x - y * y, unit, unit, 40, 40);
    for (const level of [-0.05, 0.05]) {
      const lines = contourAt(grid, level);
      assert.equal(lines.length, 2);
      for (const { points } of lines) {
        const axis = level > 0 ? 0 : 1;
        assert.equal(new Set(points.filter((_, k) => k % 2 === axis).map(Math.sign)).size, 1, 'each stays on its side');
      }
    }
  });

  it('leave holes alone', () => {
    const grid = sample((x, y) => Math.log(x) + y, [-1, 3], unit, 30, 30);
    for (const { points } of contourLines(grid, [-0.5, 0, 0.5])) assert.ok(points.every(Number.isFinite));
  });

  it('pass between any numbers: every crossing lies on an edge whose ends are on either side', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 20, maxLength: 20 }), (drawn) => {
        const values = drawn.map((number) => number + 0.5);
        const grid = { x: [0, 1, 2, 3, 4], y: [0, 1, 2, 3], values };
        const at = (x: number, y: number): number => values[y * 5 + x];
        const crossings = new Set<string>();
        for (const { points } of contourAt(grid, 0))
          for (let k = 0; k < points.length; k += 2) {
            const [x, y] = [points[k], points[k + 1]];
            const ends = [at(Math.floor(x), Math.floor(y)), at(Math.ceil(x), Math.ceil(y))];
            assert.ok(Math.min(...ends) <= 0 && Math.max(...ends) >= 0, `${x}, ${y} between ${String(ends)}`);
            crossings.add(`${x},${y}`);
          }
        let expected = 0;
        for (let y = 0; y < 4; y++)
          for (let x = 0; x < 5; x++) {
            if (x < 4 && at(x, y) > 0 !== at(x + 1, y) > 0) expected++;
            if (y < 3 && at(x, y) > 0 !== at(x, y + 1) > 0) expected++;
          }
        assert.equal(crossings.size, expected);
      }),
    );
  });
});

describe('levels', () => {
  const levels = (f: (x: number, y: number) => number, floor?: number): ReturnType<typeof levelsOf> =>
    levelsOf(sample(f, [-2, 2], [-2, 2], 60, 60).values, 13, floor);

  it('are round and even where the values are', () => {
    const { levels: found } = levels((x, y) => 3 * x + y);
    assert.ok(found.length >= 6 && found.length <= 13, String(found));
    const steps = found.slice(1).map((level, k) => Number((level - found[k]).toPrecision(6)));
    assert.equal(new Set(steps).size, 1);
  });

  it('go by powers of ten above the lowest value where the values climb far', () => {
    const { levels: found } = levels((x, y) => (1 - x) ** 2 + 100 * (y - x * x) ** 2, 0);
    assert.ok(found.length >= 5 && found.length <= 13, String(found));
    assert.ok(found[found.length - 1] / found[0] > 100);
    for (const level of found) assert.match(level.toExponential(), /^[1235]e/);
  });

  it('shade evenly by level, the lowest deepest, and never beyond', () => {
    for (const f of [
      (x: number, y: number) => x * x - y * y,
      (x: number, y: number) => x ** 3 - 3 * x * y * y,
      (x: number, y: number) => (1 - x) ** 2 + 100 * (y - x * x) ** 2,
    ]) {
      const { levels: found, shade } = levels(f);
      const shades = found.map(shade);
      shades.slice(1).forEach((value, k) => assert.ok(value >= shades[k], String(shades)));
      for (const value of [-Infinity, -1e9, 1e9, Infinity, NaN]) assert.ok(shade(value) >= 0 && shade(value) <= 1);
    }
  });

  it('are none where there is nothing to tell apart', () => {
    assert.deepEqual(levelsOf([NaN, Infinity]).levels, []);
    assert.ok(levelsOf([2, 2, 2, 2]).levels.every(Number.isFinite));
  });
});
