/** What is read of a chart: the measured number nearest to the place, of each line its own; the keys reach every measured step. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Series } from '../../../src/webview/charts/decimate';
import type { DrawnLine } from '../../../src/webview/charts/lineChart';
import { ends, readingsAt, readOn, stepOf } from '../../../src/webview/charts/reading';
import { Watch } from '../../../src/webview/charts/watch';
import { wrapped } from '../../../src/webview/charts/wrapped';

const series = (steps: readonly number[]): Series => ({ length: steps.length, x: (row) => steps[row], y: (row) => steps[row] / 10 });
const line = (label: string, steps: readonly number[], more: Partial<DrawnLine> = {}): DrawnLine => ({
  label,
  colour: 'blue',
  series: series(steps),
  ...more,
});

const every = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

describe('reading a chart', () => {
  const lines = [
    line('batch', every),
    line('train', [0, 5, 10], { quantity: 'trainLoss' }),
    line('faint', [3], { silent: true }),
    line('none', []),
  ];

  it('gives of each line the number that was measured nearest, with its own step, and nothing of silent ones', () => {
    const read = readingsAt(lines, 6.6);
    assert.deepEqual(
      read.map(({ label, step, value }) => [label, step, value]),
      [
        ['batch', 7, 0.7],
        ['train', 5, 0.5],
      ],
    );
    assert.equal(read[1].quantity, 'trainLoss');
    assert.equal(stepOf(read, 6.6), 7);
  });

  it('goes on with the keys by the share asked for, and at least to the next measured step', () => {
    assert.equal(readOn(lines, 3, 0.1), 4);
    assert.equal(readOn(lines, 3, -0.1), 2);
    assert.equal(readOn([line('train', [0, 5, 10])], 0, 1), 5);
    assert.equal(readOn(lines, 2, 5), 7);
    assert.equal(readOn(lines, 10, 1), 10);
  });

  it('reaches every measured step of the line that has most of them, one by one', () => {
    const steps = fc
      .uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 40 })
      .map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(steps, (list) => {
        const alone = [line('a', list)];
        const passed = [list[0]];
        for (let turn = 1; turn < list.length; turn++) passed.push(readOn(alone, passed[passed.length - 1], 1e-6));
        assert.deepEqual(passed, list);
        assert.equal(readOn(alone, list[list.length - 1], 1), list[list.length - 1]);
      }),
    );
  });

  it('knows the first and the last measured step in sight', () => {
    assert.deepEqual(ends(lines, { min: 2, max: 6 }), { min: 2, max: 6 });
    assert.deepEqual(ends([line('train', [0, 5, 10])], { min: 1, max: 9 }), { min: 5, max: 5 });
    assert.equal(ends([line('train', [0, 5, 10])], { min: 6, max: 9 }), null);
  });
});

describe('a watch', () => {
  it('notices a value that differs, one more and one less, and nothing else', () => {
    const watch = new Watch();
    const sees = (...values: unknown[]): boolean => {
      for (const value of values) watch.see(value);
      return watch.done();
    };
    assert.deepEqual(
      [sees(1, NaN, 'a'), sees(1, NaN, 'a'), sees(1, NaN, 'b'), sees(1, NaN), sees(1, NaN), sees(1, NaN, undefined), sees(), sees()],
      [true, false, true, true, false, true, true, false],
    );
  });
});

describe('a line of words below a picture', () => {
  /** Every letter is one wide. */
  const widthOf = (text: string): number => text.length;

  it('is broken between words where it is too long, and nothing of it is lost', () => {
    assert.deepEqual(wrapped('Adam · lr 0.001 · CPU', 9, widthOf), ['Adam · lr', '0.001 ·', 'CPU']);
    assert.deepEqual(wrapped('', 9, widthOf), []);
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 20 });
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 30 }), (said, width) => {
        const lines = wrapped(said.join(' '), width, widthOf);
        assert.equal(lines.join(' '), said.join(' '));
        for (const line of lines) assert.ok(line.length <= width || !line.includes(' '), line);
      }),
    );
  });
});
