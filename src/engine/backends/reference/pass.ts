/**
 * Samples on their way through a network and the loss's gradient on its way back, in float64: one operation after another there, in
 * reverse order back.
 */
import { sizeOf } from '../../network/builder';
import type { Rows } from '../../network/losses';
import type { Operation } from '../../network/operations';
import type { Structure } from '../../network/structure';
import { arithmeticOf } from './operations';
import type { Derivatives, Mode, Site } from './operations/definition';

/** Some samples inside a network. Values are row-major, one row a sample. */
export interface Pass {
  readonly count: number;
  readonly wanted: Float64Array;
  /** What each operation made of them; first the samples themselves. */
  readonly values: readonly Float64Array[];
  /** What each operation keeps of its way there. */
  readonly kept: readonly Float64Array[];
}

/** The numbers that an operation meets in a pass. */
export function siteOf(network: Structure, weights: readonly Float64Array[], pass: Pass, i: number): Site {
  const { from, parameters } = network.operations[i];
  return {
    count: pass.count,
    x: from.map((value) => pass.values[value]),
    y: pass.values[i + 1],
    w: parameters.map((layer) => weights[layer]),
    kept: pass.kept[i],
  };
}

/** Carries gathered samples through the network. @param x one row a sample */
export function carry(
  network: Structure,
  weights: readonly Float64Array[],
  x: Float64Array,
  wanted: Float64Array,
  count: number,
  mode: Mode,
): Pass {
  const values = [x];
  const kept: Float64Array[] = [];
  const pass: Pass = { count, wanted, values, kept };
  network.operations.forEach((operation, i) => {
    const arithmetic = arithmeticOf(operation);
    const size = sizeOf(network.values[i + 1]);
    values[i + 1] = new Float64Array(count * size);
    kept[i] = new Float64Array(arithmetic.keeps(count, size));
    arithmetic.forward(siteOf(network, weights, pass, i), mode);
  });
  return pass;
}

/** The outputs of a pass, as losses take them. */
export const outputsOf = ({ values, count }: Pass, columns: number): Rows => ({
  values: values[values.length - 1],
  count,
  columns,
  stride: columns,
});

/** Room for a derivative by each value; none by the samples, which nobody moves. */
export const valuesLike = ({ values }: Pass): (Float64Array | null)[] =>
  values.map((value, i) => (i === 0 ? null : new Float64Array(value.length)));

/** The derivative by the outputs: every network has an operation, so there is one. */
export const lastOf = (values: readonly (Float64Array | null)[]): Float64Array => values[values.length - 1] ?? new Float64Array(0);

/**
 * Carries ∂loss/∂outputs back through the network.
 * @param d derivatives by each value: the last given, the others 0; filled
 * @param gradients receives the gradient with respect to each layer, added to what is there
 */
export function carryBack(
  network: Structure,
  weights: readonly Float64Array[],
  pass: Pass,
  d: readonly (Float64Array | null)[],
  gradients: readonly Float64Array[],
): void {
  for (let i = network.operations.length - 1; i >= 0; i--) {
    const operation = network.operations[i];
    arithmeticOf(operation).backward(siteOf(network, weights, pass, i), derivativesOf(operation, i, d, gradients));
  }
}

/** The derivatives that belong to operation i. */
export const derivativesOf = (
  { from, parameters }: Operation,
  i: number,
  values: readonly (Float64Array | null)[],
  layers: readonly Float64Array[],
): Derivatives => ({
  x: from.map((value) => values[value]),
  y: values[i + 1] ?? new Float64Array(0), // only the samples have none, and no operation makes them
  w: parameters.map((layer) => layers[layer]),
});
