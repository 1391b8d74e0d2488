/** Every generator makes what its definition says: finite, deterministic, of the kind and size it tells; and each in its own form. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findGenerator, generators } from '../../../src/engine/problems/generators';
import type { Dataset } from '../../../src/engine/problems/dataset';
import { Random } from '../../../src/engine/random';

const make = (name: string, settings: Record<string, number> = {}, seed = 1): Dataset => {
  const generator = findGenerator(name);
  assert(generator, `there is no generator ${name}`);
  const defaults = Object.entries(generator.settings).map(([key, setting]) => [key, setting.default ?? NaN]);
  return generator.generate({ ...Object.fromEntries(defaults), ...settings }, new Random(seed, 'data'));
};
const labels = (data: Dataset): Int32Array => (data.y.kind === 'classes' ? data.y.labels : assert.fail('classes are expected'));
const points = (data: Dataset): [number, number][] => Array.from({ length: data.samples }, (_, i) => [data.x[2 * i], data.x[2 * i + 1]]);
const close = (a: number, b: number, tolerance = 1e-12): void => assert(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

describe('generators', () => {
  for (const { name, learns, inputs, settings, doc, title } of generators)
    describe(name, () => {
      it('has a default within its domain and a meaning for every setting', () => {
        assert(title.length > 0 && doc.endsWith('.'));
        for (const [key, setting] of Object.entries(settings)) {
          assert.notEqual(setting.default, undefined, key);
          assert.equal(setting.check(setting.default), null, key);
          assert(setting.doc.length > 0, key);
        }
      });

      it('gives the same numbers for the same seed, and others for another', () => {
        assert.deepEqual(make(name), make(name));
        assert.notDeepEqual(make(name).x, make(name, {}, 2).x);
      });

      it('makes finite samples of the size and kind it tells, for any number of samples', () =>
        fc.assert(
          fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(1000), (samples, seed) => {
            const data = make(name, { samples }, seed);
            assert.equal(data.samples, samples);
            assert.equal(data.inputs, inputs);
            assert.equal(data.x.length, samples * inputs);
            assert(data.x.every(Number.isFinite));
            assert.equal(data.y.kind, learns);
            if (data.y.kind === 'classes') {
              const { classes, names } = data.y;
              assert.equal(names.length, classes);
              assert.deepEqual(
                [...labels(data)],
                Array.from({ length: samples }, (_, i) => i % classes),
              );
            } else assert.equal(data.y.values.length, samples * data.y.outputs);
          }),
          { numRuns: 30 },
        ));
    });

  it('xor without noise is the truth table', () => {
    const data = make('xor', { samples: 4, noise: 0 });
    const table = points(data).map(([a, b], i) => `${a} ${b} ${labels(data)[i]}`);
    assert.deepEqual(table.sort(), ['0 0 0', '0 1 1', '1 0 1', '1 1 0']);
  });

  it('circles have radius 1 outside and `factor` inside', () => {
    const data = make('circles', { noise: 0, factor: 0.25 });
    points(data).forEach(([x, y], i) => close(Math.hypot(x, y), labels(data)[i] === 0 ? 1 : 0.25));
  });

  it('moons are half circles round (0, 0) and (1, ½), from end to end', () => {
    const data = make('moons', { noise: 0, samples: 100 });
    points(data).forEach(([x, y], i) => {
      const lower = labels(data)[i] === 1;
      close(lower ? Math.hypot(x - 1, y - 0.5) : Math.hypot(x, y), 1);
      assert(lower ? y <= 0.5 : y >= 0);
    });
    const upper = points(data).filter((_, i) => labels(data)[i] === 0);
    close(upper[0][0], 1);
    close(upper[upper.length - 1][0], -1);
  });

  it('spiral arms grow to radius 1 while they turn `turns` times', () => {
    const data = make('spiral', { noise: 0, samples: 300, classes: 3, turns: 0.75 });
    points(data).forEach(([x, y], i) => {
      const radius = (Math.floor(i / 3) + 1) / 100;
      close(Math.hypot(x, y), radius);
      const turned = Math.atan2(y, x) / (2 * Math.PI) - labels(data)[i] / 3 - 0.75 * radius;
      close(turned, Math.round(turned), 1e-9);
    });
  });

  it('gaussians lie round even angles of the unit circle with the deviation told', () => {
    const data = make('gaussians', { samples: 60_000, classes: 3, noise: 0.3 });
    const all = points(data);
    for (let label = 0; label < 3; label++) {
      const own = all.filter((_, i) => labels(data)[i] === label);
      const mean = [0, 1].map((axis) => own.reduce((sum, point) => sum + point[axis], 0) / own.length);
      // Five standard errors of a mean of 20,000.
      close(mean[0], Math.cos((2 * Math.PI * label) / 3), (5 * 0.3) / Math.sqrt(20_000));
      close(mean[1], Math.sin((2 * Math.PI * label) / 3), (5 * 0.3) / Math.sqrt(20_000));
      const variance = own.reduce((sum, point) => sum + (point[0] - mean[0]) ** 2, 0) / own.length;
      close(Math.sqrt(variance), 0.3, 0.01);
    }
  });

  it('sine is a sine, and its noise has the deviation told', () => {
    const still = make('sine', { noise: 0, frequency: 2 });
    const noisy = make('sine', { noise: 0.2, samples: 20_000 });
    assert(still.y.kind === 'targets' && noisy.y.kind === 'targets');
    still.y.values.forEach((value, i) => close(value, Math.sin(2 * still.x[i])));
    assert(still.x.every((x) => x >= -Math.PI && x < Math.PI));
    const squares = noisy.y.values.reduce((sum, value, i) => sum + (value - Math.sin(noisy.x[i])) ** 2, 0);
    close(Math.sqrt(squares / 20_000), 0.2, 0.005);
  });

  it('shapes cover of the square round them what geometry says, lie within the image, and differ in place and size', () => {
    const side = 28;
    const data = make('shapes', { noise: 0, samples: 400, side });
    assert.deepEqual(data.shape, [1, side, side]);
    assert.deepEqual(data.y.kind === 'classes' && data.y.names, ['disc', 'square', 'triangle', 'cross']);
    const shares = [Math.PI / 4, 1, 1 / 2, 5 / 9];
    const found = shares.map(() => ({ area: 0, box: 0 }));
    const sizes = new Set<string>();
    for (let i = 0; i < data.samples; i++) {
      const image = Array.from(data.x.subarray(i * side * side, (i + 1) * side * side));
      assert(image.every((pixel) => pixel >= 0 && pixel <= 1));
      const columns = image.flatMap((pixel, k) => (pixel > 0 ? [k % side] : []));
      const lines = image.flatMap((pixel, k) => (pixel > 0 ? [Math.floor(k / side)] : []));
      // A pixel at each end is covered in part only.
      const extent = (all: number[]): number => Math.max(...all) - Math.min(...all);
      sizes.add(`${Math.min(...columns)} ${Math.min(...lines)} ${extent(columns)}`);
      const label = labels(data)[i];
      found[label].area += image.reduce((sum, pixel) => sum + pixel, 0);
      found[label].box += extent(columns) * extent(lines);
    }
    found.forEach(({ area, box }, label) => close(area / box, shares[label], 0.1 * shares[label]));
    assert(sizes.size > 300, `${sizes.size} different places and sizes`);
  });
});
