/**
 * Reading networks out of Python. What must hold: however a program writes a network, the same layers come out, with PyTorch's own meaning of
 * every argument and of what is left out; and whatever cannot be had here is told in one sentence at its place, never guessed.
 */
import assert from 'node:assert/strict';
import { activations } from '../../../src/engine/network/activations';
import { layerKinds } from '../../../src/engine/network/layers';
import { checkLayers } from '../../../src/engine/run/checkLayers';
import { frameworks } from '../../../src/source/frameworks/index.gen';
import { readPython } from '../../../src/source/python';
import type { NetworkSketch } from '../../../src/source/reading';
import { trainingScript } from './sample';

const head = 'import torch\nimport torch.nn.functional as F\nfrom torch import nn\nfrom collections import OrderedDict\n';
function only(text: string): NetworkSketch {
  const { networks } = readPython(head + text);
  assert.equal(networks.length, 1, `expected one network in:\n${text}`);
  const [network] = networks;
  if (!network.obstacle) checkLayers(network.layers, 'layers');
  return network;
}
/** The layers without the initialiser that PyTorch's own have. */
const plain = ({ layers }: NetworkSketch): unknown[] =>
  layers.map(({ init, ...layer }) => {
    assert.equal(init, 'dense' in layer || 'convolution' in layer ? 'torchUniform' : undefined);
    return layer;
  });

/** LeNet-5 as a specification has it. */
const leNet = [
  { convolution: 6, kernel: 5, padding: 2, activation: 'tanh' },
  { averagePool: 2 },
  { convolution: 16, kernel: 5, activation: 'tanh' },
  { averagePool: 2 },
  { flatten: true },
  { dense: 120, activation: 'tanh' },
  { dense: 84, activation: 'tanh' },
  { dense: 10, activation: 'identity' },
];
const inside = `nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
    nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)`;
const attributes = `class LeNet(nn.Module):
    """A docstring."""
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.pool = nn.AvgPool2d(2)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3: nn.Module = nn.Linear(84, 10)
`;

describe('LeNet-5, however it is written', () => {
  const forms: [string, string][] = [
    ['a chain', `model = nn.Sequential(${inside})`],
    ['a chain on a device', `model = nn.Sequential(${inside}).to("cuda")`],
    [
      'chains in a chain',
      `model = nn.Sequential(nn.Sequential(${inside.slice(0, inside.indexOf('nn.Flatten'))}), ${inside.slice(inside.indexOf('nn.Flatten'))})`,
    ],
    [
      'an ordered dictionary',
      `model = nn.Sequential(OrderedDict([${inside
        .split(/, (?=nn\.)|,\s+(?=nn\.)/)
        .map((layer, i) => `("l${i}", ${layer})`)
        .join(', ')}]))`,
    ],
    [
      'names',
      `tanh = nn.Tanh()\nfirst = nn.Conv2d(1, 6, 5, padding=2)\nmodel = nn.Sequential(first, tanh, ${inside.slice(inside.indexOf('nn.Avg'))})`,
    ],
    [
      'a class, by its variables',
      `${attributes}
    def forward(self, x):
        x = self.pool(torch.tanh(self.conv1(x)))
        x = self.pool(F.tanh(self.conv2(x)))
        x = x.view(x.size(0), -1)  # a row
        x = torch.tanh(self.fc1(x))
        x = self.fc2(x).tanh()
        return self.fc3(x)
`,
    ],
    [
      'a class in one expression',
      `${attributes}
    def forward(self, image: torch.Tensor) -> torch.Tensor:
        features = F.avg_pool2d(self.conv2(F.avg_pool2d(self.conv1(image).tanh(), 2)).tanh(), kernel_size=2)
        return self.fc3(self.fc2(self.fc1(torch.flatten(features, 1)).tanh()).tanh())
`,
    ],
  ];
  for (const [form, text] of forms)
    it(form, () => {
      const network = only(text);
      assert.deepEqual(plain(network), leNet);
      assert.deepEqual(network.incoming, [1, 6, 400, 120, 84]);
      assert.deepEqual([network.obstacle, network.notes], [null, []]);
      assert.equal(network.name, text.startsWith('class') ? 'LeNet' : null);
    });
});

describe('what each argument says', () => {
  const one: [string, object][] = [
    ['nn.Conv2d(1, 4, 3)', { convolution: 4, kernel: 3, activation: 'identity' }],
    [
      'nn.Conv2d(1, 4, (3, 5), stride=2, padding=(1, 1))',
      { convolution: 4, kernel: [3, 5], stride: 2, padding: 1, activation: 'identity' },
    ],
    [
      'nn.Conv2d(in_channels=1, kernel_size=(3, 3), out_channels=4, padding="same")',
      { convolution: 4, kernel: 3, padding: 'same', activation: 'identity' },
    ],
    [
      'nn.Conv2d(1, 4, 3, 1, "valid", (1, 1), 1, True, "zeros")',
      { convolution: 4, kernel: 3, stride: 1, padding: 0, activation: 'identity' },
    ],
    ['nn.MaxPool2d(3, 2, 1)', { maxPool: 3, stride: 2, padding: 1 }],
    ['nn.MaxPool2d((2, 3), stride=2)', { maxPool: [2, 3], stride: 2 }],
    ['nn.MaxPool2d(2, stride=None)', { maxPool: 2 }],
    ['nn.AvgPool2d(2, 1)', { averagePool: 2, stride: 1 }],
    ['nn.BatchNorm2d(4)', { batchNorm: true }],
    ['nn.BatchNorm1d(4, 1e-3, 0.01)', { batchNorm: true, momentum: 0.01, eps: 1e-3 }],
    ['nn.Dropout()', { dropout: 0.5 }],
    ['nn.Dropout(0.25, True)', { dropout: 0.25 }],
    ['nn.Flatten()', { flatten: true }],
    ['nn.Linear(4, 3)', { dense: 3, activation: 'identity' }],
  ];
  for (const [source, layer] of one) it(source, () => assert.deepEqual(plain(only(`nn.Sequential(${source}, nn.Linear(4, 2))`))[0], layer));

  it('an activation goes into the layer before it, where this has a place for one, and stands by itself otherwise', () => {
    const network = only(
      'nn.Sequential(nn.ReLU(), nn.Linear(2, 3), nn.ReLU(), nn.Tanh(), nn.BatchNorm1d(3), nn.GELU("tanh"), nn.Dropout(0.1), nn.SiLU(), nn.Identity(), nn.Linear(3, 1))',
    );
    assert.deepEqual(plain(network), [
      { activation: 'relu' },
      { dense: 3, activation: 'relu' },
      { activation: 'tanh' },
      { batchNorm: true, activation: 'geluTanh' },
      { dropout: 0.1 },
      { activation: 'silu' },
      { dense: 1, activation: 'identity' },
    ]);
  });
  it('the logarithm of a softmax at the end is the loss’s', () => {
    const network = only('nn.Sequential(nn.Linear(4, 3), nn.LogSoftmax(dim=1))');
    assert.deepEqual([plain(network), network.notes], [[{ dense: 3, activation: 'identity' }], ['nn.LogSoftmax is part of the loss']]);
  });
  it('a bias before a batch norm changes nothing, and is told', () => {
    const network = only('nn.Sequential(nn.Conv2d(1, 4, 3, bias=False), nn.BatchNorm2d(4))');
    assert.match(network.notes.join(), /nn\.Conv2d has a bias here/);
  });
  it('names and arithmetic of the program', () => {
    assert.deepEqual(plain(only('WIDTH = 2 ** 4\nnn.Sequential(nn.Linear(28 * 28, WIDTH), nn.Linear(WIDTH, 10))')).length, 2);
  });
  it('every activation that PyTorch has a module for, by that name', () => {
    const module = (path: string) => /^torch\.nn\.[A-Z]/.test(path);
    for (const { name, written } of activations)
      for (const path of written.filter(module))
        assert.deepEqual(plain(only(`nn.Sequential(nn.Linear(2, 3), ${path}(), nn.Linear(3, 1))`))[0], { dense: 3, activation: name });
  });
});

describe('what cannot be had here is told at its place', () => {
  const told: [string, string, RegExp][] = [
    ['nn.Conv2d(4, 4, 3, groups=4)', 'nn.Conv2d(4, 4, 3, groups=4)', /^groups of nn\.Conv2d is 4; here it can only be 1\.$/],
    ['nn.Conv2d(1, 4, 3, dilation=(2, 2))', 'nn.Conv2d(1, 4, 3, dilation=(2, 2))', /dilation .* is \(2, 2\)/],
    [
      'nn.Conv2d(1, 4, 3, padding_mode="reflect")',
      'nn.Conv2d(1, 4, 3, padding_mode="reflect")',
      /padding_mode .* "reflect"; here it can only be "zeros"/,
    ],
    ['nn.Conv2d(1, 4, 3, stride=(2, 1))', 'nn.Conv2d(1, 4, 3, stride=(2, 1))', /stride .* \(2, 1\); here it is one number for both ways/],
    ['nn.Conv2d(1, 4, 3, bias=False)', 'nn.Conv2d(1, 4, 3, bias=False)', /has no bias/],
    ['nn.Conv2d(1, 4)', 'nn.Conv2d(1, 4)', /is given no kernel_size/],
    ['nn.Conv2d(1, 4, 0)', 'nn.Conv2d(1, 4, 0)', /kernel_size of nn\.Conv2d is 0; here it is a whole number/],
    ['nn.MaxPool2d((2, 3))', 'nn.MaxPool2d((2, 3))', /one stride serves both ways/],
    ['nn.MaxPool2d(2, ceil_mode=True)', 'nn.MaxPool2d(2, ceil_mode=True)', /ceil_mode .* True/],
    ['nn.AvgPool2d(2, count_include_pad=False)', 'nn.AvgPool2d(2, count_include_pad=False)', /count_include_pad/],
    ['nn.BatchNorm2d(4, affine=False)', 'nn.BatchNorm2d(4, affine=False)', /affine/],
    ['nn.BatchNorm2d(4, momentum=None)', 'nn.BatchNorm2d(4, momentum=None)', /momentum of nn\.BatchNorm2d is None/],
    ['nn.Flatten(0)', 'nn.Flatten(0)', /start_dim/],
    ['nn.Dropout(1.0)', 'nn.Dropout(1.0)', /p of nn\.Dropout is 1; here it is .*below 1/],
    ['nn.LeakyReLU(0.2)', 'nn.LeakyReLU(0.2)', /negative_slope .* is 0\.2; here it can only be 0\.01/],
    ['nn.LazyLinear(3)', 'nn.LazyLinear(3)', /There is no layer here that does what nn\.LazyLinear does/],
    ['nn.Linear(3, width)', 'width', /out_features of nn\.Linear is width, known only when the program runs/],
    ['nn.Linear(3, 4, bais=False)', 'bais', /no argument bais\. Did you mean `bias`\?/],
    ['nn.Linear(3, 4, True, None, None, 5)', '5', /takes 5 arguments by position; 5 is one too many/],
    ['nn.Linear(*sizes)', 'nn.Linear(*sizes)', /What sizes passes to nn\.Linear is known only when/],
    ['*blocks', 'blocks', /Which layers blocks has/],
    ['block', 'block', /What block is, is known only when/],
    ['nn.LogSoftmax(1)', 'nn.LogSoftmax(1)', /only at the end/],
  ];
  for (const [source, place, message] of told)
    it(source, () => {
      const text = `${head}nn.Sequential(${source}, nn.Linear(4, 2))`;
      const [network] = readPython(text).networks;
      assert.ok(network.obstacle, JSON.stringify(network.layers));
      assert.match(network.obstacle.message, message);
      const { from, to } = network.obstacle.range;
      assert.equal(text.slice(from, to), place);
      assert.deepEqual(network.layers, []);
    });

  const forwards: [string, string, RegExp][] = [
    ['a sum', 'return self.fc3(x) + x', /more than a chain of layers: self\.fc3\(x\) \+ x/],
    ['a branch', 'if x.sum() > 0:\n            x = self.conv1(x)\n        return x', /more than a chain/],
    ['a layer applied twice', 'return self.fc3(self.fc3(x))', /self\.fc3 is applied twice; here no two layers share their weights/],
    ['an attribute that nobody sets', 'return self.fc9(x)', /`__init__` does not set self\.fc9/],
    ['a function of its own', 'return magic(self.fc3(x))', /more than a chain/],
    ['another form', 'return self.fc3(x.view(-1, 1, 28, 28))', /more than a chain/],
    ['nothing returned', 'x = self.fc3(x)', /returns nothing/],
  ];
  for (const [what, body, message] of forwards)
    it(`forward with ${what}`, () => {
      const { obstacle, layers } = only(`${attributes}\n    def forward(self, x):\n        ${body}\n`);
      assert.match(obstacle?.message ?? 'read', message);
      assert.deepEqual(layers, []);
    });
  it('an attribute that is set in a branch', () => {
    const text = attributes.replace('self.fc3: nn.Module = nn.Linear(84, 10)', 'if deep:\n            self.fc3 = nn.Linear(84, 10)');
    assert.match(
      only(`${text}\n    def forward(self, x):\n        return self.fc3(x)\n`).obstacle?.message ?? '',
      /known only when the program runs/,
    );
  });
});

describe('which networks a program has', () => {
  it('those of the sample, in order; parts of others are not told by themselves', () => {
    const { networks } = readPython(trainingScript);
    assert.deepEqual(
      networks.map(({ name, incoming }) => [name, incoming]),
      [
        ['Net', [1, 1176]],
        [null, [784, 128]],
      ],
    );
  });
  it('chains of what is no layer of a network are none', () =>
    assert.deepEqual(
      readPython(`${head}nn.Sequential(transforms.Resize(3), transforms.Crop(2))\nclass A(nn.Module):\n    pass`).networks,
      [],
    ));
  it('of a library of models only the first are read, and every optimizer all the same', () => {
    const model = (i: number): string =>
      `class Net${i}(nn.Module):\n${attributes.slice(attributes.indexOf('    '))}\n    def forward(self, x):\n        return self.fc3(x)\n\n`;
    const library = Array.from({ length: 500 }, (_, i) => model(i)).join('');
    const { networks, optimizers } = readPython(`${head}${library}def train():\n    return torch.optim.SGD(p, lr=0.1)\n`);
    assert.equal(optimizers.length, 1);
    assert.ok(networks.length > 50 && networks.length < 200, `${networks.length} networks`);
    assert.deepEqual(
      networks.slice(0, 2).map(({ name }) => name),
      ['Net0', 'Net1'],
    );
  });
  it('names of earlier cells hold, and places are of this cell', () => {
    const text = 'nn.Sequential(nn.Linear(2, W), nn.LazyLinear(1))';
    const [{ obstacle, range }] = readPython(text, `${head}W = 3`).networks;
    assert.deepEqual(range, { from: 0, to: text.length });
    assert.equal(obstacle && text.slice(obstacle.range.from, obstacle.range.to), 'nn.LazyLinear(1)');
  });
});

describe('the tables of layers', () => {
  for (const { title, layers } of frameworks) {
    const root = title === 'PyTorch' ? 'torch.' : `${title.toLowerCase()}.`;
    it(`${title} has the parameters of every layer and activation that the engine says it has`, () => {
      const paths = [...layerKinds, ...activations].flatMap(({ written }) => written).filter((path) => path.startsWith(root));
      assert.ok(paths.length > 20);
      for (const path of paths) assert.ok(Object.hasOwn(layers.constructors, path), path);
    });
    it(`${title}: every parameter is named once, and its field is one of the layer’s`, () => {
      for (const [path, { parameters }] of Object.entries(layers.constructors)) {
        assert.equal(new Set(parameters.map(({ name }) => name)).size, parameters.length, path);
        const kind = layerKinds.find(({ written }) => written.includes(path));
        for (const parameter of parameters)
          if (parameter.as === 'field') assert.ok(kind && parameter.field in kind.fields, `${path}.${parameter.name}`);
      }
    });
  }
});
