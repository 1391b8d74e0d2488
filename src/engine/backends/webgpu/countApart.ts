/**
 * Rounds of radix selection for an adapter in software: threads that share nothing. Each counts into a histogram of its own in memory, a
 * second dispatch adds them up, and a thread a layer goes through the sums. In software a barrier costs more than that.
 */
import type { Dispatch, NetworkKernel } from './definition';
import type { QuantilesPlaces, RanksWanted } from './quantiles';
import { differentAt, isMissing, keysOf, ranges, shifts, stateWords, upperBits, wordOf } from './radix';
import { spreadOver, type Table } from './tiles';

/** Threads of a workgroup: as many as are computed abreast. */
const lanes = 4;
/** Numbers of a workgroup: few tiles, since each thread has a histogram to clear and to be added up. */
export const apartTile = 32_768;
const sumLanes = 64;

/** Words of one thread's histograms, with its number of NaN behind them; a layer's sums are as many. */
const ownWords = (ranks: number): number => ranks * ranges + 1;
export const apartWords = ({ tiles, layers }: Table, ranks: number): number => (tiles * lanes + layers) * ownWords(ranks);

function countKernel(table: Table, { ranks }: RanksWanted, shift: number): NetworkKernel {
  const begun = shift < shifts[0];
  const state = `layer * ${stateWords(ranks)}u`;
  const known = Array.from({ length: ranks }, (_, k) => k);
  const begin = `let different = state[${state} + ${differentAt(ranks)}u];
${known.map((k) => `  let upper${k} = select(0xffffffffu, state[${state} + ${upperBits(ranks, shift).read + k}u], ${k}u < different);`).join('\n')}`;
  const find = (k: number): string => `let upper = keys[${k}] >> ${shift + 8}u;
      var found = ${ranks}u;
${known.map((k) => `      found = select(found, ${k}u, upper == upper${k});`).join('\n')}
      if (found < ${ranks}u) { histograms[own + found * ${ranges}u + ((keys[${k}] >> ${shift}u) & 255u)] += 1u; }`;
  const countAll = (k: number): string => `histograms[own + (keys[${k}] >> ${shift}u)] += 1u;
      missing += select(0u, 1u, ${isMissing(`words[${k}]`)});`;
  const one = (k: number): string => `if (i + ${k}u < last) {
      ${begun ? find(k) : countAll(k)}
    }`;
  return {
    name: `quantiles: bits from ${shift}`,
    access: ['read', 'read', 'read', 'write'],
    code: `@group(0) @binding(0) var<storage, read> table: array<u32>;
@group(0) @binding(1) var<storage, read> rates: array<vec4u>;
@group(0) @binding(2) var<storage, read> state: array<u32>;
@group(0) @binding(3) var<storage, read_write> histograms: array<u32>;
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
${table.open}
  let last = min(first + ${apartTile}u, count);
  let own = (tile * ${lanes}u + lane) * ${ownWords(ranks)}u;
  ${begun ? begin : 'let different = 1u;\n  var missing = 0u;'}
  for (var k = 0u; k < different * ${ranges}u; k++) { histograms[own + k] = 0u; }
  for (var i = first + 4u * lane; i < last; i += ${4 * lanes}u) {
    let words = rates[(rateAt + i) / 4u];
    let keys = ${keysOf('words')};
    ${[0, 1, 2, 3].map(one).join('\n    ')}
  }
  ${begun ? '' : `histograms[own + ${ranks * ranges}u] = missing;`}
}`,
  };
}

/** A thread a range of a layer's histograms. */
function sumKernel(table: Table, { ranks }: RanksWanted, shift: number): NetworkKernel {
  const begun = shift < shifts[0];
  const own = ownWords(ranks);
  return {
    name: `quantiles: sums of bits from ${shift}`,
    access: ['read', 'read', 'write'],
    code: `@group(0) @binding(0) var<storage, read> table: array<u32>;
@group(0) @binding(1) var<storage, read> state: array<u32>;
@group(0) @binding(2) var<storage, read_write> histograms: array<u32>;
@compute @workgroup_size(${sumLanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let layer = group.y;
  let k = group.x * ${sumLanes}u + lane;
  let isCount = k == ${ranks * ranges}u;
  let different = ${begun ? `state[layer * ${stateWords(ranks)}u + ${differentAt(ranks)}u]` : '1u'};
  if (k >= different * ${ranges}u && ${begun ? 'true' : '!isCount'}) { return; }
  let begin = ${table.firstTile('layer')} * ${lanes}u;
  let end = begin + ${table.tileCount('layer')} * ${lanes}u;
  var sum = 0u;
  for (var one = begin; one < end; one++) { sum += histograms[one * ${own}u + k]; }
  histograms[table[0] * ${lanes * own}u + layer * ${own}u + k] = sum;
}`,
  };
}

/** A thread a layer: in which range of its histogram each rank lies. Ranks ascend, so that one way through a histogram finds all of its ranks. */
function selectKernel({ ranks, step, at }: RanksWanted, shift: number): NetworkKernel {
  const begun = shift < shifts[0];
  const { read, left } = upperBits(ranks, shift);
  const goOn = `state[own + k] = rank - below;
    if (different == 0u || key != before) {
      state[own + ${left}u + different] = key;
      different++;
      before = key;
    }
    state[own + ${ranks}u + k] = different - 1u;`;
  return {
    name: `quantiles: ranks by bits from ${shift}`,
    access: ['read', 'read', 'read', 'write', 'write'],
    code: `@group(0) @binding(0) var<storage, read> table: array<u32>;
@group(0) @binding(1) var<storage, read> ranks: array<u32>;
@group(0) @binding(2) var<storage, read> histograms: array<u32>;
@group(0) @binding(3) var<storage, read_write> state: array<u32>;
@group(0) @binding(4) var<storage, read_write> result: array<u32>;
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let layer = group.x * ${lanes}u + lane;
  if (layer >= table[1]) { return; }
  let own = layer * ${stateWords(ranks)}u;
  let sums = table[0] * ${lanes * ownWords(ranks)}u + layer * ${ownWords(ranks)}u;
  var different = 0u;
  var before = 0u;
  var inside = 0u;
  var below = 0u;
  var range = 0u;
  for (var k = 0u; k < ${ranks}u; k++) {
    let rank = ${begun ? 'state[own + k]' : `ranks[layer * ${ranks}u + k]`};
    let which = ${begun ? `state[own + ${ranks}u + k]` : '0u'};
    if (which != inside) {
      inside = which;
      below = 0u;
      range = 0u;
    }
    for (; range < 255u; range++) {
      let after = below + histograms[sums + which * ${ranges}u + range];
      if (rank < after) { break; }
      below = after;
    }
    let key = ${begun ? `(state[own + ${read}u + which] << 8u) | range` : 'range'};
    ${shift > 0 ? goOn : `result[layer * ${step}u + ${at}u + k] = ${wordOf('key')};`}
  }
  ${
    shift > 0
      ? `state[own + ${differentAt(ranks)}u] = different;`
      : `result[layer * ${step}u + ${at + ranks}u] = bitcast<u32>(f32(histograms[sums + ${ranks * ranges}u]));`
  }
}`,
  };
}

export function roundsApart(table: Table, places: QuantilesPlaces, wanted: RanksWanted): readonly Dispatch[] {
  const { rates, ranks, histograms, state, result } = places;
  const sums = Math.ceil(ownWords(wanted.ranks) / sumLanes);
  return shifts.flatMap((shift): Dispatch[] => [
    { kernel: countKernel(table, wanted, shift), bind: [places.table, rates, state, histograms], workgroups: spreadOver(table.tiles) },
    { kernel: sumKernel(table, wanted, shift), bind: [places.table, state, histograms], workgroups: [sums, table.layers, 1] },
    {
      kernel: selectKernel(wanted, shift),
      bind: [places.table, ranks, histograms, state, result],
      workgroups: [Math.ceil(table.layers / lanes), 1, 1],
    },
  ]);
}
