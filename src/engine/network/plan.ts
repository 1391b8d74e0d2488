/** A network as the backends build it: sizes, activations and initialisers settled, nothing left to default. */

/** One dense layer: z = W·a + b, then the activation. */
export interface DensePlan {
  readonly kind: 'dense';
  readonly inputs: number;
  readonly outputs: number;
  /** Name of an activation in `network/activations`. */
  readonly activation: string;
  /** Name of an initialiser in `network/initialisers`. */
  readonly init: string;
  /** What every bias starts as. */
  readonly bias: number;
}

/** Weights given instead of drawn, one entry a dense layer: `weight[out][in]`. */
export interface GivenWeights {
  readonly weight: readonly (readonly number[])[];
  readonly bias: readonly number[];
}

export interface NetworkPlan {
  readonly inputs: number;
  readonly layers: readonly DensePlan[];
  /** Name of a loss in `network/losses`. */
  readonly loss: string;
  /** Seed of the initial weights. */
  readonly seed: number;
  readonly given?: readonly GivenWeights[];
}
