/** A network as it is when nothing is drawn: what its Hessian is of, and a loss that is to be looked at from several places. */
import { layerOf, type LayerSpecification } from './layers';
import type { NetworkPlan } from './plan';

/** The same network without dropout and noise. Its weights are the same, by the same names. */
export const stillPlan = (plan: NetworkPlan): NetworkPlan => ({ ...plan, layers: still(plan.layers) });

const still = (layers: readonly LayerSpecification[]): LayerSpecification[] =>
  layers
    .filter((layer) => !layerOf(layer).draws)
    .map((layer) => Object.fromEntries(Object.entries(layer).map(([field, value]) => [field, isLayers(value) ? still(value) : value])));

const isLayers = (value: LayerSpecification[string]): value is readonly LayerSpecification[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'object');
