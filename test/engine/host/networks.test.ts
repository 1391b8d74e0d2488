/**
 * The network step of "Train with…". What must hold: what a person types means what it says or is refused with the place, every ready network
 * is one that the engine trains on the data that it is offered for, and the program's own network is told to differ exactly where it does.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { activations } from '../../../src/engine/network/activations';
import { findRule, rules } from '../../../src/engine/optimizers';
import type { Files } from '../../../src/engine/problems/files';
import { prepare } from '../../../src/engine/run/prepare';
import { build, describeOn, fits, fitSketch, type DataEnds } from '../../../src/host/networkFit';
import { denseNetwork, parseNetwork, type NetworkChoice } from '../../../src/host/networkText';
import { chooseRule } from '../../../src/host/optimizerChoice';
import { generatorChoices, networksForFile, refusal, specify, type DataChoice } from '../../../src/host/problemChoice';
import { imageNetworks } from '../../../src/host/readyNetworks';
import { readPython } from '../../../src/source/python';

const plane: DataEnds = { inputs: 2, outputs: 3, shape: null, loss: 'crossEntropy' };
const digits: DataEnds = { inputs: 784, outputs: 10, shape: [1, 28, 28], loss: 'crossEntropy' };
const show = (network: NetworkChoice, data = plane): string => {
  const described = describeOn(network, data);
  assert.ok(typeof described !== 'string', String(described));
  return described.layers;
};
const noFile = (path: string): never => assert.fail(`${path} is asked for`);
const noFiles: Files = { size: noFile, read: noFile, text: noFile };
const choices = (): ReadonlyMap<string, DataChoice> => new Map(generatorChoices().map((choice) => [choice.title, choice]));

describe('networks as typed', () => {
  const typed: [string, string][] = [
    ['16-16 tanh', '2-16-16-3 Tanh'],
    ['2-16-3', '2-16-3 ReLU'],
    ['32', '2-32-3 ReLU'],
    ['linear', '2-3 linear'],
    ['8, 8, 8 sigmoid', '2-8-8-8-3 Sigmoid'],
    ['16-8 leaky relu', '2-16-8-3 Leaky ReLU'],
    ['tanh 16', '2-16-3 Tanh'],
    ['16 leakyRelu', '2-16-3 Leaky ReLU'],
    ['16 GELU (tanh)', '2-16-3 GELU (tanh)'],
    ['16-8 tanh dropout 0.2', '2 → dense 16 → dropout 0.2 → dense 8 → dropout 0.2 → dense 3, Tanh'],
    ['dropout .5 16', '2 → dense 16 → dropout 0.5 → dense 3, ReLU'],
    ['16 dropout 0', '2-16-3 ReLU'],
  ];
  for (const [text, shown] of typed)
    it(`${text} → ${shown}`, () => {
      const network = parseNetwork(text, plane);
      assert.ok(typeof network !== 'string', String(network));
      assert.equal(show(network), shown);
    });
  it('every activation is understood as it is shown', () => {
    for (const { name } of activations) {
      const network = denseNetwork([16, 8], 3, name);
      assert.deepEqual(parseNetwork(show(network), plane), network);
    }
  });

  const wrong: [string, RegExp][] = [
    ['fast', /^“fast” is no width, activation or dropout, as in /],
    ['16-16 tahn', /^After “16-16”: “tahn” .* Did you mean Tanh\?$/],
    ['16 drpout 0.2', /^After “16”: “drpout” .* Did you mean dropout\?$/],
    ['16-0', /^After “16”: 0 units\. A layer has between 1 and 100,000\.$/],
    ['1000000000', /^1000000000 units/],
    ['16 tanh relu', /^After “16 tanh”: a second activation/],
    ['16 dropout 0.1 dropout 0.2', /^After “16 dropout 0\.1”: a second dropout/],
    ['16 dropout', /^After “16”: dropout needs the share that is put to 0, at least 0 and below 1, as in [^;]*$/],
    ['16 dropout 1', /; found “1”\.$/],
    ['16 dropout tanh', /; found “tanh”\.$/],
    ['', /^Type the widths/],
    ['dropout 0.2', /^Type the widths/],
    ['linear dropout 0.2', /^Dropout stands after hidden layers/],
  ];
  for (const [text, message] of wrong)
    it(`“${text}” is refused with a sentence`, () => assert.match(String(parseNetwork(text, plane)), message));
});

describe('ready networks', () => {
  it('LeNet-5 has the 61,706 weights that it is known for', () => {
    const [leNet] = imageNetworks([1, 28, 28], 10);
    assert.equal(build(leNet.layers, digits).parameters, 61_706);
    assert.deepEqual(describeOn(leNet, digits), {
      weights: '61,706 weights',
      layers: '1 × 28 × 28 → conv 6 → average pool → conv 16 → average pool → dense 120-84-10, Tanh',
    });
  });
  it('are offered for images, and only where they fit', () => {
    const names = (data: DataEnds): string[] => networksForFile(data).flatMap(({ name }) => name ?? []);
    assert.deepEqual(names(digits), ['LeNet-5', 'Small residual network']);
    assert.deepEqual(names({ ...digits, inputs: 3 * 32 * 20, shape: [3, 32, 20] }), ['LeNet-5', 'Small residual network']);
    assert.deepEqual(names({ ...digits, inputs: 49, shape: [1, 7, 7] }), ['Small residual network']);
    assert.deepEqual(names({ ...digits, shape: null }), []);
    assert.deepEqual(
      choices()
        .get('Shapes')
        ?.networks.slice(0, 2)
        .map(({ name }) => name),
      ['LeNet-5', 'Small residual network'],
    );
    assert.ok([...choices().values()].every((choice) => choice.shape !== null || choice.networks.every(({ name }) => name === null)));
  });
  it('are what the engine builds from the specification, weight for weight', async () => {
    for (const choice of choices().values())
      for (const network of choice.networks) {
        assert.ok(fits(network, choice), choice.title);
        const spec = specify(chooseRule(findRule('sgd') ?? assert.fail()), choice, network);
        const { problem } = await prepare({ ...spec, batchSize: 8, measure: { curvatureEvery: 0 } }, noFiles);
        assert.ok(problem.kind === 'network');
        assert.deepEqual(
          build(network.layers, choice).starts.map(({ shape }) => shape),
          build(problem.plan.layers, choice).starts.map(({ shape }) => shape),
        );
      }
  });
  it('are not offered with a rule that cannot train them', () => {
    const shapes = choices().get('Shapes') ?? assert.fail();
    const [leNet, residual, dense] = shapes.networks;
    const refused = (need: 'moments' | 'samples', network: NetworkChoice): (string | null)[] =>
      rules()
        .filter(({ needs }) => needs.has(need))
        .map((rule) => refusal(chooseRule(rule), shapes, network));
    assert.ok(refused('moments', leNet).length > 0);
    for (const message of refused('moments', leNet)) assert.match(message ?? '', /needs a network of dense layers/);
    for (const message of refused('samples', residual)) assert.match(message ?? '', /batch norm/);
    assert.ok([...refused('moments', dense), ...refused('samples', leNet)].every((message) => message === null));
  });
});

describe('the program’s own network', () => {
  const read = (layers: string) => readPython(`from torch import nn\nnn.Sequential(${layers})`).networks[0];
  const dense = read('nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)');
  const leNet = read(
    'nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(400, 10)',
  );

  it('is offered as it is where it fits', () => {
    for (const sketch of [dense, leNet]) {
      const fitted = fitSketch(sketch, digits);
      assert.ok(typeof fitted !== 'string', String(fitted));
      assert.deepEqual([fitted.network.layers, fitted.changes], [sketch.layers, []]);
    }
  });
  it('of the example fits digits as it is', () => {
    const { networks, batchSizes, losses } = readPython(readFileSync('examples/train_cnn.py', 'utf8'));
    const fitted = fitSketch(networks[0], digits);
    assert.ok(typeof fitted !== 'string', String(fitted));
    assert.deepEqual([fitted.network.name, fitted.changes, batchSizes, losses], ['Digits', [], [64], ['crossEntropy']]);
    assert.equal(build(fitted.network.layers, digits).parameters, 80 + 16 + 1168 + 7850);
  });
  it('gets the ends of other data, and says what is not as the program has it', () => {
    const changes = (sketch: typeof dense, data: DataEnds): readonly string[] | string => {
      const fitted = fitSketch(sketch, data);
      return typeof fitted === 'string' ? fitted : fitted.changes;
    };
    assert.deepEqual(changes(dense, plane), ['dense1 takes 2, not 784', '3 outputs, not 10']);
    const colour: DataEnds = { inputs: 3 * 12 * 12, outputs: 10, shape: [3, 12, 12], loss: 'crossEntropy' };
    assert.deepEqual(changes(leNet, colour), ['convolution1 takes 3 channels, not 1', 'dense1 takes 16, not 400']);
  });
  it('says in a sentence why it cannot be had', () => {
    const why = (sketch: typeof dense, data: DataEnds): string => {
      const fitted = fitSketch(sketch, data);
      return typeof fitted === 'string' ? fitted : assert.fail(fitted.changes.join());
    };
    assert.match(why(leNet, plane), /for images, and these data are none/);
    assert.match(
      why(leNet, { ...digits, inputs: 36, shape: [1, 6, 6] }),
      /^Its layer 3 \(convolution\): a window of 5 × 5 does not fit into 3 × 3/,
    );
    assert.match(why(read('nn.Conv2d(1, 10, 28)'), digits), /does not end with a dense layer/);
    assert.match(why(read('nn.Linear(784, 10), nn.Sigmoid()'), digits), /ends with sigmoid, but cross-entropy takes plain outputs/);
  });
});
