/** A rule's text on the GPU beside the reference for a few steps on layers of many shapes: weights, states and rates. */
import type { Floats, Statistics } from '../../src/engine/backends/backend';
import { checkSettings, readRule } from '../../src/engine/language';
import { referenceUpdater } from '../../src/engine/language/reference';
import { quantiles } from '../../src/engine/quantiles';
import type { Stream } from '../../src/webview/gpu/stream';
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
export async function disagreement(one: AgreementCase, stream: Stream, lockstep: Lockstep): Promise<string | null> {
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
  const onGpu = gpuStepper(rule, settings, model, seed, stream, lockstep, true);
  for (let t = 1; t <= one.steps; t++) {
    const batch = { rows: Uint32Array.of(0), loss: Math.sin(t) };
    reference.step(t, 0.1, 'rates', batch);
    await onGpu.step(t, 0.1, (one.steps - t) % 2 === 0 ? 'rates' : 'nothing', batch);
  }
  const faults: string[] = [];
  const compare = (found: Floats, wanted: Floats, what: string): void =>
    wanted.forEach((value, i) => {
      const apart = Math.abs(found[i] - value);
      const same = Number.isFinite(value) ? apart <= one.tolerance * Math.max(1, Math.abs(value)) : Object.is(found[i], value);
      if (!same) faults.push(`${what}.${i}: found ${found[i]}, expected ${value}`);
    });
  plain.weights.forEach((wanted, layer) => compare(model.weights[layer], wanted, `weight ${layer}`));
  const state = await onGpu.save();
  for (const [name, wanted] of Object.entries(reference.state))
    state[name].forEach((values, layer) => compare(values, wanted[layer], `${name} ${layer}`));
  for (const layer of plain.layers.keys()) {
    const [found, wanted] = [await onGpu.rates(layer), reference.rate(layer)];
    // The reference may give one number of a layer for each of its weights.
    if (typeof found === 'number')
      compare(Float64Array.of(found), Float64Array.of(typeof wanted === 'number' ? wanted : wanted[0]), `rate ${layer}`);
    else compare(found, typeof wanted === 'number' ? found.map(() => wanted) : wanted, `rate ${layer}`);
    const shares = [0.05, 0.25, 0.5, 0.75, 0.95];
    const quantilesOf = (rate: Floats | number): number[] => (typeof rate === 'number' ? shares.map(() => rate) : quantiles(rate, shares));
    compare(
      Float64Array.from(onGpu.figures?.rateQuantiles[layer] ?? []),
      Float64Array.from(quantilesOf(wanted)),
      `quantiles of rates ${layer}`,
    );
  }
  for (const [name, wanted] of Object.entries(reference.statistics))
    compare(onGpu.figures?.[name as keyof Statistics] ?? wanted, wanted as Float64Array, name);
  return faults.length === 0 ? null : `${faults.length} differ, first ${faults[0]}`;
}
