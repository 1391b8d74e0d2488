/**
 * The weights that a network starts from. They are drawn in float64 and rounded to float32, so that every backend starts
 * from the same point; weights that are given are taken as they are.
 */
import { Random } from '../random';
import type { Start } from './builder';
import { findInitialiser } from './initialisers';
import type { GivenWeights, NestedNumbers, NetworkPlan } from './plan';
import { structure } from './structure';

/** The start of one layer that has parameters: `weight` of the layer's shape, the units first, and one bias a unit. */
export interface StartingLayer {
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}

/**
 * One entry for each layer that has parameters, drawn when it is asked for: nobody need hold all of them in float64.
 * @throws Error where an initialiser is unknown or given weights have another shape
 */
export function* startingLayers(plan: NetworkPlan): Generator<StartingLayer> {
  const random = new Random(plan.seed, 'init');
  for (const [position, start] of structure(plan).starts.entries()) {
    const given = plan.given?.[position];
    yield given ? taken(start, given) : drawn(start, random);
  }
}

/** All of them. */
export const startingWeights = (plan: NetworkPlan): readonly StartingLayer[] => [...startingLayers(plan)];

function drawn({ name, shape, fanIn, fanOut, init, bias }: Start, random: Random): StartingLayer {
  const units = shape[0];
  const biases = new Float64Array(units).fill(Math.fround(bias));
  if (typeof init === 'number') return { weight: new Float64Array(units).fill(Math.fround(init)), bias: biases };
  const initialiser = findInitialiser(init);
  if (!initialiser) throw new Error(`${name} has no initialiser called ${init}.`);
  const weight = initialiser.draw(random, fanIn, fanOut, units);
  for (let i = 0; i < weight.length; i++) weight[i] = Math.fround(weight[i]);
  return { weight, bias: biases };
}

function taken({ name, shape }: Start, { weight, bias }: GivenWeights): StartingLayer {
  const found = extentsOf(weight);
  if (bias.length !== shape[0] || found === null || found.join() !== shape.join())
    throw new Error(
      `The weights given for ${name} are ${found === null ? 'uneven' : found.join(' × ')} with ${bias.length} biases; ` +
        `${shape.join(' × ')} with ${shape[0]} is expected, the units first.`,
    );
  return { weight: Float64Array.from(flatNumbers(weight)), bias: Float64Array.from(bias) };
}

/** All numbers of nested lists, in order. */
const flatNumbers = (nested: NestedNumbers): number[] => nested.flatMap((part) => (typeof part === 'number' ? [part] : flatNumbers(part)));

/** The extents of nested lists; null where those within one list differ. */
function extentsOf(nested: NestedNumbers): readonly number[] | null {
  if (nested.every((part) => typeof part === 'number')) return [nested.length];
  const parts = nested.map((part) => (typeof part === 'number' ? null : extentsOf(part)));
  const [first] = parts;
  return first === null || parts.some((part) => part?.join() !== first.join()) ? null : [nested.length, ...first];
}
