/** Do rule and problem go together? A rule may ask for what a function, or a network of other layers than it was made for, does not have. */
import type { Rule } from '../language';
import { LayerFault, NetworkBuilder } from '../network/builder';
import { completeLayers } from '../network/complete';
import type { LayerSpecification } from '../network/layers';
import type { Operation } from '../network/operations';
import { hasMoments } from '../network/structure';
import { SpecificationError, type RunSpecification } from './specification';

/**
 * @param rules the optimizer, then the wrappers round it @param spec checked
 * @throws SpecificationError for the first rule that cannot work on the problem
 */
export function checkNeeds(rules: readonly Rule[], { problem, optimizer }: RunSpecification): void {
  const refuse = (need: 'moments' | 'samples', why: string): void => {
    const at = rules.findIndex(({ needs }) => needs.has(need));
    if (at < 0) return;
    const path = at === 0 ? `optimizer.${'file' in optimizer ? 'file' : 'name'}` : `wrappers[${at - 1}]`;
    throw new SpecificationError(path, `${rules[at].title} ${why}`);
  };
  if ('function' in problem)
    return refuse(
      'moments',
      "needs a network: it uses moments of the layers' inputs and errors, which a function of variables does not have.",
    );
  const { layers } = problem.network;
  const operations = operationsOf(layers);
  if (operations === null || !hasMoments({ operations }))
    refuse(
      'moments',
      "needs a network of dense layers, with activations and dropout and nothing else: it uses moments of the layers' inputs and errors. Take another optimizer, or other layers.",
    );
  if (mixesSamples(layers))
    refuse(
      'samples',
      'takes the gradient of every single sample, which a batch norm does not leave by itself: it mixes the samples of a mini-batch. Take another optimizer, or leave the batch norm out.',
    );
}

/** The operations of layers that work on any inputs; null where some need images. */
function operationsOf(layers: readonly LayerSpecification[]): readonly Operation[] | null {
  const builder = new NetworkBuilder([1]);
  try {
    builder.chain(completeLayers(layers), 0);
    return builder.operations;
  } catch (error) {
    if (error instanceof LayerFault) return null;
    throw error;
  }
}

/** Whether a batch norm is among the layers or within them. */
const mixesSamples = (layers: readonly LayerSpecification[]): boolean =>
  layers.some(
    (layer) =>
      'batchNorm' in layer ||
      Object.values(layer).some(
        (value) => Array.isArray(value) && mixesSamples(value.filter((part): part is LayerSpecification => typeof part === 'object')),
      ),
  );
