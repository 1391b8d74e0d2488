/**
 * Models for tests of update rules: weights and gradients that the test sets itself, in float64 or resident in WebAssembly memory. They
 * compute, too: a smooth loss of all weights whose gradient, Hessian and moments are written down here.
 */
import type { Floats, HessianOperator, Model, Moments } from '../../../src/engine/backends/backend';
import { Arena } from '../../../src/engine/backends/cpu/memory';
import type { ResidentModel } from '../../../src/engine/backends/cpu/resident';
import type { Team } from '../../../src/engine/backends/cpu/team';
import { matrixSize } from '../../../src/engine/language/shape';

/** A vector of so many weights, or a tensor of this shape. */
export type LayerSize = number | readonly number[];

const layersOf = (sizes: readonly LayerSize[]): Model['layers'] =>
  sizes.map((size, i) => {
    const shape = typeof size === 'number' ? [size] : size;
    return { name: `layer${i}`, shape, parameters: shape.reduce((product, extent) => product * extent, 1) };
  });

type Arrays = Pick<Model, 'layers' | 'weights' | 'gradients'>;

/**
 * Σ c(1 − cos w) + 0.05·(Σ s·w)², with c from 0.5 to 1.5 and s of either sign over all weights: gradient c·sin w + 0.1·s·Σ, Hessian
 * diag(c·cos w) + 0.1·s·sᵀ. As Gauss-Newton matrix stands diag(c) + 0.1·s·sᵀ. The moments are fixed and positive definite.
 */
function computing(arrays: Arrays): Model {
  const { layers, weights, gradients } = arrays;
  const parameters = layers.reduce((sum, layer) => sum + layer.parameters, 0);
  const c = Float64Array.from({ length: parameters }, (_, i) => 1 + 0.5 * Math.sin(i + 1));
  const s = Float64Array.from({ length: parameters }, (_, i) => Math.cos(2.1 * i) / Math.sqrt(parameters));
  const flat = (): Float64Array => Float64Array.from(weights.flatMap((values) => [...values]));
  const along = (v: Float64Array): number => v.reduce((sum, each, i) => sum + s[i] * each, 0);
  const gradientAt = (w: Float64Array): Float64Array => w.map((each, i) => c[i] * Math.sin(each) + 0.1 * s[i] * along(w));
  const operator = (diagonal: Float64Array, gradient: Float64Array): HessianOperator => ({
    size: parameters,
    apply: (v, out) => out.set(v.map((each, i) => diagonal[i] * each + 0.1 * s[i] * along(v))),
    gradient: (out) => out.set(gradient),
  });
  const lossAt = (w: Float64Array): number => w.reduce((sum, each, i) => sum + c[i] * (1 - Math.cos(each)), 0.05 * along(w) ** 2);
  const square = (n: number, phase: number): Float64Array =>
    Float64Array.from(
      { length: n * n },
      (_, k) => Number(k % (n + 1) === 0) + 0.1 / n + 0.2 * Math.sin(Math.floor(k / n) + phase) * Math.sin((k % n) + phase),
    );
  return {
    ...arrays,
    parameters,
    samples: 1,
    gradient() {
      const w = flat();
      const gradient = gradientAt(w);
      let at = 0;
      for (const part of gradients) part.set(gradient.subarray(at, (at += part.length)));
      return lossAt(w);
    },
    buffers: [],
    begin: () => undefined,
    loss: () => lossAt(flat()),
    evaluate: () => ({ loss: lossAt(flat()), accuracy: null }),
    hessian() {
      const w = flat();
      return operator(
        w.map((each, i) => c[i] * Math.cos(each)),
        gradientAt(w),
      );
    },
    gaussNewton: () => operator(c, gradientAt(flat())),
    moments: () =>
      layers.map(({ shape }, layer): Moments => {
        const { rows, columns } = matrixSize(shape);
        return { input: square(columns, layer), error: square(rows, layer + 0.5) };
      }),
  };
}

/** Layers of these sizes, all 0, in float64 or in plain 32-bit arrays. */
export function plainModel(sizes: readonly LayerSize[], kind: typeof Float64Array | typeof Float32Array = Float64Array): Model {
  const layers = layersOf(sizes);
  const zeros = (): Floats[] => layers.map(({ parameters }) => new kind(parameters));
  return computing({ layers, weights: zeros(), gradients: zeros() });
}

/** The same in float32, in an arena with room for a rule's state. */
export function residentModel(sizes: readonly LayerSize[], team?: Team): ResidentModel {
  const layers = layersOf(sizes);
  const arena = new Arena(undefined, team);
  const place = (what: string): number[] => layers.map(({ parameters: n }) => arena.reserve(Math.ceil(n / 4) * 16, what));
  const weightAddresses = place('weights');
  const gradientAddresses = place('gradients');
  arena.open(65_536 + layers.reduce((sum, { parameters: n }) => sum + 512 * (n + 4), 0));
  const views = (addresses: readonly number[]): Float32Array[] =>
    addresses.map((address, i) => arena.floats(address, layers[i].parameters));
  const model = computing({ layers, weights: views(weightAddresses), gradients: views(gradientAddresses) });
  return { ...model, arena, weightAddresses, gradientAddresses };
}
