/** A history stays within its bound, keeps the first and the newest step, and is evenly spaced, however its steps arrive. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { column, encodeFrame, rowWidth } from '../../../src/shared/frame';
import { History } from '../../../src/shared/history';

const LAYERS = 1;
const WIDTH = rowWidth(LAYERS);

/** A frame of the steps `from` to `to`, every `every`-th; each row's loss is a function of its step. */
function frame(from: number, to: number, every = 1): ArrayBuffer {
  const count = Math.max(0, Math.floor((to - from) / every) + 1);
  const data = new Float64Array(count * WIDTH);
  for (let row = 0; row < count; row++) {
    data[row * WIDTH + column.step] = from + row * every;
    data[row * WIDTH + column.loss] = Math.sin(from + row * every);
  }
  return encodeFrame(LAYERS, data, count);
}

const steps = (history: History): number[] => Array.from({ length: history.rows }, (_, row) => history.at(row, column.step));

/** What a history of `capacity` must hold after steps 1 … n: the smallest power of two whose multiples fit, and the newest. */
function expected(n: number, capacity: number): number[] {
  let stride = 1;
  const kept = (): number[] => {
    const rows = Array.from({ length: Math.ceil(n / stride) }, (_, k) => 1 + k * stride);
    return rows.at(-1) === n ? rows : [...rows, n];
  };
  while (kept().length > capacity) stride *= 2;
  return kept();
}

/** Feeds steps 1 … n in chunks of the given sizes, again and again. */
function feed(history: History, n: number, chunks: readonly number[], from = 1): void {
  for (let at = from, turn = 0; at <= n; turn++) {
    const to = Math.min(n, at + chunks[turn % chunks.length] - 1);
    history.add(frame(at, to));
    at = to + 1;
  }
}

const chunks = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const capacity = fc.integer({ min: 2, max: 33 });

describe('the history of a run', () => {
  it('keeps the first and the newest step, evenly strided, within its capacity, whatever the chunks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), capacity, chunks, (n, bound, sizes) => {
        const history = new History(LAYERS, bound);
        feed(history, n, sizes);
        const kept = steps(history);
        assert.ok(kept.length <= bound);
        assert.equal(kept[0], 1);
        assert.equal(kept.at(-1), n);
        const gaps = new Set(kept.slice(1, -1).map((step, index) => step - kept[index]));
        assert.ok(gaps.size <= 1, `uneven: ${kept.join(' ')}`);
        const [stride = 1] = gaps;
        assert.equal(stride & (stride - 1), 0, 'the stride is a power of two');
      }),
    );
  });

  it('holds exactly the steps that its rule predicts: no more is thinned than must be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), capacity, chunks, (n, bound, sizes) => {
        const history = new History(LAYERS, bound);
        feed(history, n, sizes);
        assert.deepEqual(steps(history), expected(n, bound));
      }),
    );
  });

  it('keeps each row whole', () => {
    const history = new History(LAYERS, 16);
    feed(history, 500, [7]);
    for (let row = 0; row < history.rows; row++) assert.equal(history.at(row, column.loss), Math.sin(history.at(row, column.step)));
    assert.equal(history.last(column.loss), Math.sin(500));
  });

  it('continues from a snapshot as its sender would have', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 500 }), capacity, chunks, (before, after, bound, sizes) => {
        const sender = new History(LAYERS, bound);
        feed(sender, before, sizes);
        const panel = new History(LAYERS, bound);
        panel.add(sender.encode());
        assert.deepEqual(steps(panel), steps(sender));
        feed(sender, before + after, sizes, before + 1);
        feed(panel, before + after, [3], before + 1);
        assert.deepEqual(steps(panel), steps(sender));
        assert.deepEqual(new Uint8Array(panel.encode()), new Uint8Array(sender.encode()));
      }),
    );
  });

  it('takes a larger history’s snapshot and stays even', () => {
    const sender = new History(LAYERS, 64);
    feed(sender, 1003, [10]);
    const small = new History(LAYERS, 10);
    small.add(sender.encode());
    feed(small, 1500, [10], 1004);
    const direct = new History(LAYERS, 10);
    feed(direct, 1500, [10]);
    assert.deepEqual(steps(small), steps(direct));
  });

  it('replaces what is taken again after going back to a checkpoint', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 300 }), fc.integer({ min: 1, max: 400 }), capacity, chunks, (lost, further, bound, sizes) => {
        const back = 1 + Math.floor(lost / 2);
        const resumed = new History(LAYERS, bound);
        feed(resumed, lost, sizes);
        feed(resumed, back + further, sizes, back);
        const kept = steps(resumed);
        assert.deepEqual(
          kept,
          [...kept].sort((a, b) => a - b),
        );
        assert.equal(new Set(kept).size, kept.length);
        assert.equal(kept[0], 1);
        assert.equal(kept.at(-1), back + further);
        const gaps = new Set(kept.slice(1, -1).map((step, index) => step - kept[index]));
        assert.ok(gaps.size <= 1, `uneven: ${kept.join(' ')}`);
      }),
    );
  });

  it('begins anew when a run goes back to its first step', () => {
    const history = new History(LAYERS, 8);
    feed(history, 100, [10]);
    history.add(frame(1, 3));
    assert.deepEqual(steps(history), [1, 2, 3]);
  });

  it('forgets the steps after one that the run went back to, all of them where it is the beginning', () => {
    const history = new History(LAYERS, 100);
    feed(history, 60, [7]);
    history.forgetAfter(60);
    assert.equal(steps(history).at(-1), 60);
    history.forgetAfter(41);
    assert.deepEqual(
      steps(history),
      Array.from({ length: 41 }, (_, k) => k + 1),
    );
    history.add(frame(42, 43));
    assert.deepEqual(steps(history).slice(-3), [41, 42, 43]);
    history.forgetAfter(0);
    assert.equal(history.rows, 0);
    history.forgetAfter(0);
  });

  it('has no newest number before the first row', () => assert.ok(Number.isNaN(new History(LAYERS).last(column.loss))));

  it('refuses a frame of another run, a snapshot into a history that has begun, and a bound below 2', () => {
    const history = new History(LAYERS, 4);
    assert.throws(() => history.add(encodeFrame(2, new Float64Array(rowWidth(2)), 1)), /this run has 1 layers; the frame has 2/);
    feed(history, 9, [1]);
    assert.throws(
      () => history.add(history.encode()),
      /a thinned snapshot \(1 row in \d+\) belongs into an empty history; this one has \d rows/,
    );
    assert.throws(() => new History(LAYERS, 1), /at least 2 rows; asked for 1/);
  });
});
