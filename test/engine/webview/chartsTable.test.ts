/** A chart's numbers as comma-separated values and as a table: every digit, each number at its own step, nothing lost by quoting. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evenly, exact, toCsv, type Cell, type Tabular } from '../../../src/webview/charts/csv';
import type { Series } from '../../../src/webview/charts/decimate';
import { tabulate } from '../../../src/webview/charts/tabulate';

/** Reads RFC 4180, character by character: the outside truth for what is written. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]];
  let [field, quoted] = ['', false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[at + 1] === '"') [field, at] = [`${field}"`, at + 1];
      else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',') [field] = [(rows[rows.length - 1].push(field), '')];
    else if (character === '\r' && text[at + 1] === '\n') {
      rows[rows.length - 1].push(field);
      rows.push([]);
      [field, at] = ['', at + 1];
    } else field += character;
  }
  assert.deepEqual(rows.pop(), [], 'the last line ends');
  return rows;
}

const table = (columns: readonly string[], cells: readonly (readonly Cell[])[]): Tabular => ({
  caption: '',
  columns,
  rows: cells.length,
  cell: (row, column) => cells[row][column],
});

const series = (points: readonly (readonly [step: number, value: number])[]): Series => ({
  length: points.length,
  x: (index) => points[index][0],
  y: (index) => points[index][1],
});

describe('comma-separated values', () => {
  const cell = fc.oneof(fc.double(), fc.constant(null), fc.string());

  it('are read back as they were, also names and texts with commas, quotes and line breaks', () => {
    const shape = fc
      .integer({ min: 1, max: 4 })
      .chain((width) =>
        fc.tuple(
          fc.array(fc.oneof(fc.string(), fc.constant('a "b", c\r\nd')), { minLength: width, maxLength: width }),
          fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 6 }),
        ),
      );
    fc.assert(
      fc.property(shape, ([columns, cells]) => {
        assert.deepEqual(parse(toCsv(table(columns, cells))), [columns, ...cells.map((row) => row.map(exact))]);
      }),
    );
  });

  it('have every digit of a number: read back, it is the same', () => {
    fc.assert(
      fc.property(fc.double(), (value) => assert.ok(Object.is(Number(exact(value)), value) || (value === 0 && Number(exact(value)) === 0))),
    );
    assert.deepEqual(['NaN', 'Infinity', '-Infinity'], [NaN, Infinity, -Infinity].map(exact));
  });
});

describe('a table of lines over steps', () => {
  const batch = series([
    [1, 0.5],
    [2, 0.4],
    [4, NaN],
    [5, 0.1],
  ]);
  const train = series([
    [0, 2],
    [4, 1],
  ]);
  const rows = (of: Tabular): Cell[][] => Array.from({ length: of.rows }, (_, row) => of.columns.map((_, column) => of.cell(row, column)));

  it('has a row for each step at which any line was measured, and gaps where one was not', () => {
    const made = tabulate('Loss', [
      { label: 'batch', series: batch, quantity: 'loss' },
      { label: 'train', series: train },
    ]);
    assert.deepEqual(made.columns, ['step', 'batch', 'train']);
    assert.deepEqual(rows(made), [
      [0, null, 2],
      [1, 0.5, null],
      [2, 0.4, null],
      [4, NaN, 1],
      [5, 0.1, null],
    ]);
    assert.deepEqual([made.source?.(1)?.quantity, made.source?.(2), made.source?.(0), made.step?.(3)], ['loss', undefined, undefined, 4]);
  });

  it('of a window has only its steps', () => {
    const made = tabulate(
      '',
      [
        { label: 'batch', series: batch, quantity: 'loss' },
        { label: 'train', series: train },
      ],
      { min: 2, max: 4 },
    );
    assert.deepEqual(rows(made), [
      [2, 0.4, null],
      [4, NaN, 1],
    ]);
  });

  it('has a gap where there is nothing to derive, and NaN only where that was measured', () => {
    const limit = { label: 'stability limit', series: batch };
    assert.deepEqual(rows(tabulate('', [limit], { min: 4, max: 5 })), [
      [4, null],
      [5, 0.1],
    ]);
  });

  it('is thinned evenly, with its first and its last row', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.integer({ min: 2, max: 600 }), (count, most) => {
        const kept = evenly(count, most);
        assert.equal(kept.length, Math.min(count, most));
        if (count > 0) assert.deepEqual([kept[0], kept[kept.length - 1]], [0, count - 1]);
        const gaps = kept.slice(1).map((at, index) => at - kept[index]);
        assert.ok(gaps.every((gap) => gap >= 1) && (gaps.length === 0 || Math.max(...gaps) - Math.min(...gaps) <= 1));
      }),
    );
  });
});
