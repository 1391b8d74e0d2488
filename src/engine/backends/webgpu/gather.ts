/**
 * The samples of a block, copied from a data set in the GPU's memory: features into value 0, and what the loss compares the outputs with.
 * The same numbers as `Samples.gather` has, rounded to 32 bits once.
 */
import { sizeOf } from '../../network/builder';
import type { Structure } from '../../network/structure';
import { type Dispatch, type Place, type Site, stride } from './definition';
import { literal } from './functions';
import { type Bound, dispatchOf, read, written } from './layers/shader';

/** Where a data set lies in the GPU's memory, and how. */
export interface Source {
  readonly x: Place;
  readonly y: Place;
  /** Whether features are bytes, four a word, without gaps even between samples; otherwise they are f32. */
  readonly bytes: boolean;
  /** What a feature is multiplied by. */
  readonly scale: number;
  /** Whether `y` holds the numbers of classes, u32; otherwise it holds numbers to predict, f32, one an output. */
  readonly labels: boolean;
}

/** What is needed of a layout: the block's rows, as indices into the data set, beside what a `Site` has. */
export interface GatherSite extends Pick<Site, 'structure' | 'capacity' | 'info' | 'value' | 'common'> {
  readonly rows: Place;
}

/** The most invocations that share a sample. */
const invocations = 64;

/** The first 16 bits of a number: times a byte they make no more than the 24 that an f32 holds. */
function leadingBits(value: number): number {
  const unit = 2 ** (Math.floor(Math.log2(value)) - 15);
  return Math.floor(value / unit) * unit;
}

const four = (of: (k: number) => string): string => `vec4f(${[0, 1, 2, 3].map(of).join(', ')})`;

/** Statements for features 4·item … 4·item + 3 of a row. What they find beyond its last may be anything; reading past the end of a buffer is defined. */
function features({ bytes, scale }: Source, inputs: number): string {
  const to = `value[row * ${stride(inputs) / 4}u + item]`;
  if (!bytes)
    return `let place = sample * ${inputs}u + 4u * item;
${to} = ${four((k) => `x[place + ${k}u]`)}${scale === 1 ? '' : ` * ${literal(scale)}`};`;
  const word =
    inputs % 4 === 0
      ? `let word = x[sample * ${inputs / 4}u + item];`
      : `let place = sample * ${inputs}u + 4u * item;
let shift = 8u * (place & 3u);
let word = (x[place >> 2u] >> shift) | select(x[(place >> 2u) + 1u] << (32u - shift), 0u, shift == 0u);`;
  const leading = leadingBits(scale);
  return `${word}
let bytes = vec4f((vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u));
${to} = ${scale === 1 ? 'bytes' : `bytes * ${literal(leading)} + bytes * ${literal(scale - leading)}`};`;
}

/** Statements for what the sample is compared with, and how many times for a row they are done; `part` is the number of one. */
function target({ labels }: Source, { loss, outputs }: Structure): { readonly parts: number; readonly text: string } {
  if (loss.against === 'class') return { parts: 1, text: 'wanted[row] = y[sample];' };
  const parts = stride(outputs) / 4;
  const to = `wanted[row * ${parts}u + part]`;
  if (!labels) return { parts, text: `${to} = ${four((k) => `y[sample * ${outputs}u + 4u * part + ${k}u]`)};` };
  if (outputs === 1) return { parts, text: `${to} = vec4f(f32(y[sample]));` };
  return { parts, text: `${to} = ${four((k) => `select(0.0f, 1.0f, y[sample] == 4u * part + ${k}u)`)};` };
}

/** Copies the samples at `rows`: into value 0, and into `wanted` a class number (u32) or `stride(outputs)` numbers a row. */
export function gather(site: GatherSite, source: Source): readonly Dispatch[] {
  const { structure, capacity } = site;
  const inputs = sizeOf(structure.inputs);
  const vectors = stride(inputs) / 4;
  const { parts, text } = target(source, structure);
  const byClass = structure.loss.against === 'class';
  const bind: Record<string, Bound> = {
    rows: read(site.rows, 'u32'),
    x: read(source.x, source.bytes ? 'u32' : 'f32'),
    y: read(source.y, source.labels ? 'u32' : 'f32'),
    value: written(site.value(0), 'vec4f'),
    wanted: written(site.common('wanted', byClass ? capacity : 4 * parts * capacity), byClass ? 'u32' : 'vec4f'),
  };
  const size = Math.min(invocations, 4 * Math.ceil(Math.max(vectors, parts) / 4));
  const body = `let row = group;
let sample = rows[row];
for (var item = local; item < ${vectors}u; item += ${size}u) {
${features(source, inputs)}
}
for (var part = local; part < ${parts}u; part += ${size}u) {
${text}
}`;
  return [dispatchOf(site, { name: `gather ${inputs}`, bind, size, groups: (rows) => rows, body })];
}
