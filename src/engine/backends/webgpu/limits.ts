/**
 * What of a network a GPU's limits allow. WebGPU refuses a buffer that is too large, a binding that is too long and a dispatch of too many
 * workgroups only once it is asked for them, and says little; so all of it is held against the limits while it is still a description.
 */
import { showBytes } from '../../problems/files';
import type { Structure } from '../../network/structure';
import type { Adapter, Dispatch } from './definition';
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
  const { sizes, structure, capacity } = layout;
  const name = (buffer: string): string => bufferTitle(buffer, structure);
  for (const { kernel, bind, workgroups } of dispatches) {
    for (const [i, { buffer, words }] of bind.entries()) {
      const uniform = kernel.access[i] === 'uniform';
      const [limit, most] = uniform
        ? (['maxUniformBufferBindingSize', mostUniform] as const)
        : (['maxStorageBufferBindingSize', limits.maxStorageBufferBindingSize] as const);
      if (4 * words > most) return `${name(buffer)} takes ${showBytes(4 * words)}, but its ${limit} is ${showBytes(most)}`;
      const whole = 4 * (sizes.get(buffer) ?? 0);
      if (whole > limits.maxBufferSize)
        return `${name(buffer)} takes ${showBytes(whole)}, but its maxBufferSize is ${showBytes(limits.maxBufferSize)}`;
    }
    const groups = typeof workgroups === 'function' ? workgroups(capacity) : workgroups;
    const most = Math.max(...groups);
    if (most > mostWorkgroups) return `"${kernel.name}" takes ${most} workgroups in a row, and ${mostWorkgroups} is WebGPU's limit`;
  }
  return null;
}

/** What a buffer holds, as messages name it. */
export function bufferTitle(buffer: string, { operations }: Structure): string {
  const [, what, index] = /^(value|error|tangent|tangentError)(\d+)$/.exec(buffer) ?? [];
  if (what === undefined) return { x: 'the data set', weights: 'the weights', gradients: 'the gradient' }[buffer] ?? `"${buffer}"`;
  const v = Number(index);
  const of = v === 0 ? 'the samples' : `the result of ${operations[v - 1].name}`;
  return what === 'value'
    ? of
    : `${{ error: 'the error', tangent: 'the derivative', tangentError: "the error's derivative" }[what] ?? what} of ${of}`;
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
  let found: Program | null = null;
  let [below, above] = [0, most];
  while (above - below > 1) {
    const capacity = Math.floor((below + above) / 2);
    const program = describe(capacity);
    if (excess(demand(program), adapter) === null) [below, found] = [capacity, program];
    else above = capacity;
  }
  return { program: found, capacity: below, obstacle };
}
