/** Every kind of layer, and finding the one that a specification means. */
import type { LayerDefinition, LayerSpecification } from './definition';
import { layers as known } from './index.gen';

export type { LayerDefinition, LayerSpecification, LayerValue } from './definition';

export const layerKinds: readonly LayerDefinition[] = known;

/**
 * The kinds that an object may mean: those whose name is among its keys, unless that key is a field of another of them. A layer means one.
 */
export function kindsOf(layer: object): readonly LayerDefinition[] {
  const named = layerKinds.filter(({ name }) => name in layer);
  return named.filter(({ name }) => !named.some((other) => other.name !== name && name in other.fields));
}

/** The kind of a layer that has been checked. @throws Error where it is none */
export function layerOf(layer: LayerSpecification): LayerDefinition {
  const [kind] = kindsOf(layer);
  if (kind) return kind;
  throw new Error(
    `A layer has ${Object.keys(layer).join(', ') || 'no field'}; one of ${layerKinds.map(({ name }) => name).join(', ')} is expected.`,
  );
}
