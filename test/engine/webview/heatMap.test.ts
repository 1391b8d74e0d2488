/** What a heat map shows where: numbers to levels of a scale, cells to pixels and back. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { boxOf, cellAt, imageLayout, matrixLayout, paintCells, shrinkLevels, type Layout } from '../../../src/webview/charts/cells';
import { LEVELS, NONE, pixelsOf } from '../../../src/webview/charts/colours';
import { levelsOf, shareOf, spanOf, type Meaning } from '../../../src/webview/charts/levels';

const top = LEVELS - 1;
const levels = (values: readonly number[], meaning: Meaning): number[] => {
  const into = new Uint8Array(values.length);
  levelsOf(values, spanOf(values, meaning), into);
  return [...into];
};

describe('what a colour scale spans', () => {
  it('is around 0 where numbers have two signs, or are signed and reach nearly to it', () => {
    assert.deepEqual(spanOf([-1, 3], 'plain'), { kind: 'diverging', low: -3, high: 3, below: false, above: false, least: -1, greatest: 3 });
    assert.equal(spanOf([0.001, 3], 'signed').kind, 'diverging');
    assert.equal(spanOf([-3, -0.001], 'signed').low, -3);
    assert.equal(spanOf([0.95, 1.05], 'signed').kind, 'linear');
  });

  it('is by logarithms for rates, and for numbers of one sign that lie far apart', () => {
    assert.equal(spanOf([0.1, 0.2], 'scales').kind, 'logarithmic');
    assert.equal(spanOf([1e-8, 1], 'plain').kind, 'logarithmic');
    assert.equal(spanOf([0.5, 1], 'plain').kind, 'linear');
    assert.equal(spanOf([0, 0], 'scales').kind, 'linear', 'nothing has a logarithm');
    assert.equal(spanOf([-0.1, 0.2], 'scales').kind, 'diverging', 'a rate may be negative: then 0 matters');
  });

  it('ends before a few numbers far out, and says so', () => {
    const values = Array.from({ length: 4000 }, (_, i) => Math.sin(i));
    values[77] = 1000;
    const span = spanOf(values, 'signed');
    assert.ok(span.high < 1.01 && span.high > 0.99 && span.above);
    assert.equal(span.greatest, 1000);
    values[77] = 1.2;
    assert.equal(spanOf(values, 'signed').high, 1.2);
  });

  it('leaves out what is not finite, and is nothing where nothing is', () => {
    assert.equal(spanOf([NaN, 1, Infinity, 2], 'plain').greatest, 2);
    assert.ok(Number.isNaN(spanOf([NaN], 'plain').low));
  });

  it('holds every number between its ends or beyond one that says so', () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(numbers, fc.constantFrom<Meaning>('signed', 'scales', 'plain'), (values, meaning) => {
        const span = spanOf(values, meaning);
        assert.ok(span.low <= span.high);
        assert.ok(span.below === values.some((value) => value < span.low));
        assert.ok(span.above === values.some((value) => value > span.high));
        assert.deepEqual([span.least, span.greatest], [Math.min(...values) + 0, Math.max(...values) + 0]);
      }),
    );
  });
});

describe('the level of a number', () => {
  it('is the lowest, the middle, the highest at low, 0 and high', () => {
    assert.deepEqual(levels([-2, 0, 2, NaN], 'signed'), [0, top / 2, top, NONE]);
    assert.deepEqual(levels([1, 10, 100], 'scales'), [0, top / 2, top]);
    assert.deepEqual(levels([0, 1, 10, 100], 'scales').slice(0, 2), [0, 0], 'what is 0 is with the least');
    assert.deepEqual(levels([7, 7], 'plain'), [top / 2, top / 2], 'numbers that are all one are in the middle');
    assert.deepEqual(levels([-5e-324, 0, 5e-324], 'plain'), [0, top / 2, top], 'the least numbers that there are');
    assert.deepEqual(levels([1e-300, 1e-299, 1e-298], 'scales'), [0, top / 2, top], 'what no float32 holds');
  });

  it('never falls where the number rises', () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(numbers, fc.constantFrom<Meaning>('signed', 'scales', 'plain'), (values, meaning) => {
        const sorted = [...values].sort((a, b) => a - b);
        const found = levels(sorted, meaning);
        const span = spanOf(sorted, meaning);
        for (let i = 1; i < found.length; i++) assert.ok(found[i] >= found[i - 1]);
        found.forEach((level, i) => assert.ok(Math.abs(level / top - shareOf(sorted[i], span)) <= 0.57 / top));
      }),
    );
  });
});

describe('cells on pixels', () => {
  const shapes = fc.record({
    units: fc.integer({ min: 1, max: 40 }),
    image: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    width: fc.integer({ min: 60, max: 400 }),
    density: fc.constantFrom(1, 1.25, 2),
  });
  const shown = (layout: Layout): Map<number, number> => {
    const counts = new Map<number, number>();
    for (let y = 0; y < layout.height; y++)
      for (let x = 0; x < layout.width; x++) {
        const cell = cellAt(layout, x, y);
        if (cell >= 0) counts.set(cell, (counts.get(cell) ?? 0) + 1);
      }
    return counts;
  };

  it('of images: each number of each unit is there once, as large as the others, within the width', () => {
    fc.assert(
      fc.property(shapes, ({ units, image, width, density }) => {
        const layout = imageLayout(units, image, width, density, 200);
        const counts = shown(layout);
        assert.equal(counts.size, units * image[0] * image[1] * image[2]);
        assert.equal(new Set(counts.values()).size, 1);
        assert.ok(layout.width <= width);
      }),
      { numRuns: 60 },
    );
  });

  it('of images: a unit is drawn as its channels are, line under line', () => {
    const layout = imageLayout(1, [1, 2, 3], 300, 1, 200);
    const scale = layout.width / 3;
    assert.equal(layout.height, 2 * scale);
    for (const cell of [0, 1, 2, 3, 4, 5])
      assert.deepEqual(boxOf(layout, cell), { x: (cell % 3) * scale, y: Math.floor(cell / 3) * scale, width: scale, height: scale });
  });

  it('the box of a cell is where the cell is found', () => {
    fc.assert(
      fc.property(shapes, fc.double({ min: 0, max: 0.999, noNaN: true }), ({ units, image, width, density }, share) => {
        for (const layout of [
          imageLayout(units, image, width, density, 200),
          matrixLayout(units, 20, Math.max(20, width), Math.max(units, 50)),
        ]) {
          const cell = Math.floor(share * layout.cells);
          const box = boxOf(layout, cell);
          assert.ok(box && box.width > 0 && box.height > 0);
          for (const [x, y] of [[box.x, box.y], [box.x + box.width - 1, box.y + box.height - 1]]) assert.equal(cellAt(layout, x, y), cell); // prettier-ignore
          assert.notEqual(cellAt(layout, box.x + box.width, box.y), cell);
          assert.notEqual(cellAt(layout, box.x - 1, box.y), cell);
        }
      }),
      { numRuns: 60 },
    );
    assert.equal(boxOf(matrixLayout(2, 2, 10, 10), 7), null);
  });

  it('of a matrix fill all of it; a pixel outside shows none', () => {
    const layout = matrixLayout(3, 5, 50, 30);
    const counts = shown(layout);
    assert.equal(counts.size, 15);
    assert.ok([...counts.values()].every((count) => count === 100));
    assert.deepEqual([cellAt(layout, 49, 29), cellAt(layout, 50, 0), cellAt(layout, 0, -1), cellAt(layout, NaN, 0)], [14, -1, -1, -1]);
  });

  it('have the colour of their level, gaps none', () => {
    const layout: Layout = { width: 3, height: 2, across: Int32Array.of(0, -1, 1), down: Int32Array.of(0, 2), cells: 3 };
    const pixels = new Uint32Array(6).fill(7);
    const colours = pixelsOf('sequential');
    paintCells(Uint8Array.of(9, NONE, 200), layout, colours, pixels);
    assert.deepEqual([...pixels], [colours[9], 0, 0, colours[200], 0, 0]);
  });

  it('that share a pixel are there with their mean, those without a number left out', () => {
    const less = shrinkLevels(Uint8Array.of(10, 20, 30, NONE, 50, NONE, NONE, NONE), { rows: 2, columns: 4 }, 1, 2);
    assert.deepEqual([less.rows, less.columns, [...less.levels]], [1, 2, [27, 30]]);
    const same = Uint8Array.of(1, 2);
    assert.equal(shrinkLevels(same, { rows: 1, columns: 2 }, 5, 5).levels, same);
    assert.deepEqual([...shrinkLevels(Uint8Array.of(NONE, NONE), { rows: 2, columns: 1 }, 1, 1).levels], [NONE]);
  });
});
