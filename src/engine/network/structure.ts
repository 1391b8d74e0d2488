/** What a plan's names stand for, and its parameter tensors in the order that everything keeps them: weight, bias, layer after layer. */
import type { Layer } from '../backends/backend';
import { suggestion } from '../suggest';
import { type Activation, activations } from './activations';
import { type Loss, losses } from './losses';
import type { DensePlan, NetworkPlan } from './plan';

/** One dense layer with its activation found. */
export interface Dense extends DensePlan {
  readonly name: string;
  readonly function: Activation;
}

export interface Structure {
  readonly dense: readonly Dense[];
  readonly loss: Loss;
  /** `dense1.weight`, `dense1.bias`, … */
  readonly layers: readonly Layer[];
  readonly parameters: number;
  /** Numbers that come out for one sample. */
  readonly outputs: number;
}

/** @throws Error where a name is unknown or one layer's inputs are not the outputs of the layer before */
export function structure(plan: NetworkPlan): Structure {
  let width = plan.inputs;
  const dense = plan.layers.map((layer, position) => {
    const name = `dense${position + 1}`;
    if (layer.inputs !== width) throw new Error(`${name} takes ${layer.inputs} inputs, but ${width} come in.`);
    width = layer.outputs;
    return { ...layer, name, function: named('activation', layer.activation, activations) };
  });
  if (dense.length === 0) throw new Error('The network has no layer; at least one is expected.');
  const layers = dense.flatMap(({ name, inputs, outputs }) => [
    { name: `${name}.weight`, shape: [outputs, inputs], parameters: outputs * inputs },
    { name: `${name}.bias`, shape: [outputs], parameters: outputs },
  ]);
  const parameters = layers.reduce((sum, layer) => sum + layer.parameters, 0);
  return { dense, loss: named('loss', plan.loss, losses), layers, parameters, outputs: width };
}

function named<T extends { readonly name: string }>(kind: string, name: string, known: readonly T[]): T {
  const found = known.find((one) => one.name === name);
  if (found) return found;
  const names = known.map((one) => one.name);
  throw new Error(`There is no ${kind} called ${name}; there are ${names.join(', ')}.${suggestion(name, names)}`);
}
