/** What a plan comes to: its operations, its values, and its parameter tensors in the order that everything keeps them. */
import type { Layer } from '../backends/backend';
import { suggestion } from '../suggest';
import { type Buffer, LayerFault, NetworkBuilder, sizeOf, type Start } from './builder';
import { type Loss, losses } from './losses';
import type { Operation, ValueShape } from './operations';
import type { NetworkPlan } from './plan';

export interface Structure {
  /** One sample: [784] or [1, 28, 28]. */
  readonly inputs: ValueShape;
  /** In an order in which each can be computed; the last makes the network's outputs. */
  readonly operations: readonly Operation[];
  /** `values[0]` is the sample, `values[i + 1]` what operation i makes. */
  readonly values: readonly ValueShape[];
  /** `dense1.weight`, `dense1.bias`, `convolution1.weight`, … */
  readonly layers: readonly Layer[];
  /** What is kept beside the weights: `batchNorm1.runningMean`, `batchNorm1.runningVariance`, … */
  readonly buffers: readonly Buffer[];
  /** How each layer's weight and bias start, in the order of `layers`. */
  readonly starts: readonly Start[];
  readonly loss: Loss;
  /** All numbers of all layers. */
  readonly parameters: number;
  /** Numbers that come out for one sample. */
  readonly outputs: number;
}

/**
 * @throws LayerFault where a layer does not fit what comes into it or is too large, or none has weights
 * @throws Error where a name is unknown
 */
export function structure(plan: NetworkPlan): Structure {
  const inputs = typeof plan.inputs === 'number' ? [plan.inputs] : plan.inputs;
  const builder = new NetworkBuilder(inputs);
  builder.chain(plan.layers, 0);
  const { operations, values, layers, buffers, starts, parameters } = builder;
  if (parameters === 0) throw new LayerFault('layers', 'form', 'no layer has weights; at least one is expected.');
  const outputs = sizeOf(values[values.length - 1]);
  return {
    inputs,
    operations,
    values,
    layers,
    buffers,
    starts,
    loss: findLossNamed(plan.loss),
    parameters,
    outputs,
  };
}

/** Whether second moments of the layers' signals say anything of the whole network: where all its weights are those of dense layers. */
export const hasMoments = ({ operations }: Pick<Structure, 'operations'>): boolean =>
  operations.every(({ kind }) => kind === 'dense' || kind === 'activation' || kind === 'dropout');

/** The network in which nothing is drawn: each reader of a drawn value reads what that was drawn upon. */
export function withoutDraws(structure: Structure): Structure {
  const { operations, values } = structure;
  const moved: number[] = [0];
  const kept: Operation[] = [];
  const shapes = [values[0]];
  operations.forEach((operation, i) => {
    if (operation.kind === 'dropout' || operation.kind === 'noise') moved.push(moved[operation.from[0]]);
    else {
      kept.push({ ...operation, from: operation.from.map((v) => moved[v]) });
      moved.push(shapes.push(values[i + 1]) - 1);
    }
  });
  return { ...structure, operations: kept, values: shapes };
}

/** Whether samples of a mini-batch depend on one another, so that a block must hold them all. */
export const isJoint = ({ operations }: Structure): boolean => operations.some(({ kind }) => kind === 'batchNorm');

function findLossNamed(name: string): Loss {
  const found = losses.find((loss) => loss.name === name);
  if (found) return found;
  const names = losses.map((loss) => loss.name);
  throw new Error(`There is no loss called ${name}; there are ${names.join(', ')}.${suggestion(name, names)}`);
}
