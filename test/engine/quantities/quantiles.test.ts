/** Exact quantiles against sorting everything, on numbers chosen to be awkward. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { quantiles } from '../../../src/engine/quantiles';

const SHARES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];

/** numpy's definition, the slow way. */
function bySorting(values: ArrayLike<number>, share: number): number {
  const sorted = Array.from(values).sort((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const [a, b] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
  const t = rank - Math.floor(rank);
  return a === b || t === 0 ? a : t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
}

const check = (values: Float32Array | Float64Array): void =>
  assert.deepEqual(
    quantiles(values, SHARES),
    SHARES.map((share) => bySorting(values, share)),
  );

describe('quantiles', () => {
  it('are those of numpy for a hand-checked case', () => {
    assert.deepEqual(quantiles(new Float64Array([4, 1, 3, 2]), [0.25, 0.5, 0.75]), [1.75, 2.5, 3.25]);
  });

  it('equal sorting for any few numbers in either precision', () => {
    const few = { minLength: 1, maxLength: 60, noNaN: true };
    fc.assert(fc.property(fc.float32Array(few), (values) => check(values.map((value) => value + 0))));
    fc.assert(fc.property(fc.float64Array({ ...few, min: -1e300, max: 1e300 }), (values) => check(values.map((value) => value + 0))));
  });

  it('equal sorting for many float32 numbers, selected by their bits', () => {
    const some = fc.float({ noNaN: true }).map((value) => value + 0); // no negative zero: sorting by subtraction cannot place it
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 40 }), fc.integer({ min: 2048, max: 6000 }), (seeds, n) =>
        check(
          Float32Array.from({ length: n }, (_, i) => seeds[(i * 7919) % seeds.length] * (i % 3 === 0 ? 1 : 1 / (1 + (i % 97)))).map(
            (value) => value + 0,
          ),
        ),
      ),
      { numRuns: 40 },
    );
  });

  it('equal sorting where very many numbers are the same or nearly so', () => {
    for (const step of [0, 1e-7, -1e-7])
      check(
        Float32Array.from({ length: 40_000 }, (_, i) =>
          i % 2 === 0 ? 1e5 : i % 3 === 0 ? -3 * (1 + step * (i % 50)) : 1 + step * (i % 1000),
        ),
      );
  });

  it('leave the values as they were', () => {
    const values = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i));
    const before = values.slice();
    quantiles(values, SHARES);
    assert.deepEqual(values, before);
  });

  it('read a view that does not begin at its buffer’s start', () => {
    const buffer = Float32Array.from({ length: 6000 }, (_, i) => Math.cos(i * i));
    check(buffer.subarray(1000, 4500));
  });

  it('are all NaN where one number is, and where there is none', () => {
    const many = new Float32Array(4096).fill(1);
    many[4000] = NaN;
    for (const values of [many, new Float32Array([1, NaN]), new Float64Array([NaN, 1]), new Float64Array(0)])
      assert.deepEqual(quantiles(values, [0.5]), [NaN]);
  });

  it('keep infinite numbers', () => {
    assert.deepEqual(quantiles(new Float64Array([Infinity, Infinity, 1]), [0, 0.75, 1]), [1, Infinity, Infinity]);
  });
});
