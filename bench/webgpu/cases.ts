/**
 * The networks that are timed on WebGPU, each with its batch and its bar: how many times as fast as the fastest peer in the same browser on
 * the same adapter a step must be. A step is forward, backward and Adam's update in float32.
 */
import { completeLayers } from '../../src/engine/network/complete';
import type { LayerSpecification } from '../../src/engine/network/layers';
import type { NetworkPlan } from '../../src/engine/network/plan';

export interface GpuCase {
  readonly name: string;
  readonly plan: NetworkPlan;
  readonly batch: number;
  /** Are features stored as bytes, as images are, or as 32-bit floats? */
  readonly stored: 'bytes' | 'floats';
  /** The least that the ratio fastest peer ÷ ours of the times of a step may be. */
  readonly atLeast: number;
}

const seed = 1;
const plan = (inputs: number | readonly number[], layers: readonly LayerSpecification[], loss: string): NetworkPlan => ({
  inputs,
  layers: completeLayers(layers),
  loss,
  seed,
});
const dense = (widths: readonly number[], activation: string): LayerSpecification[] =>
  widths.map((width, i) => (i < widths.length - 1 ? { dense: width, activation } : { dense: width }));

export const cases: readonly GpuCase[] = [
  {
    name: '2-16-16-1 tanh',
    plan: plan(2, dense([16, 16, 1], 'tanh'), 'meanSquaredError'),
    batch: 32,
    stored: 'floats',
    atLeast: 4,
  },
  { name: '784-128-10 ReLU', plan: plan(784, dense([128, 10], 'relu'), 'crossEntropy'), batch: 64, stored: 'bytes', atLeast: 2 },
  {
    name: '784-1024-1024-10 ReLU',
    plan: plan(784, dense([1024, 1024, 10], 'relu'), 'crossEntropy'),
    batch: 128,
    stored: 'bytes',
    atLeast: 1.2,
  },
  {
    name: 'LeNet-5',
    plan: plan(
      [1, 28, 28],
      [
        { convolution: 6, kernel: 5, padding: 2, activation: 'tanh' },
        { averagePool: 2 },
        { convolution: 16, kernel: 5, activation: 'tanh' },
        { averagePool: 2 },
        { flatten: true },
        ...dense([120, 84, 10], 'tanh'),
      ],
      'crossEntropy',
    ),
    batch: 64,
    stored: 'bytes',
    atLeast: 1.2,
  },
];
