/** What the backend tests share: the backends with the accuracy each must reach, the oracle's cases, and ways to compare. */
import assert from 'node:assert/strict';
import type { Backend, Floats, Model } from '../../../src/engine/backends/backend';
import { cpuBackend } from '../../../src/engine/backends/cpu';
import { referenceBackend } from '../../../src/engine/backends/reference';
import { carry } from '../../../src/engine/backends/reference/pass';
import { startingWeights } from '../../../src/engine/network/initial';
import type { NetworkPlan } from '../../../src/engine/network/plan';
import { structure } from '../../../src/engine/network/structure';
import type { Dataset } from '../../../src/engine/problems/dataset';
import { Random } from '../../../src/engine/random';
import { corners } from '../network/corners';
import { classes, dataset, targets } from './data';
import file from '../../oracle/network.json';

/** Each backend with the relative error it may have. */
export const backends: readonly { readonly backend: Backend; readonly tolerance: number }[] = [
  { backend: referenceBackend, tolerance: 1e-10 },
  { backend: cpuBackend, tolerance: 1e-4 },
];

interface OracleCase {
  readonly widths: number[];
  readonly activations: string[];
  readonly loss: string;
  readonly weights: { weight: number[][]; bias: number[] }[];
  readonly x: number[];
  readonly labels?: number[];
  readonly targets?: number[];
  readonly value: number;
  readonly gradient: number[];
  readonly products: { v: number[]; product: number[]; gaussNewton: number[] }[];
}

/** Losses, gradients, Hessian-vector and Gauss–Newton products by PyTorch in double precision. */
export const oracle: readonly OracleCase[] = file.cases;

export const show = ({ widths, activations, loss }: { widths: number[]; activations: string[]; loss: string }) =>
  `${widths.join('-')} ${activations.join('/')} ${loss}`;

/** A plan from widths and activation names. */
export function plan(
  widths: readonly number[],
  activations: readonly string[],
  loss: string,
  rest: Partial<NetworkPlan> = {},
): NetworkPlan {
  const layers = activations.map((activation, l) => {
    return { dense: widths[l + 1], activation, init: 'xavierNormal', bias: 0.1 };
  });
  return { inputs: widths[0], layers, loss, seed: 1, ...rest };
}

/** The network and data of an oracle case. */
export function build(backend: Backend, one: OracleCase): Model {
  const outputs = one.widths[one.widths.length - 1];
  const y = one.labels ? classes(one.labels, outputs) : targets(one.targets ?? [], outputs);
  const data = dataset(one.widths[0], Float64Array.from(one.x), y);
  return backend.network(plan(one.widths, one.activations, one.loss, { given: one.weights }), data, data.samples);
}

export const all = (model: Model) => Uint32Array.from({ length: model.samples }, (_, i) => i);
export const flat = (parts: readonly Floats[]) => Float64Array.from(parts.flatMap((part) => [...part]));
export const normals = (size: number, seed: number) =>
  Float64Array.from(
    { length: size },
    (
      (r) => () =>
        r.normal()
    )(new Random(seed, 'v')),
  );

/** Fails where the difference of two vectors is longer than `tolerance` times the expected one. */
export function close(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(found.length, expected.length, `${what}: length`);
  let difference = 0;
  let size = 0;
  for (let i = 0; i < found.length; i++) {
    difference += (found[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
  }
  const error = Math.sqrt(difference / Math.max(size, Number.MIN_VALUE));
  assert.ok(error <= tolerance || difference === 0, `${what}: relative error ${error.toExponential(2)}, at most ${tolerance} is allowed`);
}

/**
 * Whether, at the start, some z of a network lies so near a corner of its activation, or some output so near a corner of the loss, that
 * rounding to 32 bits may bring it to the other side, where derivatives are others.
 */
export function nearCorner(made: NetworkPlan, { samples, inputs, x, y }: Dataset): boolean {
  const network = structure(made);
  const weights = startingWeights(made).flatMap(({ weight, bias }) => [weight, bias]);
  const still = { draws: null, statistics: 'batch', buffers: [], move: false } as const;
  const { values } = carry(network, weights, Float64Array.from(x.slice(0, samples * inputs)), new Float64Array(0), samples, still);
  const near = (numbers: Float64Array, corner: number) => numbers.some((value) => Math.abs(value - corner) < 1e-5);
  const last = values[values.length - 1];
  const wanted = y.kind === 'targets' ? y.values : new Float64Array(last.length);
  const differences = last.map((value, i) => Math.abs(value - wanted[i]));
  const ofLoss = { meanAbsoluteError: [0], huber: [1] }[made.loss] ?? [];
  return (
    network.operations.some(
      (operation) =>
        operation.kind === 'activation' &&
        (corners[operation.function.name] ?? []).some((corner) => near(values[operation.from[0]], corner)),
    ) || ofLoss.some((corner) => near(differences, corner))
  );
}
