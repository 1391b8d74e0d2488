/**
 * What can be asked of every single weight of a run that stands still: the weights themselves, the gradient that the last step received, the
 * effective rate that it gave, and each state that the rule keeps. Rules keep their states in their own ways (one number a weight, a row or a
 * layer; a square; one vector of the whole network); here they become one layer's.
 */
import type { Floats, Layer } from '../backends/backend';

const basic = ['weight', 'gradient', 'rate'] as const;

/** One quantity of one layer. */
export interface LayerValues {
  /** The step whose they are: a rate is that of the last measured step, all else is of where the run stands. */
  readonly step: number;
  /** Perhaps the trainer's own, which the next step overwrites; one number where all weights share it. */
  readonly values: Floats | number;
}

/** A state as one asks for it: by its name, unless that is taken. */
const asked = (state: string): string => (basic.some((name) => name === state) ? `state ${state}` : state);

/** All that can be asked for. @param states of the rule, in its order */
export const quantitiesOf = (states: readonly string[]): readonly string[] => [...basic, ...states.map(asked)];

/** The state that a quantity is. @param title of the rule @throws Error where it keeps no such state */
export function stateAsked(states: readonly string[], quantity: string, title: string): string {
  const state = states.find((name) => asked(name) === quantity);
  if (state === undefined) throw new Error(`${title} keeps no ${quantity}; there are ${quantitiesOf(states).join(', ')}.`);
  return state;
}

/**
 * A state's part of one layer. One that belongs to no single layer stands with the first (`stateOfAll`): of vectors over all weights a layer has
 * its own stretch of each, one after the other; of what is laid out otherwise every layer has all.
 * @param tensors one a layer
 */
export function ofLayer(tensors: readonly Floats[], layers: readonly Pick<Layer, 'parameters'>[], layer: number): Floats {
  const [first, ...others] = tensors;
  const total = layers.reduce((sum, { parameters }) => sum + parameters, 0);
  const common = others.length > 0 && first.length > 0 && others.every(({ length }) => length === 0);
  if (!common) return tensors[layer];
  if (first.length % total !== 0) return first;
  const { parameters } = layers[layer];
  const before = layers.slice(0, layer).reduce((sum, each) => sum + each.parameters, 0);
  const vectors = first.length / total;
  const part = first instanceof Float32Array ? new Float32Array(vectors * parameters) : new Float64Array(vectors * parameters);
  for (let i = 0; i < vectors; i++) part.set(first.subarray(i * total + before, i * total + before + parameters), i * parameters);
  return part;
}
