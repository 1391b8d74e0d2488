/** Small networks under many rules, for one workgroup: the same list for the page that computes and for the tests that report. */
import type { Adapter } from '../../src/engine/backends/webgpu/definition';
import type { LayerSpecification } from '../../src/engine/network/layers';
import type { Settings } from '../../src/engine/language';

export interface TinyCase {
  readonly title: string;
  readonly kind: Adapter['kind'];
  readonly inputs: number;
  readonly layers: readonly LayerSpecification[];
  readonly loss: string;
  readonly rule: string;
  readonly settings: Partial<Settings>;
  /** The most samples of a step; every fifth step has fewer. */
  readonly batch: number;
  /** Features as bytes, to be multiplied by this. */
  readonly scale?: number;
  /** Two classes told by one output. */
  readonly classes?: boolean;
}

const tanh = [{ dense: 16, activation: 'tanh' }, { dense: 16, activation: 'tanh' }, { dense: 1 }] as const;
const shortcut = [{ dense: 6, activation: 'relu' }, { residual: [{ dense: 6, activation: 'relu' }, { dense: 6 }] }, { dense: 2 }] as const;

export const tinyCases: readonly TinyCase[] = [
  {
    title: 'Adam on 2-16-16-1',
    kind: 'software',
    inputs: 2,
    layers: tanh,
    loss: 'meanSquaredError',
    rule: 'adam',
    settings: {},
    batch: 32,
  },
  {
    title: 'Adam on 2-16-16-1 by many threads',
    kind: 'hardware',
    inputs: 2,
    layers: tanh,
    loss: 'meanSquaredError',
    rule: 'adam',
    settings: { lr: 0.01 },
    batch: 64,
  },
  {
    title: 'LAMB, which takes norms of layers, with classes of bytes',
    kind: 'software',
    inputs: 5,
    layers: [{ dense: 7, activation: 'gelu' }, { dense: 3 }],
    loss: 'crossEntropy',
    rule: 'lamb',
    settings: { lr: 0.02, weightDecay: 0.01 },
    batch: 17,
    scale: 1 / 255,
  },
  {
    title: 'SGD with momentum and one rate for all, through a shortcut',
    kind: 'software',
    inputs: 4,
    layers: shortcut,
    loss: 'huber',
    rule: 'sgd',
    settings: { lr: 0.05, momentum: 0.9 },
    batch: 9,
  },
  {
    title: 'MoMo, which reads the loss and has a rate a layer of its own',
    kind: 'hardware',
    inputs: 4,
    layers: shortcut,
    loss: 'meanSquaredError',
    rule: 'momo',
    settings: { lr: 0.05 },
    batch: 9,
  },
  {
    title: 'Adafactor, whose rates are by row and column, with two classes and an activation at the end',
    kind: 'software',
    inputs: 6,
    layers: [
      { dense: 13, activation: 'silu' },
      { dense: 1, activation: 'leakyRelu' },
    ],
    loss: 'binaryCrossEntropy',
    rule: 'adafactor',
    settings: { lr: 0.01 },
    batch: 12,
    classes: true,
  },
];
