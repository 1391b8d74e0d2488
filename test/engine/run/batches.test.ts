/** Which samples each step sees. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Batches } from '../../../src/engine/run/batches';

const rows = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => 3 * i + 1);
const sizes = fc.integer({ min: 1, max: 40 });

describe('batches', () => {
  it('pass over every sample once an epoch, the small last batch included', () => {
    fc.assert(
      fc.property(sizes, sizes, fc.boolean(), (n, size, shuffled) => {
        const batch = Math.min(size, n);
        const batches = new Batches(rows(n), batch, 1, shuffled);
        for (const epoch of [0, 1]) {
          const seen = Array.from({ length: batches.perEpoch }, (_, i) => [...batches.at(epoch * batches.perEpoch + i)]);
          assert.ok(seen.slice(0, -1).every((each) => each.length === batch));
          assert.deepEqual(new Set(seen.flat()), new Set(rows(n)));
          assert.equal(seen.flat().length, n);
        }
        assert.equal(batches.passes(2 * batches.perEpoch), 2);
      }),
    );
  });

  it('are in another order each epoch and each seed, and the same whenever a step is asked for', () => {
    const batches = new Batches(rows(50), 10, 1, true);
    const epoch = (of: Batches, e: number): number[] => [0, 1, 2, 3, 4].flatMap((i) => [...of.at(5 * e + i)]);
    const [first, second] = [epoch(batches, 0), epoch(batches, 1)];
    assert.notDeepEqual(first, second);
    assert.notDeepEqual(first, epoch(new Batches(rows(50), 10, 2, true), 0));
    assert.deepEqual(epoch(new Batches(rows(50), 10, 1, true), 1), second);
    assert.deepEqual(epoch(batches, 0), first);
  });

  it('keep the order of the samples where they are not shuffled, or all at once', () => {
    assert.deepEqual(new Batches(rows(6), 4, 1, false).at(3), Uint32Array.of(13, 16));
    assert.deepEqual(new Batches(rows(6), 6, 1, true).at(2), rows(6));
  });
});
