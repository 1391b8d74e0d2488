/** Preparing a run’s network: loss and initialiser by data and activation, given weights, and every misfit between data and network told. */
import assert from 'node:assert/strict';
import { prepare } from '../../../src/engine/run/prepare';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { files, moons, flowers, house, digits, networkOf, refused } from './preparing';

describe('the network of a run', () => {
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
});
