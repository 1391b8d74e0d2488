/** A rule's text on the GPU beside the reference for a few steps on layers of many shapes: weights, states and rates. */
import type { Floats } from '../../src/engine/backends/backend';
import { checkSettings, readRule } from '../../src/engine/language';
import { referenceUpdater } from '../../src/engine/language/reference';
import type { Shaders } from '../../src/webview/gpu/shaders';
import { plainModel, type LayerSize } from '../engine/language/models';
import type { Lockstep } from './lockstep';
import { gpuStepper } from './stepper';

export interface AgreementCase {
  readonly title: string;
  readonly text: string;
  readonly sizes: readonly LayerSize[];
  readonly steps: number;
  /** Allowed difference, relative to a number's size where that is above 1. */
  readonly tolerance: number;
  /** What the first layer begins with and is pulled by, where that is special. */
  readonly first?: { readonly weights: readonly number[]; readonly gradients: readonly number[] };
}

/** Numbers that float32 holds exactly, so that both lowerings begin with the same. */
const pattern = (size: number, seed: number): Float32Array => Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7 + seed) * 1.5);

const seed = 7;

/** @returns the first difference; null where there is none */
export async function disagreement(one: AgreementCase, shaders: Shaders, lockstep: Lockstep): Promise<string | null> {
  const rule = readRule(one.text, 'demo.optim');
  const settings = checkSettings(rule, {});
  const plain = plainModel(one.sizes);
  const model = plainModel(one.sizes, Float32Array);
  for (const { layers, weights, gradients } of [plain, model])
    layers.forEach(({ parameters }, layer) => {
      const special = layer === 0 ? one.first : undefined;
      weights[layer].set(special?.weights ?? pattern(parameters, layer));
      gradients[layer].set(special?.gradients ?? pattern(parameters, 9));
    });
  const reference = referenceUpdater(rule, settings, plain, seed);
  const onGpu = gpuStepper(rule, settings, model, seed, shaders, lockstep, true);
  for (let t = 1; t <= one.steps; t++) {
    const batch = { rows: Uint32Array.of(0), loss: Math.sin(t) };
    reference.step(t, 0.1, 'rates', batch);
    await onGpu.step(t, 0.1, 'rates', batch);
  }
  const faults: string[] = [];
  const compare = (found: Floats, wanted: Floats, what: string): void =>
    wanted.forEach((value, i) => {
      const apart = Math.abs(found[i] - value);
      const same = Number.isFinite(value) ? apart <= one.tolerance * Math.max(1, Math.abs(value)) : Object.is(found[i], value);
      if (!same) faults.push(`${what}.${i}: found ${found[i]}, expected ${value}`);
    });
  const byLayer = (flat: Floats, like: readonly Floats[]): Floats[] => {
    let at = 0;
    return like.map(({ length }) => flat.subarray(at, (at += length)));
  };
  plain.weights.forEach((wanted, layer) => compare(model.weights[layer], wanted, `weight ${layer}`));
  for (const [name, wanted] of Object.entries(reference.state)) {
    const found = byLayer(await onGpu.read(name), wanted);
    found.forEach((values, layer) => compare(values, wanted[layer], `${name} ${layer}`));
  }
  const rates = plain.layers.map((_, layer) => reference.rate(layer));
  const found = await onGpu.read('rate');
  // The reference may give one number of a layer for each of its weights.
  const each = rates.map((rate) => (typeof rate === 'number' || found.length === rates.length ? Float64Array.of(firstOf(rate)) : rate));
  byLayer(found, each).forEach((values, layer) => compare(values, each[layer], `rate ${layer}`));
  return faults.length === 0 ? null : `${faults.length} differ, first ${faults[0]}`;
}

const firstOf = (rate: Floats | number): number => (typeof rate === 'number' ? rate : rate[0]);
