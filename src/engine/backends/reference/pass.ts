/** Samples on their way through a dense network and the loss's gradient on its way back, in float64. */
import type { Loss } from '../../network/losses';
import type { Dense } from '../../network/structure';
import { addInputGradient, forward } from './arithmetic';

/** Some samples inside a network: for each layer what came in, z and a = f(z), one row a sample. */
export interface Pass {
  readonly count: number;
  readonly wanted: Float64Array;
  /** What comes into each layer, and last what comes out of the network. */
  readonly a: readonly Float64Array[];
  readonly z: readonly Float64Array[];
}

/** Carries gathered samples through the network. @param weights weight, bias, layer after layer @param x one row a sample */
export function carry(
  dense: readonly Dense[],
  weights: readonly Float64Array[],
  x: Float64Array,
  wanted: Float64Array,
  count: number,
): Pass {
  const a = [x];
  const z: Float64Array[] = [];
  dense.forEach((layer, l) => {
    z[l] = new Float64Array(count * layer.outputs);
    forward(a[l], weights[2 * l], weights[2 * l + 1], z[l], count, layer.inputs);
    a[l + 1] = z[l].map(layer.function.value);
  });
  return { count, wanted, a, z };
}

/** The outputs of a pass, as losses take them. */
export const outputsOf = ({ a, count }: Pass, columns: number) => ({ values: a[a.length - 1], count, columns, stride: columns });

/**
 * Carries the loss's gradient back through the network.
 * @param samples of how many samples the loss is the mean
 * @param layer receives, for each layer from the last to the first, e = ∂loss/∂a and δ = ∂loss/∂z, one row a sample
 * @returns the sum of the samples' losses
 */
export function carryBack(
  dense: readonly Dense[],
  loss: Loss,
  weights: readonly Float64Array[],
  pass: Pass,
  samples: number,
  layer: (l: number, e: Float64Array, delta: Float64Array) => void,
): number {
  const { a } = pass;
  const e = new Float64Array(a[dense.length].length);
  const sum = loss.gradient(outputsOf(pass, dense[dense.length - 1].outputs), pass.wanted, 1 / samples, e);
  carryErrors(dense, weights, pass, e, layer);
  return sum;
}

/** Carries errors of the outputs back: as `carryBack`, from e = ∂loss/∂outputs. */
export function carryErrors(
  dense: readonly Dense[],
  weights: readonly Float64Array[],
  { a, z, count }: Pass,
  e: Float64Array,
  layer: (l: number, e: Float64Array, delta: Float64Array) => void,
): void {
  for (let l = dense.length - 1; l >= 0; l--) {
    const { slope } = dense[l].function;
    const delta = e.map((value, k) => value * slope(z[l][k], a[l + 1][k]));
    layer(l, e, delta);
    if (l === 0) break;
    e = new Float64Array(a[l].length);
    addInputGradient(delta, weights[2 * l], e, count, dense[l].inputs);
  }
}
