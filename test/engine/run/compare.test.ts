/** How specifications differ, and the checksum that finds what has changed. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Checksum } from '../../../src/engine/run/checksum';
import { differences, showDifferences } from '../../../src/engine/run/compare';

describe('the differences of two specifications', () => {
  it('are named by path, at any depth, what is missing on either side too', () => {
    const here = { a: 1, list: [1, { x: 2 }], only: true, same: { deep: [null] } };
    const there = { a: 2, list: [1, { x: 3 }, 4], same: { deep: [null] }, other: 'b' };
    assert.deepEqual(differences(here, there), [
      { path: 'a', here: 1, there: 2 },
      { path: 'list[1].x', here: 2, there: 3 },
      { path: 'list[2]', here: undefined, there: 4 },
      { path: 'only', here: true, there: undefined },
      { path: 'other', here: undefined, there: 'b' },
    ]);
    assert.deepEqual(differences({ a: [] }, { a: {} }), [{ path: 'a', here: [], there: {} }]);
    assert.equal(
      showDifferences(differences(here, there), 'there'),
      'a is 1 here and 2 there; list[1].x is 2 here and 3 there; list[2] is not given here and 4 there; and 2 more',
    );
  });

  it('are none for the same thing twice', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.deepEqual(differences(value, structuredClone(value)), [])));
  });
});

describe('the checksum', () => {
  const of = (bytes: Uint8Array): number => new Checksum().add(bytes).value;

  it('does not depend on where the bytes lie', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(9), (bytes, offset) => {
        const moved = new Uint8Array(bytes.length + offset);
        moved.set(bytes, offset);
        assert.equal(of(moved.subarray(offset)), of(bytes));
      }),
    );
    // longer than what is moved at a time
    const long = Uint8Array.from({ length: 200_001 }, (_, i) => (i * i) % 251);
    const moved = new Uint8Array(long.length + 1);
    moved.set(long, 1);
    assert.equal(of(moved.subarray(1)), of(long));
  });

  it('changes with every single byte, and with the length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 70 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, at, by) => {
        const changed = bytes.slice();
        changed[at % bytes.length] ^= by;
        assert.notEqual(of(changed), of(bytes));
        assert.notEqual(of(bytes.subarray(0, -1)), of(bytes));
      }),
    );
  });
});
