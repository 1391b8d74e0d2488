/**
 * Shaders that are written as a body between bindings: what they are bound to is said once, with the name by which the body calls it, and
 * the declarations, the kernel's accesses and the dispatch's places follow from it.
 */
import { type Access, type Dispatch, infoText, type Place, type Site, type Workgroups } from '../definition';

/** A variable of a shader: where it lies, how it is accessed and what it is there. */
export interface Bound {
  readonly place: Place;
  readonly access: Access;
  readonly type: string;
}

export const read = (place: Place, type = 'f32'): Bound => ({ place, access: 'read', type: `array<${type}>` });
export const written = (place: Place, type = 'f32'): Bound => ({ place, access: 'write', type: `array<${type}>` });

const spaces = { read: 'storage, read', write: 'storage, read_write', uniform: 'uniform' } as const;

export interface Task {
  /** For errors and profiles. */
  readonly name: string;
  /** By the name that the body has for it; `info` is always there. */
  readonly bind: Readonly<Record<string, Bound>>;
  /** Declarations and functions before the entry point. */
  readonly helpers?: string;
  /** Invocations of a workgroup. */
  readonly size: number;
  /** WGSL of the entry point. It has `info`, `group` (the workgroup's number, a u32) and `local` (the invocation's within it). */
  readonly body: string;
  /** Workgroups. @param rows samples of the block */
  readonly groups: (rows: number) => number;
}

/** Workgroups in as many dimensions as their number asks for: the last row may have some too many. */
export function spread(count: number): Workgroups {
  const most = 65535;
  return count <= most ? [count, 1, 1] : [most, Math.ceil(count / most), 1];
}

export function dispatchOf(site: Pick<Site, 'info'>, { name, bind, helpers = '', size, body, groups }: Task): Dispatch {
  const info: Bound = { place: site.info, access: 'uniform', type: 'Info' };
  const all = Object.entries<Bound>({ info, ...bind });
  const code = `${infoText};
${all.map(([variable, { access, type }], i) => `@group(0) @binding(${i}) var<${spaces[access]}> ${variable}: ${type};`).join('\n')}
${helpers}
@compute @workgroup_size(${size})
fn main(@builtin(workgroup_id) which: vec3u, @builtin(num_workgroups) extent: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = which.y * extent.x + which.x;
${body}
}`;
  return {
    kernel: { name, code, access: all.map(([, { access }]) => access) },
    bind: all.map(([, { place }]) => place),
    workgroups: (rows) => spread(groups(rows)),
  };
}

/** Invocations of a workgroup where they have nothing to do with one another. */
const usual = 64;

/**
 * A task of one invocation for each of `each` things of every sample.
 * @param task its body has `row`, the sample, and `item`, the thing's number
 */
export function eachItem(site: Pick<Site, 'info'>, each: number, task: Omit<Task, 'size' | 'groups'>): Dispatch {
  return dispatchOf(site, {
    ...task,
    size: usual,
    groups: (rows) => Math.ceil((rows * each) / usual),
    body: `  let index = group * ${usual}u + local;
  if (index >= info.rows * ${each}u) { return; }
  let row = index / ${each}u;
  let item = index % ${each}u;
${task.body}`,
  });
}
