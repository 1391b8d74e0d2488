/** When a run counts as diverged, and how that is said. */
import assert from 'node:assert/strict';
import { Divergence } from '../../../src/engine/run/divergence';

describe('a run', () => {
  const from = (start: number): Divergence => {
    const divergence = new Divergence(false);
    divergence.startedAt(start);
    return divergence;
  };

  it('diverges once its loss has risen by a million times its start, or by a million from a small start', () => {
    assert.equal(from(2.3).judge(9, 2.3e6), null);
    assert.equal(from(0.2).judge(9, 1e6), null);
    assert.match(from(2.3).judge(9, 2.31e6) ?? '', /diverged/);
    assert.match(from(0.2).judge(9, 1.1e6) ?? '', /diverged/);
  });

  it('says from where to where, in numbers that one can read', () => {
    assert.equal(from(0.2).judge(1113, 1_063_400), 'The loss rose from 0.2 to 1.06e6 at step 1,113: the run diverged.');
    assert.equal(from(0.012345).judge(40, 2.5e300), 'The loss rose from 0.0123 to 2.5e300 at step 40: the run diverged.');
    assert.equal(from(9800).judge(38, 1e10), 'The loss rose from 9800 to 1e10 at step 38: the run diverged.');
    assert.equal(from(1).judge(1200, NaN), 'The loss is NaN at step 1,200: the run diverged.');
  });
});
