/** Preparing a run’s data: a share held out, the rest standardised where asked, labels made wrong on purpose, bytes kept as bytes. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { prepare } from '../../../src/engine/run/prepare';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { files, moons, flowers, house, digits, networkOf, refused } from './preparing';

describe('the data of a run', () => {
  it('holds out a share by the seed: disjoint, complete, in order, and the same again', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 300 }),
        fc.double({ min: 0, max: 0.7, noNaN: true }),
        fc.nat(100),
        async (samples, heldOut, seed) => {
          const spec: RunSpecification = {
            ...moons,
            seed,
            problem: { ...moons.problem, data: { generator: 'moons', samples, heldOut } } as RunSpecification['problem'],
          };
          const fits = Math.round(samples * heldOut) < samples;
          if (!fits) return;
          const one = networkOf(await prepare(spec, files));
          const two = networkOf(await prepare(spec, files));
          assert.deepEqual([one.train, one.heldOut], [two.train, two.heldOut]);
          assert.equal(one.heldOut.length, Math.round(samples * heldOut));
          const both = [...one.train, ...one.heldOut];
          assert.equal(new Set(both).size, samples);
          assert(Math.max(...both) === samples - 1);
          for (const rows of [one.train, one.heldOut])
            assert.deepEqual(
              [...rows],
              [...rows].sort((a, b) => a - b),
            );
        },
      ),
      { numRuns: 50 },
    ));

  it('draws another share for another seed, and nothing from the share held out changes the data', async () => {
    const one = networkOf(await prepare(flowers, files));
    const two = networkOf(await prepare({ ...flowers, seed: 2 }, files));
    assert.notDeepEqual(one.heldOut, two.heldOut);
    assert.deepEqual(one.data.x, two.data.x);
  });

  it('standardises by the training samples where asked, and not otherwise', async () => {
    const plain = networkOf(await prepare(flowers, files));
    assert.equal(plain.data.x[2], 1);
    const csv = { file: 'flowers.csv', label: 'species', standardise: true };
    const { data, train } = networkOf(
      await prepare({ ...flowers, problem: { ...flowers.problem, data: { csv } } as RunSpecification['problem'] }, files),
    );
    for (const feature of [0, 1]) {
      const values = [...train].map((row) => data.x[2 * row + feature]);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
      // Stored as float32: each within half a unit in the last place.
      assert(Math.abs(mean) < 6e-8 && Math.abs(variance - 1) < 2e-7, `${mean} ${variance}`);
    }
  });

  describe('labels made wrong on purpose', () => {
    const withData = (spec: RunSpecification, options: object, seed = 1): RunSpecification => ({
      ...spec,
      seed,
      problem: { ...spec.problem, data: { ...(spec.problem as { data: object }).data, ...options } } as RunSpecification['problem'],
    });
    const labelsOf = async (spec: RunSpecification) => {
      const { data, train, heldOut } = networkOf(await prepare(spec, files));
      assert(data.y.kind === 'classes');
      const { labels, classes } = data.y;
      return { labels, classes, train, heldOut, x: data.x };
    };

    it('turns just the share asked for into other classes, of training samples only', async () => {
      const truth = await labelsOf(flowers);
      for (const labelNoise of [0, 0.1, 0.5, 1]) {
        const noisy = await labelsOf(withData(flowers, { labelNoise }));
        const changed = (rows: Uint32Array): number => rows.filter((row) => noisy.labels[row] !== truth.labels[row]).length;
        assert.deepEqual([changed(noisy.train), changed(noisy.heldOut)], [Math.round(labelNoise * 40), 0], String(labelNoise));
        assert(noisy.labels.every((label) => label >= 0 && label < 3));
        assert.deepEqual([noisy.x, noisy.train, noisy.heldOut], [truth.x, truth.train, truth.heldOut], 'nothing else changes');
      }
    });

    it('draws other classes evenly, by the seed', async () => {
      const spec = (seed: number) => withData({ ...moons, problem: { ...moons.problem, data: { generator: 'gaussians', samples: 5000, classes: 4, heldOut: 0 } } as RunSpecification['problem'] }, { labelNoise: 1 }, seed); // prettier-ignore
      const wide = (wanted: RunSpecification): RunSpecification => ({ ...wanted, problem: { ...wanted.problem, network: { layers: [{ dense: 4 }] } } as RunSpecification['problem'] }); // prettier-ignore
      const truth = await labelsOf(wide(withData(spec(1), { labelNoise: 0 })));
      const noisy = await labelsOf(wide(spec(1)));
      const steps = [0, 0, 0, 0];
      noisy.labels.forEach((label, i) => steps[(label - truth.labels[i] + 4) % 4]++);
      assert.equal(steps[0], 0);
      // 5000/3 = 1667 each; the standard deviation is √(5000·⅓·⅔) = 33.
      for (const count of steps.slice(1)) assert(Math.abs(count - 5000 / 3) < 4 * 33, String(steps));
      assert.deepEqual((await labelsOf(wide(spec(1)))).labels, noisy.labels);
      assert.notDeepEqual((await labelsOf(wide(spec(2)))).labels, noisy.labels);
    });

    it('draws all training labels anew, each class equally likely, and none that is held out', async () => {
      const wanted = withData({ ...moons, problem: { ...moons.problem, data: { generator: 'moons', samples: 5000 } } as RunSpecification['problem'] }, {}); // prettier-ignore
      const truth = await labelsOf(wanted);
      const random = await labelsOf(withData(wanted, { randomLabels: true }));
      assert(random.heldOut.every((row) => random.labels[row] === truth.labels[row]));
      // 4000 training samples; the standard deviation of a count is √(4000/4) = 32.
      const count = (is: (row: number) => boolean): number => random.train.filter(is).length;
      assert(Math.abs(count((row) => random.labels[row] === 1) - 2000) < 4 * 32);
      assert(Math.abs(count((row) => random.labels[row] === truth.labels[row]) - 2000) < 4 * 32, 'no trace of the true ones');
    });

    it('is refused for numbers to predict, for one class, and for both at once', async () => {
      await refused(withData(house, { labelNoise: 0.1 }), 'problem.data.labelNoise', /house\.csv has numbers to predict; only classes/);
      await refused(withData(house, { randomLabels: true }), 'problem.data.randomLabels', /numbers to predict/);
      await refused(withData(flowers, { labelNoise: 0.1, randomLabels: true }), 'problem.data.labelNoise', /keep one of them/);
      await refused(
        withData(flowers, { labelNoise: 1.5 }),
        'problem.data.labelNoise',
        /found 1\.5; a share of the training labels.*at most 1/,
      );
    });
  });

  it('keeps IDX pixels as bytes, and takes as many classes as the network has outputs', async () => {
    const { data, plan } = networkOf(
      await prepare(
        { ...digits, problem: { ...digits.problem, network: { layers: [{ dense: 10 }] } } as RunSpecification['problem'] },
        files,
      ),
    );
    assert(data.x instanceof Uint8Array && data.scale === 1 / 255);
    assert(data.y.kind === 'classes' && data.y.classes === 10 && data.y.names[9] === '9');
    assert.deepEqual(plan, {
      inputs: 2,
      layers: [{ dense: 10, activation: 'identity', init: 'xavierUniform', bias: 0 }],
      loss: 'crossEntropy',
      seed: 1,
    });
  });
});
