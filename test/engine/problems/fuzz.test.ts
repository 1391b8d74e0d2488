/** Random and damaged files, a few thousand of the hundred thousand that `npm run fuzz` reads. */
import assert from 'node:assert/strict';
import { fuzzInFolder } from '../../fuzz/inFolder';

describe('random and damaged data files', () => {
  it('are read right or refused with a place, soon and without more memory than they need', async function () {
    this.timeout(60_000);
    const { inputs, accepted } = await fuzzInFolder(3_000, 1);
    assert.equal(inputs, 3_000);
    // Enough of each kind are read to say something, and enough are refused.
    for (const [kind, count] of Object.entries(accepted)) assert(count > 200 && count < 800, `${count} of kind ${kind} are accepted`);
  });
});
