/** A rule's text on the GPU beside the reference for a few steps on layers of many shapes: weights, states and rates. */
import type { Floats, Model } from '../../src/engine/backends/backend';
import type { Settings, TextRule } from '../../src/engine/language';
import { referenceUpdater } from '../../src/engine/language/reference';
import type { Shaders } from '../../src/webview/gpu/shaders';
import type { Lockstep } from './lockstep';
import { gpuStepper } from './stepper';

export interface AgreementCase {
  readonly title: string;
  readonly text: string;
  /** Extents of the layers. */
  readonly shapes: readonly (readonly number[])[];
  readonly steps: number;
  /** Allowed difference, relative to the largest number that the reference has there, and at least to `floor`. */
  readonly tolerance: number;
  readonly floor: number;
  /** Numbers to begin with in the first layer, instead of the usual ones. */
  readonly weights?: readonly number[];
  readonly gradients?: readonly number[];
}

export interface Agreement {
  readonly title: string;
  readonly faults: readonly string[];
}

const unused = (): never => {
  throw new Error('This model only holds numbers; a rule must not ask it to compute.');
};

/** Numbers that float32 holds exactly. */
const pattern = (size: number, seed: number): Float32Array => Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7 + seed) * 1.5);

function modelOf({ shapes, weights, gradients }: AgreementCase, kind: typeof Float64Array | typeof Float32Array): Model {
  const sizes = shapes.map((shape) => shape.reduce((product, extent) => product * extent, 1));
  const filled = (seed: (layer: number) => number, first?: readonly number[]): Floats[] =>
    sizes.map((size, layer) => kind.from(layer === 0 && first !== undefined ? first : pattern(size, seed(layer))));
  return {
    layers: shapes.map((shape, i) => ({ name: `layer${i}`, shape, parameters: sizes[i] })),
    parameters: sizes.reduce((sum, size) => sum + size, 0),
    weights: filled((layer) => layer, weights),
    gradients: filled(() => 9, gradients),
    samples: 1,
    gradient: unused,
    evaluate: unused,
    hessian: unused,
    gaussNewton: unused,
    moments: null,
  };
}

export async function compare(
  one: AgreementCase,
  rule: TextRule,
  settings: Settings,
  shaders: Shaders,
  lockstep: Lockstep,
): Promise<Agreement> {
  const plain = modelOf(one, Float64Array);
  const model = modelOf(one, Float32Array);
  const reference = referenceUpdater(rule, settings, plain, 5);
  const onGpu = gpuStepper(rule, settings, model, 5, shaders, lockstep, true);
  for (let t = 1; t <= one.steps; t++) {
    const batch = { rows: Uint32Array.of(t), loss: 0.5 / t };
    reference.step(t, 0.1, true, batch);
    await onGpu.step(t, 0.1, true, batch);
  }
  const faults: string[] = [];
  const expect = (found: Floats, wanted: Floats, what: string): void => {
    const size = Math.max(one.floor, ...[...wanted].filter(Number.isFinite).map(Math.abs));
    const wrong = wanted.findIndex((value, i) =>
      Number.isFinite(value) ? !(Math.abs(found[i] - value) <= one.tolerance * size) : !Object.is(found[i], value),
    );
    if (wrong >= 0) faults.push(`${what}.${wrong}: found ${found[wrong]}, expected ${wanted[wrong]} (the largest is ${size})`);
  };
  const byLayer = (flat: Floats, counts: readonly number[]): Floats[] => {
    let at = 0;
    return counts.map((count) => flat.subarray(at, (at += count)));
  };
  plain.weights.forEach((wanted, layer) => expect(model.weights[layer], wanted, `weight ${layer}`));
  for (const [name, values] of Object.entries(reference.state)) {
    const read = await onGpu.read(name);
    if (read === null) continue;
    byLayer(
      read,
      values.map(({ length }) => length),
    ).forEach((found, layer) => expect(found, values[layer], `${name} ${layer}`));
  }
  const rates = plain.layers.map((_, layer) => reference.rate(layer));
  if (rates.some((rate) => typeof rate !== 'number')) {
    const read = await onGpu.read('rate');
    const spread = rates.map((rate, layer) =>
      typeof rate === 'number' ? new Float64Array(plain.layers[layer].parameters).fill(rate) : rate,
    );
    if (read === null) faults.push('rate: there is none');
    else
      byLayer(
        read,
        spread.map(({ length }) => length),
      ).forEach((found, layer) => expect(found, spread[layer], `rate ${layer}`));
  }
  return { title: one.title, faults };
}
