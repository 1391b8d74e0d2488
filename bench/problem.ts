/**
 * What a timed network trains on: made samples that it can learn, with a tenth of the classes wrong, so that gradients stay of ordinary
 * size for as long as one likes; and the weights that it starts from. The same for us and, by files of raw numbers, for every peer.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

function dataOf({ widths, loss, stored, id }: Case, samples: number, random: Random): Dataset {
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

/** A case as peers read it: files of raw numbers in the machine's byte order. */
export interface CaseFiles extends Pick<Case, 'id' | 'widths' | 'activation' | 'loss' | 'batch'> {
  readonly batches: number;
  /** float32 [batches][batch][inputs]: the mini-batches ready-made, so that no peer is charged for drawing them. */
  readonly x: string;
  /** int32 classes or float32 targets [batches][batch]. */
  readonly y: string;
  /** float32, the weights one after the other. */
  readonly weights: string;
}

/** Writes the case's files into a folder. */
export function writeProblem({ id, widths, activation, loss, batch }: Case, { data, rows, weights }: Problem, folder: string): CaseFiles {
  const { x, scale, inputs, y } = data;
  const file = (name: string, numbers: Float32Array | Int32Array): string => {
    const path = join(folder, `${id}.${name}`);
    writeFileSync(path, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    return path;
  };
  const chosen = rows.flatMap((of) => [...of]);
  const features = new Float32Array(chosen.length * inputs);
  chosen.forEach((row, i) => {
    for (let j = 0; j < inputs; j++) features[i * inputs + j] = x[row * inputs + j] * scale;
  });
  const wanted = y.kind === 'classes' ? Int32Array.from(chosen, (row) => y.labels[row]) : Float32Array.from(chosen, (row) => y.values[row]);
  const joined = new Float32Array(weights.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const tensor of weights) {
    joined.set(tensor, at);
    at += tensor.length;
  }
  return {
    ...{ id, widths, activation, loss, batch, batches },
    x: file('x.f32', features),
    y: file(y.kind === 'classes' ? 'y.i32' : 'y.f32', wanted),
    weights: file('w.f32', joined),
  };
}
