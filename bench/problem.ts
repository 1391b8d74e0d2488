/**
 * What a timed network trains on: made samples that it can learn, with a tenth of the classes wrong, so that gradients stay of ordinary
 * size for as long as one likes; and the weights that it starts from. The same for us and for every peer.
 */
import type { Dataset } from '../src/engine/problems/dataset';
import { Random } from '../src/engine/random';
import type { Case } from './cases';

/** Mini-batches that the steps go through, in turn. */
export const batches = 32;
/** Samples of a data set of images; those of small networks have as many as the batches need. */
const images = 10_000;
/** The share of the samples whose class is another one. */
const wrong = 0.1;

export interface Problem {
  readonly data: Dataset;
  /** The samples of each mini-batch. */
  readonly rows: readonly Uint32Array[];
  /** Tensors in the order weight [out][in], bias, layer after layer. */
  readonly weights: readonly Float32Array[];
}

export function problemOf(one: Case): Problem {
  const { widths, batch, id } = one;
  const random = new Random(1, `bench/${id}`);
  const samples = one.stored === 'bytes' ? images : batches * batch;
  const order = random.permutation(samples);
  const rows = Array.from({ length: batches }, (_, i) => order.slice(i * batch, (i + 1) * batch));
  const weights = widths.slice(1).flatMap((outputs, l) => {
    const bound = 1 / Math.sqrt(widths[l]);
    const draw = (): number => bound * (2 * random.uniform() - 1);
    return [Float32Array.from({ length: outputs * widths[l] }, draw), Float32Array.from({ length: outputs }, draw)];
  });
  return { data: dataOf(one, samples, random), rows, weights };
}

/** @param made what the samples are: numbers of each layer (only those in and out matter), how stored, what the loss compares with */
export function dataOf(
  { widths, loss, stored, id }: Pick<Case, 'widths' | 'loss' | 'stored' | 'id'>,
  samples: number,
  random: Random,
): Dataset {
  const inputs = widths[0];
  const numbers = samples * inputs;
  const x =
    stored === 'bytes'
      ? new Uint8Array(Uint32Array.from({ length: Math.ceil(numbers / 4) }, () => random.uint32()).buffer, 0, numbers)
      : Float32Array.from({ length: numbers }, () => 2 * random.uniform() - 1);
  const scale = stored === 'bytes' ? 1 / 255 : 1;
  const common = { name: `made for ${id}`, samples, inputs, x, scale };
  if (loss === 'meanSquaredError') {
    const values = Float64Array.from({ length: samples }, (_, i) => Math.fround(Math.sin(3 * x[2 * i]) * x[2 * i + 1]));
    return { ...common, y: { kind: 'targets', outputs: 1, values } };
  }
  const classes = widths[widths.length - 1];
  const teacher = Float64Array.from({ length: classes * inputs }, () => random.normal());
  const middle = stored === 'bytes' ? 127.5 : 0;
  const labels = Int32Array.from({ length: samples }, (_, i) => {
    if (random.uniform() < wrong) return random.integer(classes);
    let best = 0;
    let most = -Infinity;
    for (let k = 0; k < classes; k++) {
      let sum = 0;
      for (let j = 0; j < inputs; j++) sum += teacher[k * inputs + j] * (x[i * inputs + j] - middle);
      if (sum > most) [best, most] = [k, sum];
    }
    return best;
  });
  return { ...common, y: { kind: 'classes', classes, names: [], labels } };
}
