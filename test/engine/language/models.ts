/** Models for tests of update rules: weights and gradients that the test sets itself, in float64 or resident in WebAssembly memory. */
import type { Model } from '../../../src/engine/backends/backend';
import { Arena } from '../../../src/engine/backends/cpu/memory';
import type { ResidentModel } from '../../../src/engine/backends/cpu/resident';

const unused = (): never => {
  throw new Error('This model only holds numbers; a rule must not ask it to compute.');
};

const layersOf = (sizes: readonly number[]): Model['layers'] =>
  sizes.map((parameters, i) => ({ name: `layer${i}`, shape: [parameters], parameters }));

const face = (sizes: readonly number[]) => ({
  layers: layersOf(sizes),
  parameters: sizes.reduce((sum, size) => sum + size, 0),
  samples: 1,
  gradient: unused,
  evaluate: unused,
  hessian: unused,
});

/** Layers of so many weights, all 0, in float64. */
export function plainModel(sizes: readonly number[]): Model {
  return { ...face(sizes), weights: sizes.map((n) => new Float64Array(n)), gradients: sizes.map((n) => new Float64Array(n)) };
}

/** The same in float32, in an arena with room for a rule's state. */
export function residentModel(sizes: readonly number[]): ResidentModel {
  const arena = new Arena();
  const place = (what: string): number[] => sizes.map((n) => arena.reserve(Math.ceil(n / 4) * 16, what));
  const weightAddresses = place('weights');
  const gradientAddresses = place('gradients');
  arena.open(65_536 + sizes.reduce((sum, n) => sum + 64 * (n + 4), 0));
  const views = (addresses: readonly number[]): Float32Array[] => addresses.map((address, i) => arena.floats(address, sizes[i]));
  return {
    ...face(sizes),
    arena,
    weightAddresses,
    gradientAddresses,
    weights: views(weightAddresses),
    gradients: views(gradientAddresses),
  };
}
