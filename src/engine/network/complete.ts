/** Layers of a specification with everything that they leave open filled in. */
import type { Place } from './layerFields';
import { layerOf } from './layers';
import type { LayerSpecification, LayerValue } from './layers/definition';

/** @param layers checked, so that whatever must be given is there @returns every field of every layer, in the order of its definition */
export const completeLayers = (layers: readonly LayerSpecification[]): readonly LayerSpecification[] =>
  layers.map((layer, i) => completeLayer(layer, { plain: isPlain(layers.slice(i + 1)) }));

function completeLayer(layer: LayerSpecification, place: Place): LayerSpecification {
  const complete: Record<string, LayerValue | undefined> = {};
  for (const [name, field] of Object.entries(layerOf(layer).fields)) {
    const value = layer[name] ?? field.fill(complete, place);
    complete[name] = field.branch ? completeLayers(value as readonly LayerSpecification[]) : value;
  }
  return complete;
}

/** Whether a layer has no activation of its own unless one is named. @param following the layers after it, up to the end or the sum */
function isPlain(following: readonly LayerSpecification[]): boolean {
  const next = following.find((layer) => {
    const { mixes, activates, fields } = layerOf(layer);
    return mixes || activates || Object.values(fields).some(({ branch }) => branch);
  });
  return next === undefined || layerOf(next).activates;
}
