/** The rare events that editor and panels keep: in order, without doubles, within a bound. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { append } from '../../../src/shared/series';

const steps = (events: readonly { readonly step: number }[]): number[] => events.map(({ step }) => step);

describe('the rare events of a run', () => {
  it('make way for those measured again after a return to a checkpoint', () => {
    const events = [{ step: 0 }, { step: 100 }, { step: 200 }];
    append(events, { step: 100 });
    assert.deepEqual(steps(events), [0, 100]);
  });

  it('stay within the bound, keep the first and the newest, and rise, however many come', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 1, max: 400 }), (most, count) => {
        const events: { step: number }[] = [];
        for (let step = 0; step < count; step++) append(events, { step }, most);
        assert.ok(events.length <= most);
        assert.deepEqual([events[0].step, events[events.length - 1].step], [0, count - 1]);
        assert.ok(events.every(({ step }, index) => index === 0 || step > events[index - 1].step));
      }),
    );
  });
});
