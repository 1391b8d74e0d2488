/**
 * The statistics of a step as two dispatches: squares of the gradient, of what the weights change by and of the weights after the step, and
 * the effective rates, summed layer by layer. First every thread sums a handful of numbers; then a workgroup a layer joins what they
 * left, in pairs of f32 whose sum is the number, in an order that is always the same. A number is rounded 14 times at most on its way into a
 * sum of so few, and joining them adds nothing, so that norms and means are right to 1e-6 of themselves. Where squares may have been lost, because float32
 * has no room for that of 1e-30, the numbers are taken in units of a power of two near the largest.
 */
import type { Adapter, Dispatch, NetworkKernel, Place } from './definition';
import { larger, shaderTexts } from './functions';
import { spreadOver, type Table } from './tiles';

/** Threads of a workgroup, how many numbers each sums, and how many of them before it adds them to the rest. */
const lanes = 64;
const handful = 128;
const few = 32;
/** Threads that join what they have left; in software threads that wait for each other cost more than they save. */
const joinersOn = { hardware: lanes, software: 4 } as const;
/** Numbers of a workgroup. */
export const statisticsTile = lanes * handful;
/** Words that a thread leaves: for each sum of squares the unit and the sum, and the sum of the rates. */
const partialWords = 8;
/** Words of a layer's result: for each of gradient, update, weights the unit and a pair, then a pair for the rates. */
export const statisticsWords = 11;

/** Words that the partial sums take. */
export const partialsFor = ({ tiles }: Table): number => tiles * lanes * partialWords;

/** Where everything lies. */
export interface StatisticsPlaces {
  readonly table: Place;
  readonly gradients: Place;
  /** The weights before the step. */
  readonly before: Place;
  readonly weights: Place;
  /** The effective rate of every weight; null where there is one a layer. */
  readonly rates: Place | null;
  readonly partials: Place;
  /** Of each layer `statisticsWords`, `resultStep` words apart. */
  readonly result: Place;
}

/** Of a power of two from 2⁻¹²⁶ to 2¹²⁶; a division might be rounded. */
const inverseText = `fn inverse(unit: f32) -> f32 { return bitcast<f32>(0x7f000000u - bitcast<u32>(unit)); }`;

/** A sum in units of its largest number: unit, sum, and what the sum leaves out. Stands on `larger`. */
export const sumText = `struct Sum { unit: f32, high: f32, low: f32 }
fn isFinite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }
${inverseText}
fn plus(a: vec2f, b: vec2f) -> vec2f {
  let sum = a.x + b.x;
  let other = sum - a.x;
  let rest = ((a.x - (sum - other)) + (b.x - other)) + (a.y + b.y);
  let high = sum + rest;
  return select(vec2f(sum, 0f), vec2f(high, rest - (high - sum)), isFinite(sum));
}
fn join(a: Sum, b: Sum) -> Sum {
  let unit = larger(a.unit, b.unit);
  if (unit == 0f || !isFinite(unit)) { return Sum(unit, 1f, 0f); }
  let p = a.unit * inverse(unit) * (a.unit * inverse(unit));
  let q = b.unit * inverse(unit) * (b.unit * inverse(unit));
  let sum = plus(vec2f(a.high, a.low) * p, vec2f(b.high, b.low) * q);
  return Sum(unit, sum.x, sum.y);
}`;

/** Sums of squares that a thread has made. */
export const squaresText = `fn together(x: vec4f) -> f32 { return (x.x + x.y) + (x.z + x.w); }
// Below and above, squares may have been lost.
fn isSafe(sum: f32) -> bool {
  let bits = bitcast<u32>(sum);
  return bits >= 0x0f800000u && bits <= 0x7e800000u;
}`;

function partialKernel(table: Table, withRates: boolean): NetworkKernel {
  const read = ['gradients', 'before', 'weights', ...(withRates ? ['rates'] : [])];
  const bound = read.map((name, i) => `@group(0) @binding(${i + 1}) var<storage, read> ${name}: array<vec4f>;`);
  return {
    name: 'statistics of a step',
    access: ['read', ...read.map(() => 'read' as const), 'write'],
    code: `@group(0) @binding(0) var<storage, read> table: array<u32>;
${bound.join('\n')}
@group(0) @binding(${read.length + 1}) var<storage, read_write> partials: array<f32>;
${shaderTexts([larger]).join('\n')}
${inverseText}
fn value(which: u32, i: u32) -> vec4f {
  if (which == 0u) { return gradients[i]; }
  if (which == 1u) { return weights[i] - before[i]; }
  return weights[i];
}
${squaresText}
// Which of four numbers belong to the layer.
fn within(i: u32, last: u32) -> vec4<bool> {
  return vec4u(4u * i) + vec4u(0u, 1u, 2u, 3u) < vec4u(last);
}
fn inUnits(which: u32, at: u32, begin: u32, last: u32) -> vec2f {
  var most = 0f;
  for (var i = begin; 4u * i < last; i += ${lanes}u) {
    let x = abs(select(vec4f(), value(which, at + i), within(i, last)));
    most = larger(most, larger(larger(x.x, x.y), larger(x.z, x.w)));
  }
  if (most == 0f || (bitcast<u32>(most) & 0x7f800000u) == 0x7f800000u) { return vec2f(most, 1f); }
  let unit = bitcast<f32>(clamp(bitcast<u32>(most) & 0x7f800000u, 0x00800000u, 0x7e800000u));
  var sums = vec4f();
  for (var i = begin; 4u * i < last; i += ${lanes}u) {
    let x = select(vec4f(), value(which, at + i), within(i, last)) * inverse(unit);
    sums += x * x;
  }
  return vec2f(unit, together(sums));
}
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
${table.open}
  let last = min(first + ${statisticsTile}u, count);
  let begin = first / 4u + lane;
  var squares = array<vec4f, 3>();
  var sum = vec4f();
  for (var block = begin; 4u * block < last; block += ${(lanes * few) / 4}u) {
    var some = array<vec4f, 4>();
    for (var i = block; i < block + ${(lanes * few) / 4}u && 4u * i < last; i += ${lanes}u) {
      let own = within(i, last);
      let w = select(vec4f(), weights[at / 4u + i], own);
      let g = select(vec4f(), gradients[at / 4u + i], own);
      let d = select(vec4f(), w - before[at / 4u + i], own);
      some[0] += g * g;
      some[1] += d * d;
      some[2] += w * w;
      ${withRates ? 'some[3] += select(vec4f(), rates[rateAt / 4u + i], own);' : ''}
    }
    squares[0] += some[0];
    squares[1] += some[1];
    squares[2] += some[2];
    sum += some[3];
  }
  let to = (tile * ${lanes}u + lane) * ${partialWords}u;
  for (var which = 0u; which < 3u; which++) {
    var part = vec2f(1f, together(squares[which]));
    if (!isSafe(part.y)) { part = inUnits(which, at / 4u, begin, last); }
    partials[to + 2u * which] = part.x;
    partials[to + 2u * which + 1u] = part.y;
  }
  partials[to + 6u] = together(sum);
}`,
  };
}

/** @param joiners threads of a layer's workgroup */
function totalKernel(table: Table, resultStep: number, joiners: number): NetworkKernel {
  return {
    name: 'statistics of a layer',
    access: ['read', 'read', 'write'],
    code: `@group(0) @binding(0) var<storage, read> table: array<u32>;
@group(0) @binding(1) var<storage, read> partials: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
${shaderTexts([larger]).join('\n')}
${sumText}
var<workgroup> squares: array<array<Sum, 3>, ${joiners}>;
var<workgroup> rates: array<vec2f, ${joiners}>;
@compute @workgroup_size(${joiners})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let layer = group.x;
  let begin = ${table.firstTile('layer')} * ${lanes}u;
  let end = begin + ${table.tileCount('layer')} * ${lanes}u;
  var own = array<Sum, 3>(Sum(0f, 1f, 0f), Sum(0f, 1f, 0f), Sum(0f, 1f, 0f));
  var rate = vec2f();
  for (var k = begin + lane; k < end; k += ${joiners}u) {
    let place = k * ${partialWords}u;
    for (var which = 0u; which < 3u; which++) {
      own[which] = join(own[which], Sum(partials[place + 2u * which], partials[place + 2u * which + 1u], 0f));
    }
    rate = plus(rate, vec2f(partials[place + 6u], 0f));
  }
  squares[lane] = own;
  rates[lane] = rate;
  workgroupBarrier();
  for (var half = ${joiners / 2}u; half > 0u; half /= 2u) {
    if (lane < half) {
      for (var which = 0u; which < 3u; which++) {
        squares[lane][which] = join(squares[lane][which], squares[lane + half][which]);
      }
      rates[lane] = plus(rates[lane], rates[lane + half]);
    }
    workgroupBarrier();
  }
  if (lane < 3u) {
    let total = squares[0][lane];
    let to = layer * ${resultStep}u + 3u * lane;
    result[to] = total.unit;
    result[to + 1u] = total.high;
    result[to + 2u] = total.low;
  }
  if (lane < 2u) { result[layer * ${resultStep}u + 9u + lane] = rates[0][lane]; }
}`,
  };
}

/** @param resultStep words from one layer's result to the next */
export function statisticsDispatches(
  table: Table,
  places: StatisticsPlaces,
  resultStep: number,
  kind: Adapter['kind'],
): readonly Dispatch[] {
  const { gradients, before, weights, rates, partials, result } = places;
  return [
    {
      kernel: partialKernel(table, rates !== null),
      bind: [places.table, gradients, before, weights, ...(rates === null ? [] : [rates]), partials],
      workgroups: spreadOver(table.tiles),
    },
    { kernel: totalKernel(table, resultStep, joinersOn[kind]), bind: [places.table, partials, result], workgroups: [table.layers, 1, 1] },
  ];
}

/** A layer's result, in float64. @param words as the shader left them @param parameters numbers of the layer */
export function statisticsFrom(
  words: Float32Array,
  parameters: number,
): { gradient: number; update: number; weight: number; meanRate: number } {
  const norm = (at: number): number => words[at] * Math.sqrt(words[at + 1] + words[at + 2]);
  return { gradient: norm(0), update: norm(3), weight: norm(6), meanRate: (words[9] + words[10]) / parameters };
}
