/** Dropout and noise on a GPU beside the draws of draws.ts: the same bits of every mask, the same normal numbers. */
import type { Dispatch, Site } from '../../../src/engine/backends/webgpu/definition';
import { stride } from '../../../src/engine/backends/webgpu/definition';
import { shaderTexts } from '../../../src/engine/backends/webgpu/functions';
import { dropout } from '../../../src/engine/backends/webgpu/layers/dropout';
import { noise } from '../../../src/engine/backends/webgpu/layers/noise';
import { normal } from '../../../src/engine/backends/webgpu/normal';
import { drawMask, drawNoise, streamOf } from '../../../src/engine/network/draws';
import type { DropoutOperation, NoiseOperation } from '../../../src/engine/network/operations';
import type { Structure } from '../../../src/engine/network/structure';
import type { GpuContext } from '../../../src/webview/gpu/context';
import { Places } from '../places';

type Drawing = DropoutOperation | NoiseOperation;

const seed = 2 ** 40 + 12345;
/** A step's place in its stream is a multiple of 2³¹ words, counted modulo 2⁵³ − 1: these begin within the first 2³², where blocks of four pass 2³², and beyond the modulus, at every word of a block. */
const steps = [0, 1, 3, 7, 8, 1001, 2 ** 22 - 1, 2 ** 22, 2 ** 22 + 5, 2 ** 23 + 7, 3 * 2 ** 22 + 8, 2 ** 32 - 1];

function siteOf(places: Places, operation: Drawing, rows: number, size: number, adds: boolean): Site {
  const named = (what: string) => (v: number) => places.place(`${what}${v}`, rows * stride(size));
  return {
    structure: { operations: [operation, operation], values: [[size], [size], [size]] } as Partial<Structure> as Structure,
    ...{ capacity: rows, seed, info: places.info, adapter: places.adapter },
    ...{ value: named('value'), error: named('error'), wanted: () => true, first: () => !adds },
    keep: (_operation: Drawing, what: string, words: number) => places.place(what, words),
  } as Partial<Site> as Site;
}

/**
 * Rows of x = 1.5 and errors of 2, there and back.
 * @returns for each step, and each number of samples before the block: values, errors, errors added to those; and the values in evaluation
 */
async function carried(context: GpuContext, operation: Drawing, rows: number, size: number, firsts: readonly number[]) {
  const places = new Places(context);
  const of = (adds: boolean) => {
    const site = siteOf(places, operation, rows, size, adds);
    return operation.kind === 'dropout' ? dropout(operation, 1, site) : noise(operation, 1, site);
  };
  const [part, adding] = [of(false), of(true)];
  const matrix = (name: string) => places.place(name, rows * stride(size));
  places.set(matrix('value1'), new Float32Array(rows * stride(size)).fill(1.5));
  places.set(matrix('error2'), new Float32Array(rows * stride(size)).fill(2));
  const reads: Promise<readonly Float32Array[]>[] = [];
  const run = async (dispatches: readonly Dispatch[], into: string): Promise<void> => {
    await places.run(dispatches, rows);
    reads.push(places.read(matrix(into)));
  };
  // A stream ends at 2⁵³ − 1.
  const cases = steps.flatMap((step) => firsts.filter((first) => first < 100 || step < 2 ** 21).map((first) => ({ step, first })));
  for (const { step, first } of cases) {
    places.setInfo({ rows, step, first });
    await run(part.forward(), 'value2');
    await run(part.backward(), 'error1');
    await run(adding.backward(), 'error1');
  }
  places.setInfo({ rows, training: false });
  await run(part.forward(), 'value2');
  places.submit();
  const found = (await Promise.all(reads)).map(([numbers]) =>
    Float32Array.from({ length: rows * size }, (_, k) => numbers[Math.floor(k / size) * stride(size) + (k % size)]),
  );
  places.close();
  const evaluated = found[found.length - 1];
  return { cases: cases.map((one, i) => ({ ...one, values: found[3 * i], errors: found[3 * i + 1], added: found[3 * i + 2] })), evaluated };
}

const differs = (found: Float32Array, expected: (k: number) => number, tolerance = 0): string | null => {
  const k = found.findIndex((each, i) => !(Math.abs(each - expected(i)) <= tolerance));
  return k < 0 ? null : `number ${k} is ${found[k]}, not ${expected(k)}`;
};

/** Rows of these begin at every word of a block, at the first only, and at every second. */
const sizes = [1, 4, 10];

export async function dropoutFault(context: GpuContext, rate: number): Promise<string | null> {
  for (const size of sizes) {
    const operation: DropoutOperation = { kind: 'dropout', name: 'dropout1', from: [1], parameters: [], rate, index: 1 };
    const rows = 37;
    // The last brings the low word of a place over 2³².
    const { cases, evaluated } = await carried(context, operation, rows, size, [0, 41, Math.floor((2 ** 31 - 60) / size)]);
    for (const { step, first, values, errors, added } of cases) {
      const random = streamOf(operation, seed, step);
      random.counter += first * size;
      const mask = new Float32Array(rows * size);
      drawMask(random, rate, mask, 0, mask.length);
      const fault =
        differs(values, (k) => Math.fround(1.5 * mask[k])) ?? differs(errors, (k) => 2 * mask[k]) ?? differs(added, (k) => 4 * mask[k]);
      if (fault !== null) return `rows of ${size}, step ${step}, ${first} samples before: ${fault}`;
    }
    if (evaluated.some((value) => value !== 1.5)) return `rows of ${size}: changes values in evaluation`;
  }
  return null;
}

export async function noiseFault(context: GpuContext): Promise<string | null> {
  for (const size of sizes) {
    const operation: NoiseOperation = { kind: 'noise', name: 'noise1', from: [1], parameters: [], deviation: 0.5, index: 2 };
    const rows = 37;
    const { cases, evaluated } = await carried(context, operation, rows, size, [0, 41, Math.floor((2 ** 29 - 60) / size)]);
    for (const { step, first, values, errors, added } of cases) {
      const random = streamOf(operation, seed, step);
      random.counter += 4 * first * size;
      const drawn = new Float64Array(rows * size);
      drawNoise(random, operation.deviation, drawn, 0, drawn.length);
      const fault = differs(values, (k) => 1.5 + drawn[k], 1e-6) ?? differs(errors, () => 2) ?? differs(added, () => 4);
      if (fault !== null) return `rows of ${size}, step ${step}, ${first} samples before: ${fault}`;
    }
    if (evaluated.some((value) => value !== 1.5)) return `rows of ${size}: changes values in evaluation`;
  }
  return null;
}

/** Words where the uniform numbers are 0, nearly 0, nearly 1, about ½ and at every eighth of a turn; and drawn ones. */
export async function normalFault(context: GpuContext): Promise<string | null> {
  const full = 2 ** 32 - 1;
  const ends = [0, 1, 2 ** 5, 2 ** 6, 2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 2 ** 8, full - 2 ** 20, full - 2 ** 6, full - 2 ** 5, full];
  const turns = Array.from({ length: 9 }, (_, i) => Math.min(i * 2 ** 29, full)).flatMap((word) => [Math.max(0, word - 1), word]);
  const words = ends.flatMap((high) => ends.flatMap((low) => turns.flatMap((turn) => [high, low, turn, low])));
  for (let i = 0; i < 80_000; i++) words.push(Math.imul(i + 1, 0x9e3779b1) >>> 0);
  const count = words.length / 4;
  const places = new Places(context);
  const [given, made] = [places.place('words', words.length), places.place('made', count)];
  places.set(given, Uint32Array.from(words));
  const code = `@group(0) @binding(0) var<storage, read> words: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> made: array<f32>;
${shaderTexts([normal]).join('\n')}
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < ${count}u) { made[id.x] = normal(words[id.x]); }
}`;
  await places.run(
    [{ kernel: { name: 'normal', code, access: ['read', 'write'] }, bind: [given, made], workgroups: [Math.ceil(count / 64), 1, 1] }],
    1,
  );
  const read = places.read(made);
  places.submit();
  const [found] = await read;
  places.close();
  const uniform = (i: number): number => ((words[i] >>> 5) * 2 ** 26 + (words[i + 1] >>> 6)) / 2 ** 53;
  return differs(found, (k) => Math.sqrt(-2 * Math.log(1 - uniform(4 * k))) * Math.cos(2 * Math.PI * uniform(4 * k + 2)), 2e-6);
}
