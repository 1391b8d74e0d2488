/** What a timed network trains on in the browser: data as the engine has them, mini-batches and first weights as plain arrays for the peers. */
import { sizeOf } from '../../src/engine/network/builder';
import { startingLayers } from '../../src/engine/network/initial';
import { structure } from '../../src/engine/network/structure';
import type { Dataset } from '../../src/engine/problems/dataset';
import { Random } from '../../src/engine/random';
import { batches, dataOf } from '../problem';
import type { GpuCase } from './cases';

/** Samples of a data set of images; those of small networks have as many as the batches need. */
const images = 4096;

/** One thing that a network does, as a peer builds it. */
export type PeerOperation =
  | { readonly kind: 'dense' | 'flatten' }
  | { readonly kind: 'activation'; readonly name: string }
  | { readonly kind: 'convolution'; readonly padding: number }
  | { readonly kind: 'averagePooling'; readonly window: number };

export interface PeerCase {
  readonly batch: number;
  readonly batches: number;
  /** Of one sample: features, or channels × height × width. */
  readonly inputs: readonly number[];
  readonly outputs: number;
  readonly loss: 'meanSquaredError' | 'crossEntropy';
  readonly operations: readonly PeerOperation[];
  /** By mini-batch, samples × features, and samples × outputs: classes one-hot. */
  readonly x: readonly Float32Array[];
  readonly y: readonly Float32Array[];
  /** weight [out][in] or [filters][channels][height][width], bias, layer after layer. */
  readonly weights: readonly { readonly shape: readonly number[]; readonly values: Float32Array }[];
}

export interface GpuProblem {
  readonly data: Dataset;
  readonly rows: readonly Uint32Array[];
  readonly peer: PeerCase;
}

export function problemOf({ name, plan, batch, stored }: GpuCase): GpuProblem {
  const network = structure(plan);
  const { inputs, outputs, layers, operations } = network;
  const size = sizeOf(inputs);
  const loss = plan.loss === 'crossEntropy' ? 'crossEntropy' : 'meanSquaredError';
  const random = new Random(1, `bench/${name}`);
  const samples = stored === 'bytes' ? images : batches * batch;
  const order = random.permutation(samples);
  const rows = Array.from({ length: batches }, (_, i) => order.slice(i * batch, (i + 1) * batch));
  const data = dataOf({ widths: [size, outputs], loss, stored, id: name }, samples, random);
  const { x, y, scale } = data;
  const features = (row: number): Float32Array => Float32Array.from(x.subarray(row * size, (row + 1) * size), (value) => value * scale);
  const wanted = (row: number): Float32Array =>
    Float32Array.from({ length: outputs }, (_, j) => (y.kind === 'targets' ? y.values[row * outputs + j] : y.labels[row] === j ? 1 : 0));
  const joined = (of: Uint32Array, width: number, make: (row: number) => Float32Array): Float32Array => {
    const all = new Float32Array(of.length * width);
    of.forEach((row, i) => all.set(make(row), i * width));
    return all;
  };
  const tensors = [...startingLayers(plan)].flatMap(({ weight, bias }) => [weight, bias]);
  const peerOperations = operations.map((operation, i): PeerOperation[] => {
    const from = network.values[operation.from[0]];
    const flat: PeerOperation[] = operation.kind === 'dense' && from.length === 3 && i > 0 ? [{ kind: 'flatten' }] : [];
    switch (operation.kind) {
      case 'dense':
        return [...flat, { kind: 'dense' }];
      case 'activation':
        return [{ kind: 'activation', name: operation.function.name }];
      case 'convolution':
        return [{ kind: 'convolution', padding: operation.window.padding }];
      case 'averagePooling':
        return [{ kind: 'averagePooling', window: operation.window.kernelHeight }];
      default:
        throw new Error(`The peers have no ${operation.kind} here.`);
    }
  });
  return {
    data,
    rows,
    peer: {
      ...{ batch, batches, inputs, outputs, loss },
      operations: peerOperations.flat(),
      x: rows.map((of) => joined(of, size, features)),
      y: rows.map((of) => joined(of, outputs, wanted)),
      weights: layers.map(({ shape }, i) => ({ shape, values: Float32Array.from(tensors[i]) })),
    },
  };
}
