/** Preparing a run: every default filled in, what is given left as it is, and what cannot run told before anything runs. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { generators } from '../../../src/engine/problems/generators';
import { rules } from '../../../src/engine/optimizers';
import { schedules } from '../../../src/engine/schedules';
import type { Settings, SettingValue } from '../../../src/engine/setting';
import { wrappers } from '../../../src/engine/wrappers';
import { prepare } from '../../../src/engine/run/prepare';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { nodeFiles } from '../../../src/node/files';
import { files, moons, flowers, house, digits, parabola, refused } from './preparing';

/** What a schedule must be given. */
const required = (settings: Settings): Record<string, SettingValue> =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([name, setting]): (readonly [string, SettingValue])[] => {
      if (setting.kind === 'parts') return [[name, [{ name: 'cosine', warmup: 2 }]]];
      return setting.kind === 'list' && setting.least > 0 ? [[name, [1, 2]]] : [];
    }),
  );

describe('preparing a run', () => {
  it('fills in every default, at every depth', async () => {
    const { spec } = await prepare(moons, files);
    assert.deepEqual(spec, {
      problem: {
        network: {
          inputs: 2,
          layers: [
            { dense: 3, activation: 'relu', init: 'heUniform', bias: 0 },
            { dense: 2, activation: 'identity', init: 'xavierUniform', bias: 0 },
          ],
          loss: 'crossEntropy',
        },
        data: { generator: 'moons', samples: 100, noise: 0.1, heldOut: 0.2, labelNoise: 0, randomLabels: false },
      },
      optimizer: {
        name: 'adam',
        ...Object.fromEntries(
          rules()
            .find(({ name }) => name === 'adam')
            ?.hyperparameters.map((h) => [h.name, h.default]) ?? [],
        ),
      },
      wrappers: [],
      schedule: { name: 'constant', warmup: 0, warmupFrom: 0 },
      batchSize: 32,
      steps: 1000,
      seed: 1,
      order: 'shuffled',
      backend: 'cpu',
      // 80 training samples are 3 steps of 32; 1000 steps are evaluated every 10.
      measure: { every: 1, curvatureEvery: 100, evaluateEvery: 10, probeSamples: 512, perWeight: false },
    });
  });

  it('leaves a complete specification as it is, for every optimizer, generator and problem', async () => {
    const network = { layers: [{ dense: 2, activation: 'tanh' }, { dense: 2 }] };
    const specs: RunSpecification[] = [
      moons,
      flowers,
      house,
      digits,
      parabola,
      { ...moons, epochs: 3, schedule: { name: 'cosine' }, batchSize: 'all', order: 'sequential', backend: 'reference', seed: 9 },
      { ...parabola, schedule: { name: 'cosine', lrMin: 0.001 }, steps: 50 },
      { ...parabola, schedule: { name: 'reduceOnPlateau' }, wrappers: [{ name: 'clipGlobalNorm', maxNorm: 3 }, { name: 'clipValue' }] },
      ...schedules.map(({ name, settings }) => ({ ...moons, schedule: { name, ...required(settings), warmup: 5 } })),
      ...wrappers().map(({ name }) => ({ ...moons, wrappers: [{ name }] })),
      ...rules().map(({ name }) => ({ ...moons, optimizer: { name } })),
      ...generators.map(({ name, learns, settings }) => ({
        ...moons,
        problem: {
          network: { ...network, layers: [network.layers[0], { dense: learns === 'targets' ? 1 : (settings.classes?.default ?? 2) }] },
          data: { generator: name, samples: 50 },
        },
      })),
    ];
    for (const spec of specs) {
      const once = await prepare(spec, files);
      const twice = await prepare(once.spec, files);
      assert.equal(JSON.stringify(twice.spec), JSON.stringify(once.spec));
      assert.deepEqual(twice.problem, once.problem);
      assert.deepEqual(
        await prepare(JSON.parse(JSON.stringify(once.spec)) as RunSpecification, files).then(({ steps }) => steps),
        once.steps,
      );
    }
  });

  it('tells two values of everything apart: what is given stays', async () => {
    const { spec, batch, steps, stepsPerEpoch } = await prepare(
      { ...moons, batchSize: 7, epochs: 2, measure: { evaluateEvery: 0 } },
      files,
    );
    assert.equal(spec.batchSize, 7);
    assert.equal(batch, 7);
    assert.equal(stepsPerEpoch, 12); // 80 samples: eleven batches of 7, and one of 3
    assert.equal(steps, 24);
    assert.equal(spec.epochs, 2);
    assert.equal(spec.steps, undefined);
    assert.equal(spec.measure.evaluateEvery, 0);
  });

  it('evaluates once an epoch, but no more than a hundred times', async () => {
    const every = async (spec: Partial<RunSpecification>): Promise<number> =>
      (await prepare({ ...moons, ...spec }, files)).spec.measure.evaluateEvery;
    assert.equal(await every({ batchSize: 8, steps: 100 }), 10);
    assert.equal(await every({ batchSize: 8, steps: 100_000 }), 1000);
    assert.equal(await every({ batchSize: 'all', epochs: 50 }), 1);
  });

  it('takes fewer samples a batch where there are fewer, and all at once where asked', async () => {
    assert.equal((await prepare(house, files)).spec.batchSize, 20);
    const all = await prepare({ ...house, batchSize: 'all' }, files);
    assert.deepEqual([all.spec.batchSize, all.batch, all.stepsPerEpoch], ['all', 20, 1]);
  });

  it('prepares a function: float64, one sample a step', async () => {
    const { problem, batch, stepsPerEpoch, spec, rule, settings } = await prepare(parabola, files);
    assert.deepEqual(problem, { kind: 'function', text: 'x^2 + y^2', start: { x: 6, y: 9 } });
    assert.deepEqual([batch, stepsPerEpoch, spec.batchSize, spec.backend], [1, 1, 'all', 'reference']);
    assert.equal(rule.name, 'sgd');
    assert(settings.lr === 0.1 && settings.momentum === 0);
    assert.equal(spec.optimizer.lr, 0.1);
  });

  it('tells what runs in one line', async () => {
    const details = async (spec: RunSpecification): Promise<string> => {
      const { title, details } = await prepare(spec, files);
      return `${title}: ${details}`;
    };
    assert.equal(await details(moons), 'Adam: lr 0.001 · β₁ 0.9 · β₂ 0.999 · 2-3-2 ReLU · moons · batch 32 · CPU');
    assert.equal(await details(house), 'SGD: lr 0.1 · 2-1 linear · house.csv · batch 20 · CPU');
    assert.equal(
      await details({
        ...flowers,
        optimizer: { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: true },
        batchSize: 'all',
        schedule: { name: 'cosine' },
      }),
      'SGD: lr 0.1 · μ 0.9 · nesterov · cosine annealing · 2-4-3 ReLU · flowers.csv · all samples at once · CPU',
    );
    assert.equal(
      await details({
        ...parabola,
        wrappers: [{ name: 'clipGlobalNorm', maxNorm: 3 }],
        schedule: { name: 'linear', warmup: 20 },
      }),
      'SGD, clip by global norm: lr 0.1 · c 3 · linear after 20 steps of warm-up · x^2 + y^2 · from x = 6, y = 9 · float64 reference',
    );
    assert.equal(await details(parabola), 'SGD: lr 0.1 · x^2 + y^2 · from x = 6, y = 9 · float64 reference');
  });

  it('refuses a batch that would take the machine’s memory, before it takes it', () =>
    refused(
      {
        ...moons,
        batchSize: 'all',
        problem: { network: { layers: [{ dense: 1000 }, { dense: 2 }] }, data: { generator: 'moons', samples: 1_000_000 } },
      },
      'batchSize',
      /800,000 samples through 1,004 units takes 2\.99 GiB; at most 1 GiB are allowed\. Use 267,365 or fewer/,
    ));

  it('names the field whose file is at fault', async () => {
    const data = (source: object): RunSpecification => ({
      ...digits,
      problem: { ...digits.problem, data: source } as RunSpecification['problem'],
    });
    await refused(data({ idx: { images: 'none', labels: 'digits/labels' } }), 'problem.data.idx.images', /there is no file none/);
    await refused(data({ idx: { images: 'digits/images', labels: 'none' } }), 'problem.data.idx.labels', /there is no file none/);
    await refused(
      data({ idx: { images: 'digits/images', labels: 'digits/three' } }),
      'problem.data.idx.labels',
      /three holds 3 labels, but images holds 4/,
    );
    await refused(data({ idx: { images: 'digits/labels', labels: 'digits/images' } }), 'problem.data.idx.images', /wrong way round/);
    await refused(data({ csv: { file: 'none.csv', label: 'a' } }), 'problem.data.csv.file', /there is no file/);
    await refused(data({ csv: { file: 'flowers.csv', label: 'specie' } }), 'problem.data.csv.label', /Did you mean `species`/);
  });
});

const mnist = resolve('../shared/data/mnist');
const mnistIsThere = existsSync(mnist);
if (!mnistIsThere) console.log(`  pending: ${mnist} is not there, so the tests on MNIST are not declared`);
else
  describe('preparing a run on MNIST', () => {
    const spec: RunSpecification = {
      problem: {
        network: { layers: [{ dense: 128, activation: 'relu' }, { dense: 10 }] },
        data: { idx: { images: 't10k-images-idx3-ubyte.gz', labels: 't10k-labels-idx1-ubyte.gz' }, heldOut: 0.2 },
      },
      optimizer: { name: 'adam' },
      batchSize: 64,
      epochs: 5,
    };

    it('reads the gzipped files as they are published', async () => {
      const { problem, steps, details } = await prepare(spec, nodeFiles(mnist));
      assert(problem.kind === 'network');
      const { data, train, heldOut, plan } = problem;
      assert.deepEqual([data.samples, data.inputs, data.shape], [10_000, 784, [1, 28, 28]]);
      assert.deepEqual([train.length, heldOut.length, steps], [8000, 2000, 625]);
      assert(data.y.kind === 'classes');
      // The first test images are 7, 2, 1, 0, 4, 1, 4, 9, 5, 9; the classes' counts are those of the published test set.
      assert.deepEqual([...data.y.labels.subarray(0, 10)], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
      const counts = new Array<number>(10).fill(0);
      for (const label of data.y.labels) counts[label]++;
      assert.deepEqual(counts, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
      // Mean of the test set's pixels, 0.1325, as torchvision's MNIST(train=False) gives it.
      let sum = 0;
      for (const value of data.x) sum += value;
      const mean = sum / data.x.length / 255;
      assert(Math.abs(mean - 0.1325) < 5e-5, String(mean));
      assert.equal(plan.inputs, 784);
      assert.equal(details, 'lr 0.001 · β₁ 0.9 · β₂ 0.999 · 784-128-10 ReLU · MNIST-like IDX, 28 × 28 · batch 64 · CPU');
    });
  });
