/** All quantities measured together: the needs merged, each provided once, one value a layer for every quantity. */
import type { LayerSources, Need } from './definition';
import { quantities } from './index.gen';

type Known = (typeof quantities)[number];

/** By the id of each quantity, its values, one a layer. */
export type Measured = { -readonly [Q in Known as Q['id']]: ReturnType<Q['compute']>[] };

/** What has to be provided so that everything can be measured. */
export const needs: ReadonlySet<Need> = new Set(quantities.flatMap((quantity): readonly Need[] => quantity.needs));

/** Measures every quantity on every layer. */
export function measure(layers: readonly LayerSources[]): Measured {
  const values = quantities.map((quantity) => [quantity.id, layers.map((sources) => quantity.compute(sources))] as const);
  return Object.fromEntries(values) as Measured; // the pairs are the type's own: an id and what its compute returns
}
