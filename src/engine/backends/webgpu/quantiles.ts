/**
 * Quantiles of the effective rates of every layer, exact, without sorting: radix selection. A float32's bits, with the sign turned round,
 * are in the order of the numbers; a histogram of their upper 8 bits tells in which of 256 ranges each wanted rank lies, a histogram of
 * the next 8 bits within those ranges narrows them, and after four rounds the numbers at the ranks are known to the last bit. All layers
 * go at once; counts are integers, so that the order of threads makes no difference. As `quantiles.ts` on the CPU, -0 is below 0, and a
 * NaN anywhere makes all quantiles of its layer NaN.
 */
import { betweenRanks } from '../../quantiles';
import type { Dispatch, NetworkKernel, Place } from './definition';
import { spreadOver, type Table } from './tiles';

const threads = 256;
/** Numbers of a workgroup. */
export const quantilesTile = 16 * threads;
/** Ranges that a round tells apart. */
const ranges = 256;
const rounds = [24, 16, 8, 0] as const;

/** Words that the histograms take: for each layer one for every rank, and the number of NaN. @param ranks of a layer */
export const histogramWords = ({ layers }: Table, ranks: number): number => layers * (ranks * ranges + 1);
/** Words of what is known of a layer between rounds: for each rank what is left of it and its histogram, the ranges of those, and how many they are. */
const stateStep = (ranks: number): number => 3 * ranks + 1;
export const stateWords = ({ layers }: Table, ranks: number): number => layers * stateStep(ranks);
/** Words of a layer's result: the number at each rank, and how many NaN there are. */
export const quantilesWords = (ranks: number): number => ranks + 1;

/** The ranks between which the quantiles at some shares of n numbers lie, two a share. */
export const ranksFor = (shares: readonly number[], n: number): number[] =>
  shares.flatMap((share) => {
    const below = Math.floor(share * (n - 1));
    return [below, Math.min(below + 1, n - 1)];
  });

export interface QuantilesPlaces {
  readonly table: Place;
  readonly rates: Place;
  /** `ranks` words a layer: the wanted ranks, ascending. */
  readonly ranks: Place;
  /** All 0 before, and left so. */
  readonly histograms: Place;
  readonly state: Place;
  /** Of each layer `quantilesWords`, `resultStep` words apart. */
  readonly result: Place;
}

/** The ranges at this round lie in those that the rounds before have found, `shift` being the lowest bit looked at. */
function countKernel(table: Table, ranks: number, shift: number): NetworkKernel {
  const begun = shift < rounds[0];
  const step = stateStep(ranks);
  const find = begun
    ? `let upper = key >> ${shift + 8}u;
      for (var k = 0u; k < different; k++) {
        if (upper == within[k]) { atomicAdd(&counts[k * ${ranges}u + range], 1u); }
      }`
    : `atomicAdd(&counts[range], 1u);
      if ((word & 0x7fffffffu) > 0x7f800000u) { atomicAdd(&missing, 1u); }`;
  return {
    name: `quantiles: bits from ${shift}`,
    access: ['read', 'read', 'read', 'write'],
    code: `@group(0) @binding(0) var<storage, read> table: array<u32>;
@group(0) @binding(1) var<storage, read> rates: array<u32>;
@group(0) @binding(2) var<storage, read> state: array<u32>;
@group(0) @binding(3) var<storage, read_write> histograms: array<atomic<u32>>;
var<workgroup> counts: array<atomic<u32>, ${begun ? ranks * ranges : ranges}>;
${begun ? '' : 'var<workgroup> missing: atomic<u32>;'}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
${table.open}
  let last = min(first + ${quantilesTile}u, count);
  let different = ${begun ? `state[layer * ${step}u + ${3 * ranks}u]` : '1u'};
  ${begun ? `var within: array<u32, ${ranks}>;\n  for (var k = 0u; k < different; k++) { within[k] = state[layer * ${step}u + ${2 * ranks}u + k]; }` : ''}
  for (var i = first + lane; i < last; i += ${threads}u) {
      let word = rates[rateAt + i];
      let key = word ^ select(0x80000000u, 0xffffffffu, word >= 0x80000000u);
      let range = (key >> ${shift}u) & 255u;
      ${find}
  }
  workgroupBarrier();
  for (var k = lane; k < different * ${ranges}u; k += ${threads}u) {
    let found = atomicLoad(&counts[k]);
    if (found > 0u) { atomicAdd(&histograms[layer * ${ranks * ranges + 1}u + k], found); }
  }
  ${begun ? '' : `if (lane == 0u) { atomicAdd(&histograms[layer * ${ranks * ranges + 1}u + ${ranks * ranges}u], atomicLoad(&missing)); }`}
}`,
  };
}

/** A workgroup a layer: in which range of its histogram each rank lies; and the histograms are 0 again. */
function selectKernel(ranks: number, shift: number, resultStep: number, resultAt: number): NetworkKernel {
  const begun = shift < rounds[0];
  const step = stateStep(ranks);
  const histogram = ranks * ranges;
  const word = 'key ^ select(0xffffffffu, 0x80000000u, key >= 0x80000000u)';
  const goOn = `state[own + lane] = left;
    prefixes[lane] = key;
  }
  storageBarrier();
  workgroupBarrier();
  if (lane == 0u) {
    var different = 0u;
    for (var k = 0u; k < ${ranks}u; k++) {
      if (k == 0u || prefixes[k] != prefixes[k - 1u]) {
        state[own + ${2 * ranks}u + different] = prefixes[k];
        different++;
      }
      state[own + ${ranks}u + k] = different - 1u;
    }
    state[own + ${3 * ranks}u] = different;`;
  const end = `result[layer * ${resultStep}u + ${resultAt}u + lane] = ${word};
  }
  if (lane == 0u) {
    result[layer * ${resultStep}u + ${resultAt + ranks}u] = bitcast<u32>(f32(histograms[layer * ${histogram + 1}u + ${histogram}u]));
    histograms[layer * ${histogram + 1}u + ${histogram}u] = 0u;`;
  return {
    name: `quantiles: ranks by bits from ${shift}`,
    access: ['read', 'write', 'write', 'write'],
    code: `@group(0) @binding(0) var<storage, read> ranks: array<u32>;
@group(0) @binding(1) var<storage, read_write> histograms: array<u32>;
@group(0) @binding(2) var<storage, read_write> state: array<u32>;
@group(0) @binding(3) var<storage, read_write> result: array<u32>;
var<workgroup> counts: array<u32, ${histogram}>;
var<workgroup> prefixes: array<u32, ${ranks}>;
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let layer = group.x;
  let own = layer * ${step}u;
  let different = ${begun ? `state[own + ${3 * ranks}u]` : '1u'};
  for (var k = lane; k < different * ${ranges}u; k += ${threads}u) {
    counts[k] = histograms[layer * ${histogram + 1}u + k];
    histograms[layer * ${histogram + 1}u + k] = 0u;
  }
  workgroupBarrier();
  if (lane < ${ranks}u) {
    var left = ${begun ? 'state[own + lane]' : `ranks[layer * ${ranks}u + lane]`};
    let which = ${begun ? `state[own + ${ranks}u + lane]` : '0u'};
    var range = 0u;
    for (; range < 255u; range++) {
      let here = counts[which * ${ranges}u + range];
      if (left < here) { break; }
      left -= here;
    }
    let key = ${begun ? `(state[own + ${2 * ranks}u + which] << 8u) | range` : 'range'};
    ${shift > 0 ? goOn : end}
  }
}`,
  };
}

/** @param ranks of a layer @param resultStep words from one layer's result to the next @param resultAt where in it these begin */
export function quantilesDispatches(
  table: Table,
  places: QuantilesPlaces,
  ranks: number,
  resultStep: number,
  resultAt: number,
): readonly Dispatch[] {
  const { rates, histograms, state, result } = places;
  return rounds.flatMap((shift): Dispatch[] => [
    {
      kernel: countKernel(table, ranks, shift),
      bind: [places.table, rates, state, histograms],
      workgroups: spreadOver(table.tiles),
    },
    {
      kernel: selectKernel(ranks, shift, resultStep, resultAt),
      bind: [places.ranks, histograms, state, result],
      workgroups: [table.layers, 1, 1],
    },
  ]);
}

/** The quantiles of a layer from the numbers at `ranksFor`, and the number of NaN behind them. @param n numbers of the layer */
export function quantilesFrom(words: Float32Array, shares: readonly number[], n: number): number[] {
  if (words[2 * shares.length] > 0) return shares.map(() => NaN);
  const ranks = ranksFor(shares, n);
  const at = new Map(ranks.map((rank, i) => [rank, words[i]]));
  return shares.map((share) => betweenRanks((rank) => at.get(rank) ?? NaN, share * (n - 1), n));
}
