/** Quantiles of numbers that move, step after step: always those of all numbers looked at anew. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { trackedQuantiles } from '../../../src/engine/quantileBrackets';
import { quantiles } from '../../../src/engine/quantiles';
import { Random } from '../../../src/engine/random';

const shares = [0.05, 0.25, 0.5, 0.75, 0.95];

/** What may happen to the numbers from one step to the next. */
const moves: Readonly<Record<string, (value: number, random: Random) => number>> = {
  nothing: (value) => value,
  drift: (value, random) => value * (1 + 0.01 * random.normal()),
  growth: (value) => value * 1.02,
  jump: (value, random) => (random.uniform() < 0.5 ? value : 100 * random.normal()),
  ties: (value) => Math.round(value),
  'one value': () => 7,
  'a few values': (_value, random) => random.integer(3),
  'not a number': (value, random) => (random.uniform() < 0.001 ? NaN : value),
  infinity: (value, random) => (random.uniform() < 0.3 ? Infinity : value),
  'finite again': (_value, random) => random.normal(),
};
const names = Object.keys(moves);

describe('quantiles of numbers that move', () => {
  it('are those of all of them, whatever happens', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1000, max: 6000 })),
        fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 1000 }),
        (n, steps, seed) => {
          const random = new Random(seed, 'quantiles');
          const values = Float32Array.from({ length: n }, () => Math.exp(random.normal()));
          for (const step of steps) {
            for (let i = 0; i < n; i++) values[i] = moves[step](values[i], random) + 0;
            assert.deepEqual(trackedQuantiles(values, shares), quantiles(values, shares), step);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
