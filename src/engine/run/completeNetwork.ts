/** A network's specification made complete and fitted to its data: sizes, loss, activations, initialisers. */
import { findLoss } from '../network/losses';
import type { DensePlan, NetworkPlan } from '../network/plan';
import type { Dataset } from '../problems/dataset';
import { showCount } from '../problems/files';
import { defaultInit, defaults } from './defaults';
import { checkSize } from './size';
import { SpecificationError, type NetworkSpecification } from './specification';

/**
 * Fills in what is left open and checks that the network fits the data.
 * @throws SpecificationError where inputs, outputs or loss do not fit, or the network is too large
 */
export function completeNetwork(network: NetworkSpecification, data: Dataset): Required<NetworkSpecification> {
  if (network.inputs !== undefined && network.inputs !== data.inputs)
    throw new SpecificationError(
      'problem.network.inputs',
      `found ${showCount(network.inputs)}, but ${data.name} has ${showCount(data.inputs)} features a sample; leave the field out to take them from the data.`,
    );
  const loss = network.loss ?? (data.y.kind === 'classes' ? 'crossEntropy' : 'meanSquaredError');
  checkSize(network.layers, data.inputs);
  checkOutputs(network.layers[network.layers.length - 1].dense, loss, data, `problem.network.layers[${network.layers.length - 1}].dense`);
  checkTargets(loss, data);
  const last = network.layers.length - 1;
  const layers = network.layers.map((layer, i) => {
    const activation = layer.activation ?? (i === last ? defaults.lastActivation : defaults.hiddenActivation);
    return { dense: layer.dense, activation, init: layer.init ?? defaultInit(activation), bias: layer.bias ?? defaults.bias };
  });
  return { inputs: data.inputs, layers, loss };
}

/** One output a class or target; two classes may also be one number, 0 or 1, for a loss that compares numbers. */
function checkOutputs(outputs: number, loss: string, { name, y }: Dataset, path: string): void {
  const wantsClass = findLoss(loss)?.against === 'class';
  if (wantsClass && y.kind === 'targets')
    throw new SpecificationError(
      'problem.network.loss',
      `found "${loss}", which needs classes, but ${name} has numbers to predict; use "meanSquaredError" or leave the field out.`,
    );
  const needed = y.kind === 'classes' ? y.classes : y.outputs;
  if (outputs === needed || (!wantsClass && y.kind === 'classes' && y.classes <= 2 && outputs === 1)) return;
  throw new SpecificationError(
    path,
    `found ${showCount(outputs)} outputs, but ${name} has ${needed} ${y.kind === 'classes' ? 'classes' : 'targets'}; the last layer needs ${needed}.`,
  );
}

/** Numbers to predict must be such as the loss can be compared with. */
function checkTargets(loss: string, { name, y }: Dataset): void {
  const wants = findLoss(loss)?.wants;
  if (!wants || y.kind !== 'targets') return;
  const fault = y.values.findIndex((value) => !(value >= wants[0] && value <= wants[1]));
  if (fault < 0) return;
  throw new SpecificationError(
    'problem.network.loss',
    `found "${loss}", which needs targets from ${wants[0]} to ${wants[1]}, but ${name} has ${y.values[fault]} for sample ` +
      `${showCount(Math.floor(fault / y.outputs))}, counted from 0; use "meanSquaredError" or scale the targets.`,
  );
}

/** The layers with their inputs written out. */
export function planLayers(network: Required<NetworkSpecification>): DensePlan[] {
  let inputs = network.inputs;
  return network.layers.map(({ dense, activation, init, bias }) => {
    const plan: DensePlan = {
      kind: 'dense',
      inputs,
      outputs: dense,
      activation: activation ?? defaults.lastActivation,
      init: init ?? defaultInit(activation ?? defaults.lastActivation),
      bias: bias ?? defaults.bias,
    };
    inputs = dense;
    return plan;
  });
}

/** What the backends build. */
export const planNetwork = (network: Required<NetworkSpecification>, seed: number, given?: NetworkPlan['given']): NetworkPlan => ({
  inputs: network.inputs,
  layers: planLayers(network),
  loss: network.loss,
  seed,
  ...(given ? { given } : {}),
});
