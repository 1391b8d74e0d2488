/** The heat map's numbers, whole where they fit and thinned evenly where they do not. */
import assert from 'node:assert/strict';
import { prepare } from '../../../src/engine/run/prepare';
import type { NetworkProblem } from '../../../src/engine/run/specification';
import type { WeightMap } from '../../../src/shared/protocol';
import { weightMap as eventually, type Mapped } from '../../../src/shared/run/weightMap';
import { noFiles, now, ofFunction, trainer } from '../run/runs';

const problem = { kind: 'function', text: 'x^2', start: { x: 1 } } as const;

/** As much of a run as a map looks at. */
const after = (step: number, shape: readonly number[], values: Float32Array | Float64Array | number): Mapped => ({
  quantities: ['weight', 'gradient', 'rate', 's'],
  start: { layers: [{ name: 'w', shape, parameters: shape.reduce((product, extent) => product * extent, 1) }] },
  prepared: { problem },
  values: () => (step === 0 ? null : { step, values }),
});

const weightMap = (run: Mapped, layer = 'w', quantity = 's'): WeightMap | null => now(eventually(run, layer, quantity));

function counting(length: number): Float64Array {
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) values[i] = i;
  return values;
}

describe('the map of weights', () => {
  it('is the layer itself where it fits, in the precision of the engine', () => {
    const run = after(4, [2, 3], counting(6).map(Math.sqrt));
    const { quantities } = run;
    const said = { layer: 'w', step: 4, quantity: 's', quantities, rows: 2, columns: 3, shape: [2, 3], image: null };
    assert.deepEqual(weightMap(run), { ...said, values: counting(6).map(Math.sqrt) });
    assert.deepEqual(weightMap(after(4, [6], Float32Array.of(1, 2, 3, 4, 5, 6)))?.rows, 1);
  });

  it('is a copy: the next step leaves it as it is', () => {
    const values = counting(6);
    const map = weightMap(after(4, [2, 3], values));
    values.fill(9);
    assert.deepEqual(map?.values, counting(6));
  });

  it('has a row for each filter of a convolution, with all weights of the filter', () => {
    const map = weightMap(after(4, [3, 2, 3, 3], counting(54)));
    assert.deepEqual([map?.rows, map?.columns, map?.shape, map?.values], [3, 18, [3, 2, 3, 3], counting(54)]);
  });

  it('is one cell where all weights share a number', () => {
    for (const one of [0.5, Float32Array.of(0.5)]) {
      const map = weightMap(after(1, [200, 200], one));
      assert.deepEqual([map?.rows, map?.columns, map?.shape, [...(map?.values ?? [])]], [1, 1, [200, 200], [0.5]]);
    }
  });

  it('draws in its own shape what a rule keeps in another', () => {
    const shapeOf = (count: number): unknown => {
      const map = weightMap(after(1, [3, 4], counting(count)));
      assert.deepEqual(map?.values, counting(count));
      assert.equal(map.rows * map.columns, count);
      return map.shape;
    };
    assert.deepEqual([3, 4, 9, 16, 24, 5].map(shapeOf), [[3, 1], [1, 4], [3, 3], [4, 4], [2, 12], [5]]);
  });

  it('takes rows and columns evenly from a large layer, and says its own shape', () => {
    for (const shape of [
      [4000, 1000],
      [3, 2_000_000],
      [2_000_000, 1],
      [1500, 1500],
    ]) {
      const map = weightMap(after(1, shape, counting(shape[0] * shape[1])));
      assert.ok(map);
      assert.ok(map.rows * map.columns <= 1e6 && map.rows * map.columns >= 0.9e6, `${map.rows} × ${map.columns}`);
      assert.deepEqual(map.shape, shape);
      const [row, column] = [map.rows - 1, map.columns - 1];
      const from = Math.floor((row * shape[0]) / map.rows) * shape[1] + Math.floor((column * shape[1]) / map.columns);
      assert.equal(map.values[row * map.columns + column], from);
    }
  });

  it('says what image the weights of a unit are, and leaves out units of a large layer instead of pixels', async () => {
    const network = (units: number): NetworkProblem => ({
      network: { layers: [{ dense: units }, { dense: 4 }], loss: 'crossEntropy' },
      data: { generator: 'shapes', samples: 20 },
    });
    const maps = async (units: number) => {
      const prepared = await prepare({ problem: network(units), optimizer: { name: 'sgd' }, steps: 1 }, noFiles);
      const [layer] = prepared.problem.kind === 'network' && prepared.problem.data.shape ? [prepared.problem.data.shape] : [];
      assert.ok(layer);
      const pixels = layer[0] * layer[1] * layer[2];
      const large: Mapped = { ...after(1, [units, pixels], counting(units * pixels)), prepared };
      return { map: weightMap(large), image: layer, pixels };
    };
    const [small, large] = [await maps(3), await maps(8000)];
    assert.deepEqual([small.map?.image, small.map?.rows], [small.image, 3]);
    assert.deepEqual([large.map?.columns, large.map?.rows], [large.pixels, Math.floor(1e6 / large.pixels)]);
  });

  it('is null before there is anything, and for a layer that is not there', () => {
    assert.equal(weightMap(after(0, [1], 1)), null);
    assert.equal(weightMap(after(1, [1], 1), 'v'), null);
  });

  it('names what the run has where something else is asked for', async () => {
    const run = await trainer(ofFunction('x^2', { x: 1 }, { optimizer: { name: 'adam' } }));
    assert.throws(() => eventually(run, 'position', 'q'), /keeps no q of its weights; there are weight, gradient, rate, m, v\./);
  });
});
