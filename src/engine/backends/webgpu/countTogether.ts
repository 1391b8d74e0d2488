/**
 * Rounds of radix selection for hardware: the threads of a workgroup count together in its own memory, and what they have found is added to
 * the layer's histograms; then a workgroup a layer looks for the ranks.
 */
import type { Dispatch, NetworkKernel } from './definition';
import type { QuantilesPlaces, RanksWanted } from './quantiles';
import { differentAt, isMissing, keyOf, ranges, shifts, stateWords, upperBits, wordOf } from './radix';
import { spreadOver, type Table } from './tiles';

const threads = 256;
/** Numbers of a workgroup. */
export const togetherTile = 16 * threads;

/** Words of a layer's histograms, with its number of NaN behind them. */
const ownWords = (ranks: number): number => ranks * ranges + 1;
export const togetherWords = ({ layers }: Table, ranks: number): number => layers * ownWords(ranks);

function countKernel(table: Table, { ranks }: RanksWanted, shift: number): NetworkKernel {
  const begun = shift < shifts[0];
  const own = `layer * ${ownWords(ranks)}u`;
  const state = `layer * ${stateWords(ranks)}u`;
  const begin = `let different = state[${state} + ${differentAt(ranks)}u];
  var within: array<u32, ${ranks}>;
  for (var k = 0u; k < different; k++) { within[k] = state[${state} + ${upperBits(ranks, shift).read}u + k]; }`;
  const find = begun
    ? `let upper = key >> ${shift + 8}u;
    for (var k = 0u; k < different; k++) {
      if (upper == within[k]) { atomicAdd(&counts[k * ${ranges}u + range], 1u); }
    }`
    : `atomicAdd(&counts[range], 1u);
    if (${isMissing('word')}) { atomicAdd(&missing, 1u); }`;
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
  let last = min(first + ${togetherTile}u, count);
  ${begun ? begin : 'let different = 1u;'}
  for (var i = first + lane; i < last; i += ${threads}u) {
    let word = rates[rateAt + i];
    let key = ${keyOf('word')};
    let range = (key >> ${shift}u) & 255u;
    ${find}
  }
  workgroupBarrier();
  for (var k = lane; k < different * ${ranges}u; k += ${threads}u) {
    let found = atomicLoad(&counts[k]);
    if (found > 0u) { atomicAdd(&histograms[${own} + k], found); }
  }
  ${begun ? '' : `if (lane == 0u) { atomicAdd(&histograms[${own} + ${ranks * ranges}u], atomicLoad(&missing)); }`}
}`,
  };
}

/** A workgroup a layer: in which range of its histogram each rank lies; and the histograms are 0 again. */
function selectKernel({ ranks, step, at }: RanksWanted, shift: number): NetworkKernel {
  const begun = shift < shifts[0];
  const { read, left } = upperBits(ranks, shift);
  const own = `layer * ${ownWords(ranks)}u`;
  const goOn = `state[known + lane] = rank;
    found[lane] = key;
  }
  workgroupBarrier();
  if (lane == 0u) {
    var different = 0u;
    for (var k = 0u; k < ${ranks}u; k++) {
      if (k == 0u || found[k] != found[k - 1u]) {
        state[known + ${left}u + different] = found[k];
        different++;
      }
      state[known + ${ranks}u + k] = different - 1u;
    }
    state[known + ${differentAt(ranks)}u] = different;`;
  const end = `result[layer * ${step}u + ${at}u + lane] = ${wordOf('key')};
  }
  if (lane == 0u) {
    result[layer * ${step}u + ${at + ranks}u] = bitcast<u32>(f32(histograms[${own} + ${ranks * ranges}u]));
    histograms[${own} + ${ranks * ranges}u] = 0u;`;
  return {
    name: `quantiles: ranks by bits from ${shift}`,
    access: ['read', 'write', 'write', 'write'],
    code: `@group(0) @binding(0) var<storage, read> ranks: array<u32>;
@group(0) @binding(1) var<storage, read_write> histograms: array<u32>;
@group(0) @binding(2) var<storage, read_write> state: array<u32>;
@group(0) @binding(3) var<storage, read_write> result: array<u32>;
var<workgroup> counts: array<u32, ${ranks * ranges}>;
var<workgroup> found: array<u32, ${ranks}>;
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let layer = group.x;
  let known = layer * ${stateWords(ranks)}u;
  let before = ${begun ? `state[known + ${differentAt(ranks)}u]` : '1u'};
  for (var k = lane; k < before * ${ranges}u; k += ${threads}u) {
    counts[k] = histograms[${own} + k];
    histograms[${own} + k] = 0u;
  }
  storageBarrier();
  workgroupBarrier();
  if (lane < ${ranks}u) {
    var rank = ${begun ? 'state[known + lane]' : `ranks[layer * ${ranks}u + lane]`};
    let which = ${begun ? `state[known + ${ranks}u + lane]` : '0u'};
    var range = 0u;
    for (; range < 255u; range++) {
      let here = counts[which * ${ranges}u + range];
      if (rank < here) { break; }
      rank -= here;
    }
    let key = ${begun ? `(state[known + ${read}u + which] << 8u) | range` : 'range'};
    ${shift > 0 ? goOn : end}
  }
}`,
  };
}

export function roundsTogether(table: Table, places: QuantilesPlaces, wanted: RanksWanted): readonly Dispatch[] {
  const { rates, ranks, histograms, state, result } = places;
  return shifts.flatMap((shift): Dispatch[] => [
    { kernel: countKernel(table, wanted, shift), bind: [places.table, rates, state, histograms], workgroups: spreadOver(table.tiles) },
    { kernel: selectKernel(wanted, shift), bind: [ranks, histograms, state, result], workgroups: [table.layers, 1, 1] },
  ]);
}
