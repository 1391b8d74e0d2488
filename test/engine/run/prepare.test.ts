/** Preparing a run: every default filled in, data held out and fitted to the network, and every misfit told before anything runs. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { FileError, type Files } from '../../../src/engine/problems/files';
import { generators } from '../../../src/engine/problems/generators';
import { rules } from '../../../src/engine/optimizers';
import { schedules } from '../../../src/engine/schedules';
import type { Part, Settings, SettingValue } from '../../../src/engine/setting';
import { wrappers } from '../../../src/engine/wrappers';
import { prepare, type Prepared, type PreparedNetwork } from '../../../src/engine/run/prepare';
import { SpecificationError, type RunSpecification } from '../../../src/engine/run/specification';
import { nodeFiles } from '../../../src/node/files';

/** Files in memory. */
const filesOf = (contents: Readonly<Record<string, string | Uint8Array>>): Files => {
  const read = async (path: string): Promise<Uint8Array> => {
    if (!(path in contents)) throw new FileError(`there is no file ${path}.`);
    const content = contents[path];
    return typeof content === 'string' ? new TextEncoder().encode(content) : content;
  };
  return {
    size: async (path) => (await read(path)).length,
    read,
    text: async (path) => new TextDecoder().decode(await read(path)),
  };
};
const idx = (extents: number[], values: number[]): Uint8Array =>
  Uint8Array.from([0, 0, 8, extents.length, ...extents.flatMap((n) => [n >>> 24, n >>> 16, n >>> 8, n]), ...values]);
const files = filesOf({
  'digits/images': idx([4, 1, 2], [0, 255, 51, 0, 102, 0, 153, 204]),
  'digits/labels': idx([4], [0, 1, 2, 1]),
  'digits/three': idx([3], [0, 1, 2]),
  'flowers.csv': `length,width,species\n${Array.from({ length: 50 }, (_, i) => `${i},${i % 7},${'abc'[i % 3]}`).join('\n')}`,
  'house.csv': `size,rooms,price\n${Array.from({ length: 20 }, (_, i) => `${10 * i},${i % 4},${i * 3}`).join('\n')}`,
  'weights.json': '[{ "weight": [[1, 2], [3, 4], [5, 6]], "bias": [0, 0, 1] }, { "weight": [[1, 1, 1], [2, 2, 2]], "bias": [7, 8] }]',
  'not.json': '[{',
  'short.json': '[{ "weight": [[1, 2]], "bias": [0] }]',
  'ragged.json': '[{ "weight": [[1, 2], [3], [5, 6]], "bias": [0, 0, 1] }, { "weight": [[1, 1, 1], [2, 2, 2]], "bias": [7, 8] }]',
  'infinite.json': '[{ "weight": [[1, 2], [3, 4], [5, 1e999]], "bias": [0, 0, 1] }, { "weight": [[1, 1, 1], [2, 2, 2]], "bias": [7, 8] }]',
});

/** What a schedule must be given. */
const required = (settings: Settings): Record<string, SettingValue> =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([name, setting]): (readonly [string, SettingValue])[] => {
      if (setting.kind === 'parts') return [[name, [{ name: 'cosine', warmup: 2 }]]];
      return setting.kind === 'list' && setting.least > 0 ? [[name, [1, 2]]] : [];
    }),
  );

const moons: RunSpecification = {
  problem: { network: { layers: [{ dense: 3 }, { dense: 2 }] }, data: { generator: 'moons', samples: 100 } },
  optimizer: { name: 'adam' },
};
const flowers: RunSpecification = {
  problem: { network: { layers: [{ dense: 4 }, { dense: 3 }] }, data: { csv: { file: 'flowers.csv', label: 'species' } } },
  optimizer: { name: 'sgd', lr: 0.1 },
};
const house: RunSpecification = {
  problem: { network: { layers: [{ dense: 1 }] }, data: { csv: { file: 'house.csv', targets: ['price'] }, heldOut: 0 } },
  optimizer: { name: 'sgd', lr: 0.1 },
};
const digits: RunSpecification = {
  problem: { network: { layers: [{ dense: 3 }] }, data: { idx: { images: 'digits/images', labels: 'digits/labels' }, heldOut: 0.25 } },
  optimizer: { name: 'adamw' },
};
const parabola: RunSpecification = {
  problem: { function: 'x^2 + y^2', start: { x: 6, y: 9 } },
  optimizer: { name: 'sgd', lr: 0.1 },
};
const networkOf = ({ problem }: Prepared): PreparedNetwork => (problem.kind === 'network' ? problem : assert.fail('a network is expected'));
const refused = (spec: RunSpecification, path: string, message: RegExp): Promise<void> =>
  assert.rejects(prepare(spec, files), (error) => {
    assert(error instanceof SpecificationError, String(error));
    assert.equal(error.path, path, error.message);
    assert.match(error.message, message);
    return true;
  });

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

  it('chooses loss and initialiser by data and activation', async () => {
    const { plan } = networkOf(await prepare(house, files));
    assert.equal(plan.loss, 'meanSquaredError');
    const layers = [
      { dense: 4, activation: 'tanh' },
      { dense: 4, init: 'heNormal', bias: 0.01 },
      ...['leakyRelu', 'selu', 'gelu'].map((activation) => ({ dense: 4, activation })),
      { dense: 2 },
    ];
    const made = networkOf(
      await prepare({ ...moons, problem: { ...moons.problem, network: { layers } } as RunSpecification['problem'] }, files),
    ).plan.layers;
    assert.deepEqual(
      made.map(({ activation, init, bias }) => `${activation} ${init} ${bias}`),
      [
        ...['tanh xavierUniform 0', 'relu heNormal 0.01', 'leakyRelu heUniform 0'],
        ...['selu lecunNormal 0', 'gelu heUniform 0', 'identity xavierUniform 0'],
      ],
    );
  });

  it('takes binary cross-entropy for two classes with one logit, for any classes with one each, and for numbers from 0 to 1 only', async () => {
    const loss = 'binaryCrossEntropy';
    const network = (outputs: number) => ({ layers: [{ dense: 3 }, { dense: outputs }], loss });
    for (const [spec, outputs] of [
      [moons, 1],
      [moons, 2],
      [flowers, 3],
    ] as const) {
      const problem = { ...spec.problem, network: network(outputs) } as RunSpecification['problem'];
      assert.equal(networkOf(await prepare({ ...spec, problem }, files)).plan.loss, loss);
    }
    const three = { ...flowers.problem, network: network(1) } as RunSpecification['problem'];
    await refused({ ...flowers, problem: three }, 'problem.network.layers[1].dense', /found 1 outputs, but flowers.csv has 3 classes/);
    const numbers = { ...house.problem, network: network(1) } as RunSpecification['problem'];
    await refused(
      { ...house, problem: numbers },
      'problem.network.loss',
      /needs targets from 0 to 1, but house.csv has 3 for sample 1, counted from 0/,
    );
  });

  it('lets two classes be one number for the squared error, as exclusive or is often taught', async () => {
    const spec = (network: object): RunSpecification => ({
      ...moons,
      problem: { network, data: { generator: 'xor' } } as RunSpecification['problem'],
    });
    const layers = [{ dense: 2 }, { dense: 1, activation: 'sigmoid' }];
    assert.equal(networkOf(await prepare(spec({ layers, loss: 'meanSquaredError' }), files)).plan.loss, 'meanSquaredError');
    await refused(
      spec({ layers }),
      'problem.network.layers[1].dense',
      /found 1 outputs, but exclusive or has 2 classes; the last layer needs 2/,
    );
  });

  it('takes the schedule of step k from 0, over the steps of the run where nothing is said', async () => {
    const constant = (await prepare({ ...parabola, steps: 3 }, files)).pace();
    assert.deepEqual([0, 1, 1000].map((k) => constant.rate(k)), [0.1, 0.1, 0.1]); // prettier-ignore
    const cosine = await prepare({ ...parabola, steps: 100, schedule: { name: 'cosine' } }, files);
    assert.deepEqual(cosine.spec.schedule, {
      name: 'cosine',
      steps: 100,
      lrMin: 0,
      exponent: 1,
      periodic: false,
      warmup: 0,
      warmupFrom: 0,
    });
    assert.equal(cosine.pace().rate(0), 0.1);
    assert(Math.abs(cosine.pace().rate(50) - 0.05) < 1e-16);
    assert.equal(cosine.pace().rate(100), 0);
  });

  it('takes the steps that the warm-up leaves, at least one', async () => {
    const steps = async (warmup: number): Promise<unknown> =>
      (await prepare({ ...parabola, steps: 100, schedule: { name: 'cosine', warmup } }, files)).spec.schedule.steps;
    assert.deepEqual(await Promise.all([0, 30, 99, 100, 5000].map(steps)), [100, 70, 1, 1, 1]);
  });

  it('gives each schedule of a sequence the steps that it has', async () => {
    const parts: Part[] = [{ name: 'linear' }, { name: 'cosine', warmup: 5 }, { name: 'polynomial' }];
    const schedule = { name: 'sequence', schedules: parts, at: [20, 60], warmup: 10 };
    const { spec, pace } = await prepare({ ...parabola, steps: 100, schedule }, files);
    const steps = (spec.schedule.schedules as readonly Part[]).map((part) => part.steps);
    assert.deepEqual(steps, [20, 35, 30]); // of 90 after the warm-up
    const rates = [10, 30, 35, 70].map((k) => pace().rate(k));
    assert.deepEqual(rates, [0.1, 0, 0.1, 0.1]); // each begins at the top, the second after a warm-up of its own
  });

  it('evaluates for a schedule that goes by the loss, and says where it could not', async () => {
    const schedule = { name: 'reduceOnPlateau' };
    const every = async (spec: RunSpecification): Promise<number> => (await prepare(spec, files)).spec.measure.evaluateEvery;
    assert.equal(await every({ ...parabola, steps: 500 }), 0);
    assert.equal(await every({ ...parabola, steps: 500, schedule }), 5);
    assert.equal(await every({ ...parabola, steps: 50, schedule }), 1);
    assert.equal(await every({ ...parabola, steps: 500, schedule, measure: { evaluateEvery: 7 } }), 7);
    await refused(
      { ...parabola, schedule, measure: { evaluateEvery: 0 } },
      'measure.evaluateEvery',
      /0 is no evaluation but the first and the last, and the schedule `reduceOnPlateau` goes by the evaluations/,
    );
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

  it('takes given weights of the network’s own shape only', async () => {
    const given = networkOf(await prepare({ ...moons, initialWeights: 'weights.json' }, files)).plan.given;
    assert.deepEqual(given?.[1], {
      weight: [
        [1, 1, 1],
        [2, 2, 2],
      ],
      bias: [7, 8],
    });
    const wrong = (file: string, message: RegExp): Promise<void> => refused({ ...moons, initialWeights: file }, 'initialWeights', message);
    await wrong('nowhere.json', /there is no file nowhere\.json/);
    await wrong('not.json', /not\.json: this is not JSON/);
    await wrong('short.json', /short\.json: the list has 1 entries; 2 are expected/);
    await wrong('ragged.json', /ragged\.json: \[0\]\.weight\[1\] is a list of 1; 2 numbers are expected/);
    await wrong('infinite.json', /infinite\.json: \[0\]\.weight\[2\]\[1\] is Infinity; a finite number is expected/);
  });

  it('tells where data and network do not fit', async () => {
    const moon = (network: object): RunSpecification => ({
      ...moons,
      problem: { ...moons.problem, network } as RunSpecification['problem'],
    });
    await refused(moon({ inputs: 3, layers: [{ dense: 2 }] }), 'problem.network.inputs', /found 3, but moons has 2 features a sample/);
    await refused(moon({ layers: [{ dense: 3 }] }), 'problem.network.layers[0].dense', /found 3 outputs, but moons has 2 classes/);
    await refused(
      { ...digits, problem: { ...digits.problem, network: { layers: [{ dense: 2 }] } } as RunSpecification['problem'] },
      'problem.network.layers[0].dense',
      /has 3 classes/,
    );
    await refused(
      { ...house, problem: { ...house.problem, network: { layers: [{ dense: 1 }], loss: 'crossEntropy' } } as RunSpecification['problem'] },
      'problem.network.loss',
      /needs classes, but house\.csv has numbers to predict/,
    );
    await refused({ ...house, batchSize: 21 }, 'batchSize', /found 21, but there are 20 training samples; give at most as many, or "all"/);
    const one = { generator: 'moons', samples: 1, heldOut: 0.9 };
    await refused(
      { ...moons, problem: { ...moons.problem, data: one } as RunSpecification['problem'] },
      'problem.data.heldOut',
      /leaves none to train on/,
    );
    await refused(
      {
        ...moons,
        batchSize: 1,
        epochs: 1_000_000,
        problem: { ...moons.problem, data: { generator: 'moons', samples: 100_000 } } as RunSpecification['problem'],
      },
      'epochs',
      /80,000,000,000; at most 1,000,000,000 steps/,
    );
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
