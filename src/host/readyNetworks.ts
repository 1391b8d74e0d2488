/** Networks to choose without typing: dense ones for any data, and two well-known convolutional ones for images. Knows nothing of the editor. */
import type { LayerSpecification } from '../engine/network/layers';
import { denseNetwork, type NetworkChoice } from './networkText';

/** [channels, height, width] */
export type ImageShape = readonly [number, number, number];

type Hidden = readonly (readonly [widths: readonly number[], activation: string])[];

const denses = (outputs: number, offers: Hidden): NetworkChoice[] =>
  offers.map(([hidden, activation]) => denseNetwork(hidden, outputs, activation));

/** For few features and classes whose borders bend. */
export const classifiers = (outputs: number): NetworkChoice[] =>
  denses(outputs, [
    [[16, 16], 'relu'],
    [[16, 16], 'tanh'],
    [[64, 64, 64], 'relu'],
    [[16, 16], 'sigmoid'],
    [[], 'identity'],
  ]);

/** For curves. */
export const regressors = (outputs: number): NetworkChoice[] =>
  denses(outputs, [
    [[32, 32], 'tanh'],
    [[32, 32], 'relu'],
    [[8], 'tanh'],
    [[], 'identity'],
  ]);

/** For data of a file: wider where there are many features. */
export const networksFor = (inputs: number, outputs: number): NetworkChoice[] =>
  denses(
    outputs,
    inputs >= 100
      ? [
          [[128], 'relu'],
          [[128, 64], 'relu'],
          [[128], 'tanh'],
          [[], 'identity'],
        ]
      : [
          [[32], 'relu'],
          [[32, 32], 'relu'],
          [[32, 32], 'tanh'],
          [[], 'identity'],
        ],
  );

/**
 * LeNet-5 (LeCun et al. 1998) with the tanh and the average pooling that it had, on images of any size and with every filter of the second
 * convolution looking at all channels.
 */
const leNet = (outputs: number): NetworkChoice => ({
  name: 'LeNet-5',
  layers: [
    { convolution: 6, kernel: 5, padding: 'same', activation: 'tanh' },
    { averagePool: 2 },
    { convolution: 16, kernel: 5, activation: 'tanh' },
    { averagePool: 2 },
    { dense: 120, activation: 'tanh' },
    { dense: 84, activation: 'tanh' },
    { dense: outputs },
  ],
});

const convolution = (filters: number, stride = 1): LayerSpecification[] => [
  stride === 1 ? { convolution: filters, kernel: 3, padding: 'same' } : { convolution: filters, kernel: 3, stride, padding: 1 },
  { batchNorm: true },
];
const twice = (filters: number, stride = 1): LayerSpecification[] => {
  const [first, norm] = convolution(filters, stride);
  return [first, { ...norm, activation: 'relu' }, ...convolution(filters)];
};

/** Two residual blocks (He et al. 2016), the second of half the height and width, then the mean of each channel. */
function smallResidual([, height, width]: ImageShape, outputs: number): NetworkChoice {
  const [first, norm] = convolution(8);
  return {
    name: 'Small residual network',
    layers: [
      first,
      { ...norm, activation: 'relu' },
      { residual: twice(8) },
      { residual: twice(16, 2), shortcut: [{ convolution: 16, kernel: 1, stride: 2 }, { batchNorm: true }] },
      { averagePool: [Math.ceil(height / 2), Math.ceil(width / 2)] },
      { dense: outputs },
    ],
  };
}

/** For images; those that they are too small for are sorted out by who knows the data. */
export const imageNetworks = (shape: ImageShape, outputs: number): NetworkChoice[] => [leNet(outputs), smallResidual(shape, outputs)];
