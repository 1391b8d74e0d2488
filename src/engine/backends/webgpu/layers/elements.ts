/**
 * What goes through matrices of samples number by number: activations and their derivatives. Rows are whole vectors of four, so a matrix
 * is one long row of them; what comes of the numbers between rows is never read.
 */
import { stride, type Dispatch, type Place, type Site } from '../definition';
import { type Bound, dispatchOf, read, written } from './shader';

/** What is computed for each number. */
export interface Elements {
  /** For errors and profiles. */
  readonly name: string;
  /** Numbers of a sample. */
  readonly size: number;
  /** Matrices that are read, by the name that `value` has for their number. One that it does not name is not asked for. */
  readonly from: Readonly<Record<string, () => Place>>;
  readonly to: Place;
  /** Whether the result is added to what is there. */
  readonly adds?: boolean;
  /** WGSL functions that `value` calls. */
  readonly helpers?: readonly string[];
  /** WGSL of the result, an f32. */
  readonly value: string;
}

const lanes = ['x', 'y', 'z', 'w'] as const;

const invocations = 64;
/** How many vectors an invocation takes: in software one costs as much as what it does. */
const each = { hardware: 1, software: 16 } as const;

export function eachElement(
  site: Pick<Site, 'info' | 'adapter'>,
  { name, size, from, to, adds = false, helpers = [], value }: Elements,
): Dispatch {
  const sources = Object.entries(from).filter(([source]) => new RegExp(`\\b${source}\\b`).test(value));
  const bind: Record<string, Bound> = { out: written(to, 'vec4f') };
  for (const [source, place] of sources) bind[`${source}Of`] = read(place(), 'vec4f');
  const names = sources.map(([source]) => source);
  const call = (lane: string): string => `element(${names.map((source) => `${source}4.${lane}`).join(', ')})`;
  const taken = each[site.adapter.kind];
  const vectors = stride(size) / 4;
  return dispatchOf(site, {
    name,
    bind,
    helpers: `${helpers.join('\n')}
fn element(${names.map((source) => `${source}: f32`).join(', ')}) -> f32 {
  return ${value};
}`,
    size: invocations,
    groups: (rows) => Math.ceil((rows * vectors) / (invocations * taken)),
    body: `  let first = group * ${invocations * taken}u + local;
  let end = min(first + ${invocations * taken}u, info.rows * ${vectors}u);
  for (var index = first; index < end; index += ${invocations}u) {
${names.map((source) => `    let ${source}4 = ${source}Of[index];`).join('\n')}
    out[index] ${adds ? '+=' : '='} vec4f(${lanes.map(call).join(', ')});
  }`,
  });
}
