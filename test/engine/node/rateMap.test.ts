/** The heat map's numbers, whole where they fit and thinned evenly where they do not. */
import assert from 'node:assert/strict';
import { rateMap as eventually, type Rated } from '../../../src/shared/run/rateMap';
import type { RateMap } from '../../../src/shared/protocol';
import { now } from '../run/runs';

/** As much of a run as a map looks at. */
const after = (step: number, shape: readonly number[], rate: Float32Array | number): Rated => ({
  ratesAt: step,
  start: { layers: [{ name: 'w', shape, parameters: shape.reduce((product, extent) => product * extent, 1) }] },
  rates: () => rate,
});

const rateMap = (run: Rated, layer: string): RateMap | null => now(eventually(run, layer));

describe('the map of rates', () => {
  it('is the layer itself where it fits', () => {
    const rate = Float32Array.of(1, 2, 3, 4, 5, 6);
    assert.deepEqual(rateMap(after(4, [2, 3], rate), 'w'), { layer: 'w', step: 4, rows: 2, columns: 3, shape: [2, 3], values: rate });
    assert.deepEqual(rateMap(after(4, [6], rate), 'w')?.rows, 1);
  });

  it('has a row for each filter of a convolution, with all weights of the filter', () => {
    const rate = Float32Array.from({ length: 54 }, (_, i) => i);
    const shape = [3, 2, 3, 3];
    assert.deepEqual(rateMap(after(4, shape, rate), 'w'), { layer: 'w', step: 4, rows: 3, columns: 18, shape, values: rate });
  });

  it('repeats a rate that all weights share', () => {
    assert.deepEqual(rateMap(after(1, [2, 2], 0.5), 'w')?.values, new Float32Array(4).fill(0.5));
  });

  it('takes rows and columns evenly from a large layer, and says its own shape', () => {
    for (const shape of [
      [4000, 1000],
      [3, 2_000_000],
      [2_000_000, 1],
      [1500, 1500],
    ]) {
      // prettier-ignore
      const rate = Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => i);
      const map = rateMap(after(1, shape, rate), 'w');
      assert.ok(map);
      assert.ok(map.rows * map.columns <= 1e6 && map.rows * map.columns >= 0.9e6, `${map.rows} × ${map.columns}`);
      assert.deepEqual(map.shape, shape);
      const [row, column] = [map.rows - 1, map.columns - 1];
      const from = Math.floor((row * shape[0]) / map.rows) * shape[1] + Math.floor((column * shape[1]) / map.columns);
      assert.equal(map.values[row * map.columns + column], Math.fround(from));
    }
  });

  it('is null before a step was measured, and for a layer that is not there', () => {
    assert.equal(rateMap(after(0, [1], 1), 'w'), null);
    assert.equal(rateMap(after(1, [1], 1), 'v'), null);
  });
});
