/** Checkpoints along a run: never more than the budget, and every step within reach, whatever the sizes and however long the run. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Timeline } from '../../../src/engine/run/timeline';

/** Adds every step that is due from `first` to `last`, each of the size that `size` says. @param check after each step */
function filled(
  timeline: Timeline<number>,
  first: number,
  last: number,
  size: (step: number) => number,
  check: (step: number) => void,
): void {
  for (let step = first; step <= last; step++) {
    if (timeline.due(step)) timeline.add(step, size(step), step);
    check(step);
  }
}

describe('a timeline', () => {
  const run = fc.record({
    budget: fc.integer({ min: 0, max: 2000 }),
    every: fc.integer({ min: 1, max: 10 }),
    first: fc.integer({ min: 0, max: 50 }),
    length: fc.integer({ min: 0, max: 400 }),
    sizes: fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 7 }),
  });

  it('never exceeds its budget, keeps the first, and has each step fewer than `every` steps behind one that is kept', () => {
    fc.assert(
      fc.property(run, ({ budget, every, first, length, sizes }) => {
        const timeline = new Timeline<number>(budget, every);
        const size = (step: number): number => sizes[step % sizes.length];
        filled(timeline, first, first + length, size, (now) => {
          const { steps } = timeline;
          assert.ok(timeline.bytes <= budget);
          assert.equal(
            timeline.bytes,
            steps.reduce((sum, step) => sum + size(step), 0),
          );
          assert.deepEqual(
            [...steps].sort((a, b) => a - b),
            steps,
          );
          if (Math.max(...sizes) > budget) return; // then it may keep none
          assert.equal(steps[0], first);
          for (let step = first; step <= now; step++) {
            const from = timeline.upTo(step) ?? -Infinity;
            assert.ok(from <= step && step - from < timeline.every, `${step} is reached from ${from}, every ${timeline.every}`);
          }
        });
      }),
    );
  });

  it('does not space wider than the budget asks for: more than a quarter of it is in use once it has been full', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 100 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 200, max: 3000 }),
        (count, every, last) => {
          const timeline = new Timeline<number>(count, every);
          filled(timeline, 0, last, () => 1, () => undefined); // prettier-ignore
          if (timeline.every > every) assert.ok(timeline.bytes > count / 4, `${timeline.bytes} of ${count}`);
          else assert.deepEqual(timeline.steps.length, Math.floor(last / every) + 1);
        },
      ),
    );
  });

  it('takes few more checkpoints than it keeps, however long the run', () => {
    const timeline = new Timeline<number>(100, 10);
    let taken = 0;
    for (let step = 0; step <= 1_000_000; step++)
      if (timeline.due(step)) {
        taken++;
        timeline.add(step, 1, step);
      }
    // 100 until it is full at step 1,000; then some 50 each time that the run has doubled, ten times.
    assert.ok(taken < 100 + 11 * 51, `${taken}`);
  });

  it('tells what has gone, each once, and the item itself where it is too large', () => {
    fc.assert(
      fc.property(run, ({ budget, every, first, length, sizes }) => {
        const timeline = new Timeline<number>(budget, every);
        const there = new Set<number>();
        for (let step = first; step <= first + length; step++) {
          if (!timeline.due(step)) continue;
          there.add(step);
          for (const gone of timeline.add(step, sizes[step % sizes.length], step)) assert.ok(there.delete(gone), `${gone} went twice`);
          assert.deepEqual([...there], timeline.steps);
        }
      }),
    );
  });

  it('keeps one that was not due until the next comes', () => {
    const timeline = new Timeline<number>(10, 4);
    for (const step of [0, 4, 6]) timeline.add(step, 1, step);
    assert.deepEqual(timeline.steps, [0, 4, 6]);
    assert.deepEqual(timeline.add(8, 1, 8), [6]);
    assert.deepEqual(timeline.steps, [0, 4, 8]);
    assert.throws(() => timeline.add(8, 1, 8), /step 8 cannot follow one of step 8/);
  });

  it('forgets what lies after a step, and takes it in again', () => {
    const timeline = new Timeline<number>(100, 2);
    filled(timeline, 0, 10, () => 1, () => undefined); // prettier-ignore
    assert.deepEqual(timeline.forgetAfter(5), [6, 8, 10]);
    assert.deepEqual([timeline.upTo(9), timeline.upTo(3), timeline.bytes, timeline.due(6), timeline.due(5)], [4, 2, 3, true, false]);
    assert.deepEqual(timeline.forgetAfter(-1), [0, 2, 4]);
    assert.equal(timeline.upTo(100), undefined);
  });
});
