/**
 * The weights that a network starts from. They are drawn in float64 and rounded to float32, so that every backend starts
 * from the same point; weights that are given are taken as they are.
 */
import { Random } from '../random';
import { findInitialiser } from './initialisers';
import type { NetworkPlan } from './plan';

/** One dense layer's start: `weight` is [out, in], row-major. */
export interface StartingLayer {
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}

/** @returns one entry a dense layer @throws Error where an initialiser is unknown or given weights have another shape */
export function startingWeights(plan: NetworkPlan): readonly StartingLayer[] {
  const random = new Random(plan.seed, 'init');
  return plan.layers.map(({ inputs, outputs, init, bias }, position) => {
    const given = plan.given?.[position];
    if (given) {
      if (given.weight.length !== outputs || given.bias.length !== outputs || given.weight.some((row) => row.length !== inputs))
        throw new Error(
          `The weights given for dense${position + 1} are ${given.weight.length} × ${given.weight[0]?.length ?? 0} with ` +
            `${given.bias.length} biases; ${outputs} × ${inputs} with ${outputs} is expected (weight[out][in]).`,
        );
      return { weight: Float64Array.from(given.weight.flat()), bias: Float64Array.from(given.bias) };
    }
    const initialiser = findInitialiser(init);
    if (!initialiser) throw new Error(`dense${position + 1} has no initialiser called ${init}.`);
    const weight = initialiser.draw(random, inputs, outputs).map(Math.fround);
    return { weight, bias: new Float64Array(outputs).fill(Math.fround(bias)) };
  });
}
