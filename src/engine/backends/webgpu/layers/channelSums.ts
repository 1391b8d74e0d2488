/**
 * Sums over each channel, over samples and positions, for batch norm: pairs of numbers. The samples are shared among groups, each of
 * which leaves a pair a channel; whoever wants the sums adds these up, in their order. In a group a sum is made of the sums of short
 * stretches, so that rounding errors stay those of a few dozen additions. Two ways to share the work: an invocation a channel and group,
 * which is the fastest in software, and in hardware where a channel is one number a sample; or a workgroup, whose invocations go through
 * a plane together.
 */
import type { Dispatch, Site } from '../definition';
import { type Bound, dispatchOf, read, written } from './shader';

/** Numbers that are added up before they are added to the rest. */
const stretch = 32;

export interface ChannelSums {
  readonly groups: number;
  /** Of each group and channel: `vec2f` at group · channels + channel. */
  readonly result: Bound;
  /** WGSL of how many numbers of a channel group `g` went through, an f32; it calls the `helpers`. */
  numbers(g: string): string;
  readonly helpers: string;
  /** Sums `terms`, a `vec2f` that the text computes. It has the channel `c` and the index `at` of a number in a matrix of samples. */
  partial(what: string, bind: Readonly<Record<string, Bound>>, terms: string): Dispatch;
  /** The mean of `x`, and the sum of its squares about that mean. @param when a condition without which there is nothing to do */
  moments(what: string, bind: Readonly<Record<string, Bound>>, when: string): Dispatch;
}

/** @param row floats from one sample to the next */
export function channelSums(
  site: Pick<Site, 'adapter' | 'info' | 'scratch'>,
  title: string,
  channels: number,
  positions: number,
  row: number,
): ChannelSums {
  const software = site.adapter.kind === 'software';
  const shared = !software && positions >= 32;
  const groups = software || shared ? 16 : 64;
  const size = software ? 16 : shared ? 128 : 64;
  const scratch = site.scratch(2 * groups * channels);

  /** Samples of group `g`: so many from the `from`-th. */
  const share = `fn shareOf(g: u32) -> vec2u {
  let each = (info.rows + ${groups - 1}u) / ${groups}u;
  let first = min(info.rows, g * each);
  return vec2u(first, min(info.rows, first + each));
}`;
  /** Adds up `terms` into `total`, over the samples of the group. */
  const sum = (total: string, terms: string): string =>
    shared
      ? `  var ${total} = vec2f(0.0f);
  for (var sample = samples.x; sample < samples.y; sample++) {
    var part = vec2f(0.0f);
    for (var p = local; p < ${positions}u; p += ${size}u) {
      let at = sample * ${row}u + c * ${positions}u + p;
      ${terms}
      part += terms;
    }
    ${total} += part;
  }
  ${total} = together(${total}, local);`
      : `  var ${total} = vec2f(0.0f);
  for (var sample = samples.x; sample < samples.y; sample++) {
    let plane = sample * ${row}u + c * ${positions}u;
    for (var begin = plane; begin < plane + ${positions}u; begin += ${stretch}u) {
      var part = vec2f(0.0f);
      for (var at = begin; at < min(begin + ${stretch}u, plane + ${positions}u); at++) {
        ${terms}
        part += terms;
      }
      ${total} += part;
    }
  }`;
  const together = `var<workgroup> parts: array<vec2f, ${size}>;
fn together(mine: vec2f, local: u32) -> vec2f {
  workgroupBarrier();
  parts[local] = mine;
  for (var half = ${size / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) { parts[local] += parts[local + half]; }
  }
  workgroupBarrier();
  return parts[0];
}`;
  const task = (what: string, bind: Readonly<Record<string, Bound>>, body: string): Dispatch =>
    dispatchOf(site, {
      name: `${title} ${what}`,
      bind: { ...bind, partial: written(scratch(), 'vec2f') },
      helpers: shared ? `${share}\n${together}` : share,
      size,
      groups: () => (shared ? groups * channels : Math.ceil((groups * channels) / size)),
      body: `  let index = ${shared ? 'group' : `group * ${size}u + local`};
  if (index >= ${groups * channels}u) { return; }
  let g = index / ${channels}u;
  let c = index % ${channels}u;
  let samples = shareOf(g);
${body}`,
    });
  const store = (value: string): string => (shared ? `  if (local == 0u) { partial[index] = ${value}; }` : `  partial[index] = ${value};`);
  return {
    groups,
    get result() {
      return read(scratch(), 'vec2f');
    },
    helpers: share,
    numbers: (g) => `f32((shareOf(${g}).y - shareOf(${g}).x) * ${positions}u)`,
    partial: (what, bind, terms) => task(what, bind, `${sum('total', terms)}\n${store('total')}`),
    moments: (what, bind, when) =>
      task(
        what,
        bind,
        `  if (!(${when})) { return; }
  let count = f32((samples.y - samples.x) * ${positions}u);
${sum('total', 'let terms = vec2f(x[at], 0.0f);')}
  let mean = select(0.0f, total.x / count, count > 0.0f);
${sum('squares', 'let apart = x[at] - mean; let terms = vec2f(apart * apart, 0.0f);')}
${store('vec2f(mean, squares.x)')}`,
      ),
  };
}
