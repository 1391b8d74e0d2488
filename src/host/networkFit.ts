/** Does a network fit the data? What it comes to, and the program's own network with its ends fitted. Knows nothing of the editor. */
import { LayerFault, showShape } from '../engine/network/builder';
import { completeLayers } from '../engine/network/complete';
import { layerOf, type LayerSpecification } from '../engine/network/layers';
import { structure, type Structure } from '../engine/network/structure';
import { describeNetwork } from '../engine/run/describe';
import type { NetworkSketch } from '../source/reading';
import type { Ends, NetworkChoice } from './networkText';
import type { ImageShape } from './readyNetworks';

/** What a network is to be put between. */
export interface DataEnds extends Ends {
  /** Null where samples are no images. */
  readonly shape: ImageShape | null;
  readonly loss: string;
}

/** What a network comes to on these data: their numbers in a row, or as images where a layer needs them to be. @throws LayerFault where it does not fit */
export function build(layers: readonly LayerSpecification[], { inputs, shape, loss }: DataEnds): Structure {
  const plan = { layers: completeLayers(layers), loss, seed: 0 };
  try {
    return structure({ ...plan, inputs: [inputs] });
  } catch (error) {
    if (!shape || !(error instanceof LayerFault)) throw error;
    return structure({ ...plan, inputs: shape });
  }
}

/** Whether a layer of it works on images. */
export const seesImages = ({ layers }: NetworkChoice, data: DataEnds): boolean => build(layers, data).inputs.length > 1;

/** Whether it can be built on these data. */
export const fits = ({ layers }: NetworkChoice, data: DataEnds): boolean => typeof attempt(layers, data) !== 'string';

/** The same as `build`, but what is in the way as a sentence. */
function attempt(layers: readonly LayerSpecification[], data: DataEnds): Structure | string {
  try {
    return build(layers, data);
  } catch (error) {
    if (!(error instanceof LayerFault)) throw error;
    const [, at] = /^layers\[(\d+)\]/.exec(error.path) ?? [];
    const layer = at === undefined ? '' : `Its layer ${Number(at) + 1} (${layerOf(layers[Number(at)]).title.toLowerCase()}): `;
    return data.shape === null && error.about === 'form' ? 'It is for images, and these data are none.' : `${layer}${error.message}`;
  }
}

export interface Described {
  /** `1 × 28 × 28 → conv 6 → …`, `2-16-16-3 ReLU` */
  readonly layers: string;
  /** `371 weights` */
  readonly weights: string;
}

/** What a network comes to, in words. @returns a sentence where it does not fit */
export function describeOn({ layers }: NetworkChoice, data: DataEnds): Described | string {
  const built = attempt(layers, data);
  if (typeof built === 'string') return built;
  const inputs = built.inputs.length === 1 ? built.inputs[0] : built.inputs;
  return {
    layers: describeNetwork({ inputs, layers: completeLayers(layers) }),
    weights: `${built.parameters.toLocaleString('en')} weights`,
  };
}

/** The program's network on these data. */
export interface FittedSketch {
  readonly network: NetworkChoice;
  /** What is not as the program has it, one phrase each: `4 outputs, not 10`. Empty where it fits as it is. */
  readonly changes: readonly string[];
}

/**
 * Puts the program's network between these data. Dense layers and convolutions take what comes in, and the last one makes as many outputs as the
 * data have classes or targets; what that changes is told.
 * @returns a sentence where that is not possible
 */
export function fitSketch({ name, layers, incoming }: NetworkSketch, data: DataEnds): FittedSketch | string {
  const last = layers.reduce((found, layer, i) => (layerOf(layer).mixes ? i : found), -1);
  const end = layers.at(last);
  if (last < 0 || typeof end?.dense !== 'number') return 'It does not end with a dense layer, so that its outputs cannot be told.';
  if (data.loss === 'crossEntropy' && end.activation !== undefined && end.activation !== 'identity')
    return `It ends with ${end.activation}, but cross-entropy takes plain outputs here.`;
  const fitted = layers.map((layer, i) => (i === last ? { ...layer, dense: data.outputs } : layer));
  const built = attempt(fitted, data);
  if (typeof built === 'string') return built;
  const changes = built.starts.flatMap(({ name, shape }, i) => {
    const found = shape.length === 1 ? shape[0] : shape[1];
    if (found === incoming[i]) return [];
    return [`${name} takes ${showShape([found])}${shape.length === 2 ? '' : ' channels'}, not ${showShape([incoming[i]])}`];
  });
  if (end.dense !== data.outputs) changes.push(`${data.outputs} ${data.outputs === 1 ? 'output' : 'outputs'}, not ${end.dense}`);
  return { network: { name, layers: fitted }, changes };
}
