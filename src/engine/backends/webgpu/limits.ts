/**
 * What of a network a GPU's limits allow. WebGPU refuses a buffer that is too large, a binding that is too long and a dispatch of too many
 * workgroups only once it is asked for them, and says little; so all of it is held against the limits while it is still a description.
 */
import { showBytes } from '../../problems/files';
import { type Adapter, type Dispatch, layerPlaces, type Place } from './definition';
import type { Layout } from './layout';

/** Workgroups in one dimension of a dispatch: every WebGPU adapter has this limit, and higher ones are not asked for. */
export const mostWorkgroups = 65_535;
/** Bytes of a uniform binding that every adapter allows. */
const mostUniform = 65_536;

/** What a description asks of a GPU: what is dispatched, and what is laid out. */
export interface Demand {
  readonly layout: Layout;
  readonly dispatches: readonly Dispatch[];
}

/** The first thing in a description that is beyond the adapter's limits, as a sentence's end: `the result of dense1 takes …, but its … is …`; null where nothing is. */
export function excess({ layout, dispatches }: Demand, { limits }: Adapter): string | null {
  const { sizes, capacity } = layout;
  for (const { kernel, bind, workgroups } of dispatches) {
    const bindings = kernel.access.filter((access) => access !== 'uniform').length;
    if (bindings > limits.maxStorageBuffersPerShaderStage)
      return `"${kernel.name}" is bound to ${bindings} buffers, but its maxStorageBuffersPerShaderStage is ${limits.maxStorageBuffersPerShaderStage}`;
    for (const [i, place] of bind.entries()) {
      const { buffer, words } = place;
      const uniform = kernel.access[i] === 'uniform';
      const [limit, most] = uniform
        ? (['maxUniformBufferBindingSize', mostUniform] as const)
        : (['maxStorageBufferBindingSize', limits.maxStorageBufferBindingSize] as const);
      if (4 * words > most) return `${placeTitle(place, layout)} takes ${showBytes(4 * words)}, but its ${limit} is ${showBytes(most)}`;
      const whole = 4 * (sizes.get(buffer) ?? 0);
      if (whole > limits.maxBufferSize)
        return `the buffer of ${placeTitle(place, layout)} takes ${showBytes(whole)}, but its maxBufferSize is ${showBytes(limits.maxBufferSize)}`;
    }
    const groups = typeof workgroups === 'function' ? workgroups(capacity) : workgroups;
    const most = Math.max(...groups);
    if (most > mostWorkgroups) return `"${kernel.name}" takes ${most} workgroups in a row, and ${mostWorkgroups} is WebGPU's limit`;
  }
  return null;
}

/** What lies at a place, as messages name it. */
function placeTitle({ buffer, at }: Place, { structure }: Layout): string {
  const { operations, layers } = structure;
  const tensor = layers[layerPlaces(layers).offsets.indexOf(at)];
  const ofTensor = { weights: '', gradients: 'the gradient of ', directions: 'a direction of ', product: 'a product of ' }[buffer];
  if (ofTensor !== undefined) return `${ofTensor}${tensor.name}`;
  const [, what, index] = /^(value|error|tangent|tangentError)(\d+)$/.exec(buffer) ?? [];
  const of = index === undefined ? '' : index === '0' ? 'the samples' : `the result of ${operations[Number(index) - 1].name}`;
  const derivatives = { error: 'the error', tangent: 'the derivative', tangentError: "the error's derivative" };
  if (what === 'value') return of;
  return what === undefined ? `"${buffer}"` : `${derivatives[what as keyof typeof derivatives]} of ${of}`;
}

/** The program for as many samples a block as may be. */
export interface Largest<Program> {
  /** Null where there is none even for one sample. */
  readonly program: Program | null;
  /** Its samples a block; 0 where there is none. */
  readonly capacity: number;
  /** What is in the way of the number that was asked for; empty where nothing is. */
  readonly obstacle: string;
}

/**
 * Finds the most samples of a block, up to `most`, for which nothing is beyond the limits.
 * @param describe makes the program for a number of samples @param demand what it asks for
 */
export function largestProgram<Program>(
  most: number,
  adapter: Adapter,
  describe: (capacity: number) => Program,
  demand: (program: Program) => Demand,
): Largest<Program> {
  const whole = describe(most);
  const obstacle = excess(demand(whole), adapter);
  if (obstacle === null) return { program: whole, capacity: most, obstacle: '' };
  let program: Program | null = null;
  const capacity = mostThatFits(most - 1, (samples) => {
    const described = describe(samples);
    const fits = excess(demand(described), adapter) === null;
    if (fits) program = described;
    return fits;
  });
  return { program, capacity, obstacle };
}

/**
 * The largest whole number up to `most` that fits; 0 where none does. What fits last is it.
 * @param fits true up to some number, false above
 */
export function mostThatFits(most: number, fits: (count: number) => boolean): number {
  let [below, above] = [0, most + 1];
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (fits(middle)) below = middle;
    else above = middle;
  }
  return below;
}
