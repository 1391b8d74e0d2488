/** Data sets for the backends' tests, made of given or random numbers. It imports nothing of Node, so that pages in a browser have them, too. */
import { findLoss } from '../../../src/engine/network/losses';
import type { Dataset } from '../../../src/engine/problems/dataset';
import { Random } from '../../../src/engine/random';

/** Labels of `classes` classes for a data set. */
export const classes = (labels: readonly number[], count: number): Dataset['y'] => ({
  kind: 'classes',
  classes: count,
  names: Array.from({ length: count }, (_, i) => `${i}`),
  labels: Int32Array.from(labels),
});

export const targets = (values: readonly number[], outputs: number): Dataset['y'] => ({
  kind: 'targets',
  outputs,
  values: Float64Array.from(values),
});

export function dataset(inputs: number, x: Dataset['x'], y: Dataset['y'], scale = 1): Dataset {
  return { name: 'test data', samples: x.length / inputs, inputs, x, scale, y };
}

/** Random samples that fit a network. */
export function randomData(seed: number, samples: number, inputs: number, outputs: number, loss: string): Dataset {
  const random = new Random(seed, 'data');
  const x = Float32Array.from({ length: samples * inputs }, () => random.normal());
  const labels = Array.from({ length: samples }, () => random.integer(outputs));
  const squeeze = findLoss(loss)?.wants ? (value: number) => 1 / (1 + Math.exp(-value)) : (value: number) => value;
  const values = Array.from({ length: samples * outputs }, () => Math.fround(squeeze(random.normal())));
  return dataset(inputs, x, loss === 'crossEntropy' ? classes(labels, outputs) : targets(values, outputs));
}
