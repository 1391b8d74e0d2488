/** A network as the backends build it: layers complete, nothing left to default. `structure` says what it comes to. */
import type { LayerSpecification } from './layers/definition';
import type { ValueShape } from './operations';

/** Numbers in lists, or in lists of lists, as deep as a tensor has dimensions. */
export type NestedNumbers = readonly (number | NestedNumbers)[];

/** Weights given instead of drawn, of one layer that has any: a dense layer's are `weight[out][in]`, a convolution's `weight[filter][channel][row][column]`. */
export interface GivenWeights {
  readonly weight: NestedNumbers;
  readonly bias: readonly number[];
}

export interface NetworkPlan {
  /** Extents of one sample: features, or [channels, height, width]. */
  readonly inputs: number | ValueShape;
  /** Every field of each layer is there. */
  readonly layers: readonly LayerSpecification[];
  /** Name of a loss in `network/losses`. */
  readonly loss: string;
  /** Seed of the initial weights and of all that is drawn in training. */
  readonly seed: number;
  /** One entry for each layer that has parameters. */
  readonly given?: readonly GivenWeights[];
}
