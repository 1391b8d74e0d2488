/** The networks that the GPU is held to, for the page that computes and the tests that report. */
import type { Dataset } from '../../src/engine/problems/dataset';
import { network, type SmallNetwork, smallNetworks } from '../engine/backends/everyLayer';

/** Pixels and classes, with a loss against numbers: one for each of several classes, or a single one for two. */
function ofBytes(outputs: number): SmallNetwork {
  const [samples, inputs, classes] = [24, 7, Math.max(2, outputs)];
  const name = `pixels against ${outputs} numbers`;
  const { plan } = network(name, [inputs], [{ dense: 5, activation: 'relu' }, { dense: outputs }], 'meanSquaredError');
  const x = Uint8Array.from({ length: samples * inputs }, (_, i) => (i * 73 + 11) % 256);
  const labels = Int32Array.from({ length: samples }, (_, i) => (i * 5 + 1) % classes);
  const names = Array.from({ length: classes }, (_, i) => `${i}`);
  const data: Dataset = { name, samples, inputs, x, scale: 1 / 255, y: { kind: 'classes', classes, names, labels } };
  return { name, plan, data };
}

export const networkCases: readonly SmallNetwork[] = [...smallNetworks, ofBytes(1), ofBytes(3)];

/** Networks to be made where there is little room: one whose samples are apart from one another, and one in which they are not. */
export const crampedNetworks = {
  wide: network('wide', [40], [{ dense: 30, activation: 'tanh' }, { dense: 2 }], 'crossEntropy'),
  norm: network('norm', [40], [{ dense: 30 }, { batchNorm: true, activation: 'tanh' }, { dense: 2 }], 'crossEntropy'),
};
