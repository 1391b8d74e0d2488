/**
 * The Lanczos process (`src/engine/curvature/krylov.ts`) as shaders over long vectors: parts of one vector along all vectors of a basis at
 * once, taking them out, its length, the next vector of the basis. Sums are made in two stages in an order that is always the same: every
 * thread sums a handful of numbers, then one workgroup a sum joins what they have left. Rows are as long as the layout of all
 * weights, and what lies between layers is 0 in them.
 */
import type { Adapter, Dispatch, NetworkKernel, Place, Workgroups } from './definition';
import { larger, shaderTexts } from './functions';
import { squaresText, sumText } from './statistics';
import { spreadOver } from './tiles';

/** Threads of a workgroup. */
const lanes = 64;
/** How often something is written out rather than repeated: fours of numbers of a thread, and vectors of the basis read together. */
const four = [0, 1, 2, 3] as const;
/** Numbers of a block: what a workgroup has at once. */
const block = 4 * lanes * four.length;
/** Blocks whose numbers a workgroup sums. */
const handful = 8;
/** Threads that join what others have left; in software threads that wait for each other cost more than they save. */
const joinersOn = { hardware: 64, software: 4 } as const;
/** Words of `length`: a vector's length and one over it, 0 where it has none. */
const lengthWords = 2;

/** Words from one vector of the basis to the next: whole blocks, so that no thread has to look where the vector ends. */
export const lanczosStride = (words: number): number => Math.ceil(words / block) * block;

/** Numbers as they are uploaded to `coefficients`. */
export const lanczosCoefficients = (numbers: ArrayLike<number>): Float32Array => {
  const padded = new Float32Array(Math.ceil(numbers.length / 4) * 4);
  padded.set(numbers);
  return padded;
};

/** Lists of dispatches, each given the number of vectors in the basis, which `count` says too. */
export interface LanczosProgram {
  /** Words of each buffer. */
  readonly sizes: ReadonlyMap<LanczosBuffer, number>;
  /** length = ‖work‖ and 1/‖work‖. */
  readonly length: readonly Dispatch[];
  /** coefficients[j] = basis[j]·work. */
  readonly parts: readonly Dispatch[];
  /** work −= Σ coefficients[j]·basis[j]. */
  readonly remove: readonly Dispatch[];
  /** basis[count] = work/length. */
  readonly extend: readonly Dispatch[];
  /** work = work·roots, each number by its own. */
  readonly scale: readonly Dispatch[];
}

/** `basis`: rows. `work`: the vector that is made orthogonal. `count`: one word. All vectors are `lanczosStride` long. */
export type LanczosBuffer = 'basis' | 'work' | 'roots' | 'count' | 'coefficients' | 'partials' | 'squares' | 'length';

/** @param words of a vector @param rows the most vectors of the basis */
export function lanczosProgram(words: number, rows: number, kind: Adapter['kind']): LanczosProgram {
  const stride = lanczosStride(words);
  const blocks = stride / block;
  const tiles = Math.ceil(blocks / handful);
  const partials = tiles * lanes;
  const fours = Math.ceil(rows / 4);
  const joiners = joinersOn[kind];
  const sizes = new Map<LanczosBuffer, number>([
    ['basis', rows * stride],
    ['work', stride],
    ['roots', stride],
    ['count', 1],
    ['coefficients', 4 * fours],
    ['partials', 4 * fours * partials],
    ['squares', 2 * partials],
    ['length', lengthWords],
  ]);
  const dispatch = (kernel: NetworkKernel, bind: readonly LanczosBuffer[], workgroups: Dispatch['workgroups']): Dispatch => ({
    kernel,
    bind: bind.map((buffer): Place => ({ buffer, at: 0, words: sizes.get(buffer) ?? 0 })),
    workgroups,
  });
  const each = spreadOver(blocks);
  const groups = (count: number): Workgroups => [tiles, Math.ceil(count / 4), 1];
  return {
    sizes,
    length: [
      dispatch(squaresKernel(blocks), ['work', 'squares'], [tiles, 1, 1]),
      dispatch(lengthKernel(partials, joiners), ['squares', 'length'], [1, 1, 1]),
    ],
    parts: [
      dispatch(partsKernel(blocks, rows, partials), ['basis', 'work', 'partials'], groups),
      dispatch(sumKernel(partials, joiners), ['count', 'partials', 'coefficients'], (count) => [4 * Math.ceil(count / 4), 1, 1]),
    ],
    remove: [dispatch(removeKernel(blocks), ['count', 'basis', 'coefficients', 'work'], each)],
    extend: [dispatch(extendKernel(blocks), ['count', 'work', 'length', 'basis'], each)],
    scale: [dispatch(scaleKernel(blocks), ['roots', 'work'], each)],
  };
}

/** What a kernel knows of itself. */
const thread = '@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32';

/** Fours of numbers in so many blocks. */
const foursIn = (blocks: number): number => (blocks * block) / 4;

/** WGSL of a loop over a tile; of each block this thread has the fours at `i`, `i + lanes`, … */
const overTile = (
  blocks: number,
  body: string,
): string => `  for (var at = group.x * ${handful}u; at < min((group.x + 1u) * ${handful}u, ${blocks}u); at++) {
    let i = at * ${foursIn(1)}u + lane;
${body}
  }`;

/** WGSL of what begins a kernel with a workgroup a block. */
const ofBlock = (blocks: number): string => `  let own = group.y * 65535u + group.x;
  if (own >= ${blocks}u) { return; }
  let i = own * ${foursIn(1)}u + lane;`;

/** WGSL, once for each of this thread's fours. */
const written = (text: (k: number, at: string) => string): string => four.map((k) => `    ${text(k, `i + ${k * lanes}u`)}`).join('\n');

/** Vectors beyond the count are read where they are none; nobody asks for what comes of it. */
function partsKernel(blocks: number, rows: number, partials: number): NetworkKernel {
  const products = (row: number): string => four.map((k) => `basis[at${row} + i + ${k * lanes}u] * w${k}`).join(' + ');
  return {
    name: 'Lanczos: parts along the basis',
    access: ['read', 'read', 'write'],
    code: `@group(0) @binding(0) var<storage, read> basis: array<vec4f>;
@group(0) @binding(1) var<storage, read> work: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partials: array<f32>;
@compute @workgroup_size(${lanes})
fn main(${thread}) {
  let row = 4u * group.y;
${four.map((k) => `  let at${k} = min(row + ${k}u, ${rows - 1}u) * ${foursIn(blocks)}u;\n  var sum${k} = vec4f();`).join('\n')}
${overTile(blocks, [written((k, at) => `let w${k} = work[${at}];`), ...four.map((row) => `    sum${row} += ${products(row)};`)].join('\n'))}
  let to = row * ${partials}u + group.x * ${lanes}u + lane;
${four.map((k) => `  partials[to + ${k * partials}u] = (sum${k}.x + sum${k}.y) + (sum${k}.z + sum${k}.w);`).join('\n')}
}`,
  };
}

/** The sums of the parts; 0 beyond the count, up to a multiple of four. */
function sumKernel(partials: number, joiners: number): NetworkKernel {
  return {
    name: 'Lanczos: sums',
    access: ['read', 'read', 'write'],
    code: `@group(0) @binding(0) var<storage, read> count: u32;
@group(0) @binding(1) var<storage, read> partials: array<f32>;
@group(0) @binding(2) var<storage, read_write> coefficients: array<f32>;
${shaderTexts([larger]).join('\n')}
${sumText}
var<workgroup> sums: array<vec2f, ${joiners}>;
@compute @workgroup_size(${joiners})
fn main(${thread}) {
  var own = vec2f();
  for (var i = lane; i < ${partials}u; i += ${joiners}u) { own = plus(own, vec2f(partials[group.x * ${partials}u + i], 0f)); }
  sums[lane] = own;
  workgroupBarrier();
  for (var half = ${joiners / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { sums[lane] = plus(sums[lane], sums[lane + half]); }
    workgroupBarrier();
  }
  if (lane == 0u) { coefficients[group.x] = select(0f, sums[0].x + sums[0].y, group.x < count); }
}`,
  };
}

/** A thread's sum of squares, in units of a power of two where float32 has no room for them. */
function squaresKernel(blocks: number): NetworkKernel {
  return {
    name: 'Lanczos: squares',
    access: ['read', 'write'],
    code: `@group(0) @binding(0) var<storage, read> work: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> squares: array<vec2f>;
${shaderTexts([larger]).join('\n')}
${sumText}
${squaresText}
fn inUnits(group: vec3u, lane: u32) -> vec2f {
  var largest = vec4f();
${overTile(
  blocks,
  written((_, at) => `largest = max(largest, abs(work[${at}]));`),
)}
  let most = max(max(largest.x, largest.y), max(largest.z, largest.w));
  let unit = bitcast<f32>(clamp(bitcast<u32>(most) & 0x7f800000u, 0x00800000u, 0x7e800000u));
  let over = inverse(unit);
  var sum = vec4f();
${overTile(
  blocks,
  written((k, at) => `let w${k} = work[${at}] * over;\n    sum += w${k} * w${k};`),
)}
  return vec2f(select(unit, 0f, most == 0f), together(sum));
}
@compute @workgroup_size(${lanes})
fn main(${thread}) {
  var sum = vec4f();
${overTile(blocks, [written((k, at) => `let w${k} = work[${at}];`), `    sum += ${four.map((k) => `w${k} * w${k}`).join(' + ')};`].join('\n'))}
  var part = vec2f(1f, together(sum));
  if (!isSafe(part.y)) { part = inUnits(group, lane); }
  squares[group.x * ${lanes}u + lane] = part;
}`,
  };
}

function lengthKernel(partials: number, joiners: number): NetworkKernel {
  return {
    name: 'Lanczos: length',
    access: ['read', 'write'],
    code: `@group(0) @binding(0) var<storage, read> squares: array<vec2f>;
@group(0) @binding(1) var<storage, read_write> lengths: array<f32>;
${shaderTexts([larger]).join('\n')}
${sumText}
var<workgroup> sums: array<Sum, ${joiners}>;
@compute @workgroup_size(${joiners})
fn main(${thread}) {
  var own = Sum(0f, 1f, 0f);
  for (var i = lane; i < ${partials}u; i += ${joiners}u) { own = join(own, Sum(squares[i].x, squares[i].y, 0f)); }
  sums[lane] = own;
  workgroupBarrier();
  for (var half = ${joiners / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { sums[lane] = join(sums[lane], sums[lane + half]); }
    workgroupBarrier();
  }
  if (lane == 0u) {
    let length = sums[0].unit * sqrt(sums[0].high + sums[0].low);
    lengths[0] = length;
    lengths[1] = select(0f, 1f / length, length >= 0x1p-125f);
  }
}`,
  };
}

/** Four vectors at a time; beyond the count the last one again, with a part of 0. */
function removeKernel(blocks: number): NetworkKernel {
  const rowsOf = (at: string): string => four.map((row) => `c[${row}] * basis[at${row} + ${at}]`).join(' + ');
  return {
    name: 'Lanczos: parts taken out',
    access: ['read', 'read', 'read', 'write'],
    code: `@group(0) @binding(0) var<storage, read> count: u32;
@group(0) @binding(1) var<storage, read> basis: array<vec4f>;
@group(0) @binding(2) var<storage, read> coefficients: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> work: array<vec4f>;
@compute @workgroup_size(${lanes})
fn main(${thread}) {
${ofBlock(blocks)}
${four.map((k) => `  var sum${k} = vec4f();`).join('\n')}
  for (var row = 0u; row < count; row += 4u) {
    let c = coefficients[row / 4u];
${four.map((k) => `    let at${k} = min(row + ${k}u, count - 1u) * ${foursIn(blocks)}u;`).join('\n')}
${written((k, at) => `sum${k} += ${rowsOf(at)};`)}
  }
${written((k, at) => `work[${at}] -= sum${k};`)}
}`,
  };
}

function extendKernel(blocks: number): NetworkKernel {
  return {
    name: 'Lanczos: next vector of the basis',
    access: ['read', 'read', 'read', 'write'],
    code: `@group(0) @binding(0) var<storage, read> count: u32;
@group(0) @binding(1) var<storage, read> work: array<vec4f>;
@group(0) @binding(2) var<storage, read> lengths: array<f32>;
@group(0) @binding(3) var<storage, read_write> basis: array<vec4f>;
@compute @workgroup_size(${lanes})
fn main(${thread}) {
${ofBlock(blocks)}
  let to = count * ${foursIn(blocks)}u;
  let by = lengths[1];
${written((_, at) => `basis[to + ${at}] = work[${at}] * by;`)}
}`,
  };
}

function scaleKernel(blocks: number): NetworkKernel {
  return {
    name: 'Lanczos: numbers scaled each by its own',
    access: ['read', 'write'],
    code: `@group(0) @binding(0) var<storage, read> roots: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> work: array<vec4f>;
@compute @workgroup_size(${lanes})
fn main(${thread}) {
${ofBlock(blocks)}
${written((_, at) => `work[${at}] *= roots[${at}];`)}
}`,
  };
}
