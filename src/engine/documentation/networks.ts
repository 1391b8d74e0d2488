/** The page of networks: how one is written, every kind of layer, and the activations, losses and initialisers that may be named. */
import { activations } from '../network/activations';
import { initialisers } from '../network/initialisers';
import { layerKinds, type LayerDefinition } from '../network/layers';
import { losses } from '../network/losses';
import { anchor, block, code, note, page, plain, table } from './markdown';

const example = `{
  "network": {
    "inputs": [1, 28, 28],
    "layers": [
      { "convolution": 6, "kernel": 5, "padding": "same" },
      { "maxPool": 2 },
      { "convolution": 16, "kernel": 5 },
      { "maxPool": 2 },
      { "dense": 120 },
      { "dropout": 0.2 },
      { "dense": 10 }
    ],
    "loss": "crossEntropy"
  }
}`;

export function networksPage(): string {
  return page(
    note,
    '# Networks',
    `A network is a list of layers. There are ${layerKinds.length} kinds, each one file in \`src/engine/network/layers\`; the check of a specification, the schema behind the editor’s completion and this page are made from it.`,
    block(example.split('\n'), 'json'),
    '- **Inputs.** A number of features, or `[channels, height, width]`; `[height, width]` is one channel. Left out, they are taken from the data, as images where a layer needs them to be.',
    '- **Outputs.** The last layer gives logits or plain outputs, as the loss takes them: no softmax and, as a rule, no activation.',
    '- **Activations.** A dense layer or a convolution has ReLU where nothing is said. It has none in the last such layer, and none where a batch norm, an activation by itself or the sum of a residual block comes next.',
    '- **Forms.** A value of channels × height × width lies in memory as PyTorch has it, the width running fastest, and so do weights: `[filters, channels, height, width]`, `[outputs, inputs]`. A dense layer takes an image as its numbers in a row; PyTorch’s `Linear` needs a `Flatten` before it.',
    '- **Names.** The tensors of a layer are called after its kind and its number among its kind: `convolution2.weight`, `dense1.bias`, `batchNorm1.weight` (γ).',
    '- **Training and evaluation.** Dropout, noise and the mini-batch’s own statistics are of training alone. Losses of steps are those of training; evaluations draw nothing and take running statistics. Curvature draws nothing and takes the statistics of the samples that it is measured on.',
    '- **Given weights.** A file for `initialWeights` has one `{ "weight": …, "bias": […] }` for each layer with weights, in order, a residual block’s layers before its shortcut’s. Weights are lists within lists, in the order of their extents.',
    table(
      ['', 'Layer', 'In short'],
      layerKinds.map((kind) => [code(kind.name), `[${plain(kind.title)}](#${anchor(heading(kind))})`, plain(firstSentence(kind.doc))]),
    ),
    layerKinds.flatMap(entry),
    '# Activations',
    table(
      ['', 'Activation', 'In short', 'Weights start as'],
      activations.map(({ name, title, doc, init }) => [code(name), plain(title), plain(doc), code(init)]),
    ),
    '# Losses',
    'A loss is the mean over the samples of a mini-batch, and over outputs where there are several numbers to compare.',
    table(
      ['', 'Loss', 'In short', 'Compared with'],
      losses.map(({ name, title, doc, against }) => [code(name), plain(title), plain(doc), against === 'class' ? 'a class' : 'numbers']),
    ),
    '# Initialisers',
    'fanIn is the number of inputs that one unit sees, fanOut the number of units that see one input; of a convolution, channels or filters times the extent of the window. Weights are drawn from the seed alone, so that every backend starts from the same ones.',
    table(
      ['', 'Initialiser', 'In short', 'Source'],
      initialisers.map(({ name, title, doc, source }) => [code(name), plain(title), plain(doc), plain(source)]),
    ),
  );
}

const heading = ({ title, name }: LayerDefinition): string => `${title} (${name})`;
const firstSentence = (text: string): string => /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;

function entry(kind: LayerDefinition): string[] {
  const { doc, formula, use, source, fields } = kind;
  return [
    `## ${heading(kind)}`,
    plain(doc),
    block([...formula]),
    table(
      ['Field', 'Left out', 'Values', 'Meaning'],
      Object.entries(fields).map(([name, { standard, domain, doc: meaning }]) => [
        code(name),
        standard === '' ? 'required' : plain(standard),
        plain(domain),
        plain(meaning),
      ]),
    ),
    `**When to use it.** ${plain(use)}`,
    ...(source ? [`**Source.** ${plain(source)}`] : []),
  ];
}
