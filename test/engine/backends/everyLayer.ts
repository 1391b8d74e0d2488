/**
 * Networks that between them have every kind of layer, every activation and every loss, for whoever holds one backend against another or
 * against calculus. Small images and few filters: the reference takes a fraction of a second for a hundred steps of one.
 */
import { activations } from '../../../src/engine/network/activations';
import { sizeOf } from '../../../src/engine/network/builder';
import { completeLayers } from '../../../src/engine/network/complete';
import type { LayerSpecification } from '../../../src/engine/network/layers';
import { losses } from '../../../src/engine/network/losses';
import type { ValueShape } from '../../../src/engine/network/operations';
import type { NetworkPlan } from '../../../src/engine/network/plan';
import { structure } from '../../../src/engine/network/structure';
import type { Dataset } from '../../../src/engine/problems/dataset';
import { randomData } from './data';

export interface SmallNetwork {
  readonly name: string;
  readonly plan: NetworkPlan;
  readonly data: Dataset;
}

const seed = 7;
const samples = 24;

/** A network as a specification says it, with random data that fit. */
export function network(name: string, inputs: ValueShape, layers: readonly LayerSpecification[], loss: string): SmallNetwork {
  const plan: NetworkPlan = { inputs, layers: completeLayers(layers), loss, seed };
  return { name, plan, data: randomData(seed, samples, sizeOf(inputs), structure(plan).outputs, loss) };
}

const same = { kernel: 3, padding: 'same' } as const;
const norm = { batchNorm: true } as const;

/** Layers of every kind. */
const kinds: readonly SmallNetwork[] = [
  network('logistic regression', [6], [{ dense: 3 }], 'crossEntropy'),
  network(
    'noise, dropout and dense layers',
    [8],
    [
      { noise: 0.1 },
      { dense: 12, activation: 'tanh' },
      { dropout: 0.3 },
      { dense: 9, activation: 'sigmoid' },
      { dropout: 0.2 },
      { dense: 3 },
    ],
    'crossEntropy',
  ),
  network(
    'LeNet-5',
    [1, 8, 8],
    [
      { convolution: 3, ...same, activation: 'tanh' },
      { averagePool: 2 },
      { convolution: 4, kernel: 3, activation: 'tanh' },
      { flatten: true },
      { dense: 8, activation: 'tanh' },
      { dense: 6, activation: 'tanh' },
      { dense: 3 },
    ],
    'crossEntropy',
  ),
  network(
    'convolutions with strides, padding and max pooling',
    [2, 7, 6],
    [
      { convolution: 4, kernel: [3, 2], stride: 2, padding: 1, activation: 'silu' },
      { dropout: 0.1 },
      { maxPool: 2, stride: 1 },
      { convolution: 3, kernel: 2, activation: 'softplus' },
      { maxPool: 3, padding: 1 },
      { dense: 2 },
    ],
    'meanSquaredError',
  ),
  network(
    'batch norm of images and of rows',
    [2, 6, 6],
    [
      { convolution: 3, kernel: 3 },
      { ...norm, activation: 'elu' },
      { averagePool: [2, 3], stride: 2, padding: 1 },
      { flatten: true },
      norm,
      { dense: 7 },
      { ...norm, momentum: 0.3, eps: 0.01, activation: 'tanh' },
      { dense: 2 },
    ],
    'huber',
  ),
  network(
    'residual blocks',
    [1, 6, 6],
    [
      { convolution: 3, ...same },
      { ...norm, activation: 'gelu' },
      { residual: [{ convolution: 3, ...same }, { ...norm, activation: 'silu' }, { convolution: 3, ...same }, norm], activation: 'silu' },
      {
        residual: [
          { convolution: 4, kernel: 3, stride: 2, padding: 1 },
          { ...norm, activation: 'tanh' },
          { convolution: 4, ...same },
          norm,
        ],
        shortcut: [{ convolution: 4, kernel: 1, stride: 2 }, norm],
        activation: 'mish',
      },
      { averagePool: 3 },
      { dense: 3 },
    ],
    'crossEntropy',
  ),
  network(
    'no dense layer',
    [1, 6, 6],
    [{ convolution: 4, kernel: 3, activation: 'softsign' }, { convolution: 2, kernel: 1 }, { averagePool: 4 }, { activation: 'tanh' }],
    'binaryCrossEntropy',
  ),
  network(
    'a residual block of dense layers',
    [5],
    [
      { dense: 6, activation: 'tanh' },
      { residual: [{ dense: 7, activation: 'selu' }, { dense: 6 }], activation: 'identity' },
      { dense: 2 },
    ],
    'meanAbsoluteError',
  ),
];

/** Every activation three to a network, the losses in turn. */
const functions: readonly SmallNetwork[] = Array.from({ length: Math.ceil(activations.length / 3) }, (_, k) => {
  const names = activations.slice(3 * k, 3 * k + 3).map(({ name }) => name);
  const loss = losses[k % losses.length].name;
  return network(names.join(', '), [5], [...names.map((activation, i) => ({ dense: 8 - i, activation })), { dense: 2 }], loss);
});

export const smallNetworks: readonly SmallNetwork[] = [...kinds, ...functions];

/** The same network in which nothing is drawn: dropout of nothing, noise of no size. */
export const withoutDraws = ({ plan, ...rest }: SmallNetwork): SmallNetwork => ({
  ...rest,
  plan: {
    ...plan,
    layers: plan.layers.map((layer) => ('dropout' in layer ? { ...layer, dropout: 0 } : 'noise' in layer ? { ...layer, noise: 0 } : layer)),
  },
});
