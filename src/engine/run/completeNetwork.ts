/** A network's specification made complete and fitted to its data: form of the inputs, layers, loss. */
import { LayerFault, sizeOf, showShape } from '../network/builder';
import { completeLayers } from '../network/complete';
import { type LayerSpecification, layerOf } from '../network/layers';
import { findLoss } from '../network/losses';
import type { ValueShape } from '../network/operations';
import type { NetworkPlan } from '../network/plan';
import { structure, type Structure } from '../network/structure';
import type { Dataset } from '../problems/dataset';
import { showCount } from '../problems/files';
import { SpecificationError, type NetworkSpecification } from './specification';

const path = 'problem.network';

/**
 * Fills in what is left open and checks that the network fits the data.
 * @throws SpecificationError where inputs, layers, outputs or loss do not fit, or the network is too large
 */
export function completeNetwork(network: NetworkSpecification, data: Dataset): Required<NetworkSpecification> {
  const inputs = chooseInputs(network, data);
  const loss = network.loss ?? (data.y.kind === 'classes' ? 'crossEntropy' : 'meanSquaredError');
  const layers = completeLayers(network.layers);
  const complete = { inputs, layers, loss };
  const { outputs } = buildNetwork(complete);
  checkOutputs(outputs, loss, data, outputPath(layers));
  checkTargets(loss, data);
  return complete;
}

/** What a complete network comes to. @throws SpecificationError where a layer does not fit what comes into it, or is too large */
export function buildNetwork(network: Required<NetworkSpecification>): Structure {
  return located(() => structure(planNetwork(network, 0)));
}

/** Numbers that come out of a network for one sample of these data; null where it does not fit them, which `completeNetwork` will tell. */
export function outputsOf(network: NetworkSpecification, data: Dataset): number | null {
  try {
    return buildNetwork({ inputs: chooseInputs(network, data), layers: completeLayers(network.layers), loss: 'crossEntropy' }).outputs;
  } catch (error) {
    if (error instanceof SpecificationError) return null;
    throw error;
  }
}

/** Lets a fault of a layer come out under its field. */
export function located<Result>(build: () => Result): Result {
  try {
    return build();
  } catch (error) {
    throw error instanceof LayerFault ? new SpecificationError(`${path}.${error.path}`, error.message) : error;
  }
}

/** Channels, height and width where somebody gave them or a layer needs them; otherwise the number of features. */
function chooseInputs({ inputs, layers }: NetworkSpecification, { name, inputs: features, shape: form }: Dataset): number | ValueShape {
  if (inputs === undefined) return needsForm(layers) && form ? form : features;
  const given = typeof inputs === 'number' ? [inputs] : inputs.length === 2 ? [1, ...inputs] : inputs;
  if (sizeOf(given) === features) return given.length === 1 ? features : given;
  const found = given.length === 1 ? showCount(given[0]) : `${showShape(given)}, ${showCount(sizeOf(given))} numbers`;
  const has = form ? `${showCount(features)} (${showShape(form)})` : showCount(features);
  throw new SpecificationError(
    `${path}.inputs`,
    `found ${found}, but ${name} has ${has} features a sample; leave the field out to take them from the data.`,
  );
}

/** Whether a layer, or one within it, works on images. */
const needsForm = (layers: readonly LayerSpecification[]): boolean =>
  layers.some((layer) => {
    const kind = layerOf(layer);
    const branches = Object.entries(kind.fields).filter(([, { branch }]) => branch);
    return kind.needsForm || branches.some(([name]) => needsForm((layer[name] ?? []) as readonly LayerSpecification[]));
  });

/** The field that says how many outputs there are. */
function outputPath(layers: readonly LayerSpecification[]): string {
  const last = layers.reduce((found, layer, i) => (layerOf(layer).mixes ? i : found), layers.length - 1);
  return `${path}.layers[${last}]${layerOf(layers[last]).mixes ? `.${layerOf(layers[last]).name}` : ''}`;
}

/** One output a class or target; two classes may also be one number, 0 or 1, for a loss that compares numbers. */
function checkOutputs(outputs: number, loss: string, { name, y }: Dataset, field: string): void {
  const wantsClass = findLoss(loss)?.against === 'class';
  if (wantsClass && y.kind === 'targets')
    throw new SpecificationError(
      `${path}.loss`,
      `found "${loss}", which needs classes, but ${name} has numbers to predict; use "meanSquaredError" or leave the field out.`,
    );
  const needed = y.kind === 'classes' ? y.classes : y.outputs;
  if (outputs === needed || (!wantsClass && y.kind === 'classes' && y.classes <= 2 && outputs === 1)) return;
  throw new SpecificationError(
    field,
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
    `${path}.loss`,
    `found "${loss}", which needs targets from ${wants[0]} to ${wants[1]}, but ${name} has ${y.values[fault]} for sample ` +
      `${showCount(Math.floor(fault / y.outputs))}, counted from 0; use "meanSquaredError" or scale the targets.`,
  );
}

/** What the backends build. */
export const planNetwork = (network: Required<NetworkSpecification>, seed: number, given?: NetworkPlan['given']): NetworkPlan => ({
  inputs: network.inputs,
  layers: network.layers,
  loss: network.loss,
  seed,
  ...(given ? { given } : {}),
});
