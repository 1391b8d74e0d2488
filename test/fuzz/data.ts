/**
 * Random and damaged files for the readers of data: IDX, gzip and CSV. Valid files with bytes changed, moved, doubled or lost, files cut short, random
 * headers, and what a hostile hand would write. Whatever the file, it must be read as slow readers of a few lines read it, or refused with a
 * place; nothing else may come out, soon, and without more memory than the file and its samples need. The same seed gives the same files.
 */
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { FileError, type Files } from '../../src/engine/problems/files';
import { loadData } from '../../src/engine/problems/load';
import type { Dataset } from '../../src/engine/problems/dataset';
import { Random } from '../../src/engine/random';
import { SpecificationError, type DataSource } from '../../src/engine/run/specification';
import { randomCsv } from './csvFiles';
import { damage, pick, randomBytes, shown } from './damage';
import { expectedTable } from './tables';

/** Longer than this, in milliseconds, no file of these sizes may take. */
const longest = 2_000;
/** What a file may unpack to here. */
const limit = 2 ** 20;

export interface DataFuzzCount {
  readonly inputs: number;
  /** Files that were read, and read right. */
  readonly accepted: Readonly<Record<'idx' | 'gzip' | 'csv', number>>;
  /** The longest time for one, in milliseconds. */
  readonly slowest: number;
  /** The most memory that one took for each of its bytes, in bytes, beyond what its samples need. */
  readonly hungriest: number;
}

/** What the fuzz needs of where it runs. */
export interface Surroundings {
  /** Reads a file with these bytes as the engine in Node does. */
  read(content: Uint8Array, limit: number): Promise<Uint8Array>;
  /** Milliseconds. */
  clock(): number;
}

/** @throws Error with the file that broke a promise */
export async function fuzzData(count: number, seed: number, { read, clock }: Surroundings): Promise<DataFuzzCount> {
  const random = new Random(seed, 'fuzz');
  const accepted = { idx: 0, gzip: 0, csv: 0 };
  let slowest = 0;
  let hungriest = 0;
  for (let i = 0; i < count; i++) {
    const kind = (['idx', 'csv', 'gzip'] as const)[i % 3];
    const began = clock();
    const { kept, hunger } = await trials[kind](random, read);
    if (kept) accepted[kind]++;
    hungriest = Math.max(hungriest, hunger);
    const took = clock() - began;
    slowest = Math.max(slowest, took);
    if (took > longest) throw new Error(`File ${i} of kind ${kind} took ${Math.round(took)} ms.`);
  }
  return { inputs: count, accepted, slowest, hungriest };
}

interface Outcome {
  readonly kept: boolean;
  readonly hunger: number;
}

const trials = { idx: tryIdx, csv: tryCsv, gzip: tryGzip };

/** Loads data from files in memory. @returns them, or why they were refused, and the bytes that were allocated */
async function load(source: DataSource, contents: Readonly<Record<string, Uint8Array>>) {
  const files: Files = {
    size: async (path) => contents[path].length,
    read: async (path) => contents[path].slice(),
    text: () => Promise.reject(new Error('data are not read as text')),
  };
  const watch = new AllocationWatch();
  let found: Dataset | string;
  try {
    found = await loadData(source, 1, files);
  } catch (error) {
    if (!(error instanceof SpecificationError)) throw error;
    found = error.message;
  } finally {
    watch.end();
  }
  return { found, bytes: watch.bytes };
}

/** The most that reading may allocate for itself: a fixed amount, and so much for each byte of the file. */
const fixed = 2 ** 18;
const aByte = 100;

function checkHunger(bytes: number, file: Uint8Array, found: Dataset | string): number {
  const samples = typeof found === 'string' ? 0 : 10 * found.samples * (found.inputs + 2);
  const own = bytes - samples - fixed;
  if (own > aByte * file.length) throw new Error(`${bytes} bytes were allocated for a file of ${file.length}: ${shown(file)}`);
  return Math.max(0, own / Math.max(1, file.length));
}

// --- IDX

const elements = [
  [0x08, 1, 'getUint8'],
  [0x09, 1, 'getInt8'],
  [0x0b, 2, 'getInt16'],
  [0x0c, 4, 'getInt32'],
  [0x0d, 4, 'getFloat32'],
  [0x0e, 8, 'getFloat64'],
] as const;

/** The numbers of an IDX file and their extents, or null where it is none: the format's description, word for word. */
function expectedIdx(bytes: Uint8Array): { readonly extents: number[]; readonly values: number[]; readonly code: number } | null {
  const element = elements.find(([code]) => code === bytes[2]);
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || !element || bytes[3] === 0 || bytes.length < 4 + 4 * bytes[3]) return null;
  const [code, size, get] = element;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const extents = Array.from({ length: bytes[3] }, (_, i) => view.getUint32(4 + 4 * i));
  const count = extents.reduce((product, extent) => product * extent, 1);
  const start = 4 + 4 * bytes[3];
  if (count === 0 || bytes.length !== start + count * size) return null;
  return { extents, values: Array.from({ length: count }, (_, i) => view[get](start + i * size)), code };
}

async function tryIdx(random: Random): Promise<Outcome> {
  const samples = 1 + random.integer(6);
  const shape = Array.from({ length: pick(random, [0, 1, 2, 2, 2, 3, 4]) }, () => 1 + random.integer(5));
  const images = damage(random, randomIdx(random, [samples, ...shape], false), random.integer(3));
  const labels = damage(random, randomIdx(random, [random.integer(20) === 0 ? samples + 1 : samples], true), random.integer(3));
  const { found, bytes } = await load({ idx: { images: 'a/images', labels: 'a/labels' } }, { 'a/images': images, 'a/labels': labels });
  const x = expectedIdx(images);
  const y = expectedIdx(labels);
  const right =
    x !== null &&
    y !== null &&
    x.extents.length >= 2 &&
    y.extents.length === 1 &&
    x.extents[0] === y.extents[0] &&
    x.values.every((value) => Number.isFinite(Math.fround(value))) &&
    y.values.every((value) => Number.isInteger(value) && value >= 0 && value < 1000);
  const context = (): string => `images ${shown(images)}\nlabels ${shown(labels)}`;
  if (typeof found === 'string') {
    if (right) throw new Error(`Refused (${found}), but right:\n${context()}`);
    if (!/^problem\.data\.idx\.(?:images|labels): (?:images|labels) .*\S/s.test(found.replace(/: (images|labels): /, ': $1 ')))
      throw new Error(`No place in “${found}”:\n${context()}`);
  } else if (!right) throw new Error(`Accepted, but wrong:\n${context()}`);
  else {
    const numbers = x.code === 0x08 ? Uint8Array.from(x.values) : Float32Array.from(x.values);
    const isSame =
      isDeepStrictEqual(Array.from(found.x), Array.from(numbers)) &&
      found.scale === (x.code === 0x08 ? 1 / 255 : 1) &&
      found.y.kind === 'classes' &&
      isDeepStrictEqual(Array.from(found.y.labels, (label) => label + 0), y.values.map((label) => label + 0)); // prettier-ignore
    if (!isSame) throw new Error(`Read as something else:\n${context()}`);
  }
  return { kept: right, hunger: checkHunger(bytes, images.length > labels.length ? images : labels, found) };
}

function randomIdx(random: Random, extents: readonly number[], areLabels: boolean): Uint8Array {
  const [code, size] = random.integer(2) === 0 ? elements[0] : pick(random, elements);
  const count = extents.reduce((product, extent) => product * extent, 1);
  const start = 4 + 4 * extents.length;
  const bytes = new Uint8Array(start + count * size);
  bytes.set([0, 0, code, extents.length]);
  const view = new DataView(bytes.buffer);
  extents.forEach((extent, i) => view.setUint32(4 + 4 * i, extent));
  for (let i = 0; i < count; i++) {
    const at = start + i * size;
    const value = areLabels ? random.integer(10) : random.integer(200) - 60;
    if (code === 0x0d) view.setFloat32(at, areLabels ? value : random.integer(500) === 0 ? NaN : value / 7);
    else if (code === 0x0e) view.setFloat64(at, areLabels ? value : random.integer(500) === 0 ? 1e300 : value / 7);
    else if (size === 1) view.setInt8(at, value);
    else if (size === 2) view.setInt16(at, value);
    else view.setInt32(at, value);
  }
  return bytes;
}

// --- gzip

async function tryGzip(random: Random, read: Surroundings['read']): Promise<Outcome> {
  const content = randomContent(random);
  const whole = gzipSync(content, { level: random.integer(10) });
  const variants = [
    () => whole,
    () => damage(random, whole, 1),
    () => damage(random, whole, 1),
    () => whole.subarray(0, random.integer(whole.length + 1)),
    () => Buffer.concat([whole, gzipSync(randomContent(random))]),
    () => Buffer.concat([whole, randomBytes(random, random.integer(12))]),
    () => lie(whole, random),
    () => gzipSync(whole),
    () => bomb,
  ];
  const packed = pick(random, variants)();
  let expected: Buffer | null;
  try {
    expected = packed[0] === 0x1f && packed[1] === 0x8b ? gunzipSync(packed, { maxOutputLength: limit }) : Buffer.from(packed);
  } catch {
    expected = null;
  }
  const watch = new AllocationWatch();
  let found: Uint8Array | string;
  try {
    found = await read(packed, limit);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    found = error.message;
  } finally {
    watch.end();
  }
  if (typeof found === 'string') {
    if (expected) throw new Error(`Refused (${found}), but right:\n${shown(packed)}`);
    if (!/^\S+ .*(?:gzip|unpacks to more than 1 MiB)/.test(found)) throw new Error(`“${found}” does not tell of ${shown(packed)}`);
  } else if (!expected?.equals(found)) throw new Error(`Unpacked to something else:\n${shown(packed)}`);
  // Never more than the limit and a piece, with whatever the stream itself takes.
  if (watch.bytes > 2 * limit + fixed) throw new Error(`${watch.bytes} bytes were allocated for ${shown(packed)}`);
  return { kept: expected !== null, hunger: 0 };
}

/** Zeros that unpack to four times the limit. */
const bomb = gzipSync(new Uint8Array(4 * limit));

function randomContent(random: Random): Uint8Array {
  const length = random.integer(random.integer(8) === 0 ? 20_000 : 200);
  return random.integer(2) === 0 ? randomBytes(random, length) : new Uint8Array(length).fill(65 + random.integer(3));
}

/** A file that claims to unpack to something else. */
function lie(packed: Uint8Array, random: Random): Uint8Array {
  const bytes = packed.slice();
  new DataView(bytes.buffer).setUint32(bytes.length - 4, pick(random, [0, 1, 0xffffffff, 0x7fffffff, random.uint32()]), true);
  return bytes;
}

// --- CSV

async function tryCsv(random: Random): Promise<Outcome> {
  const { bytes: file, csv } = randomCsv(random);
  const { found, bytes } = await load({ csv: { ...csv, file: 'a/table.csv' } }, { 'a/table.csv': file });
  const expected = expectedTable(file, csv);
  const context = (): string => `${JSON.stringify(csv)}\n${shown(file)}`;
  if (typeof found === 'string') {
    if (expected !== null) throw new Error(`Refused (${found}), but right:\n${context()}`);
    checkPlace(found, file, context);
  } else {
    if (expected === null) throw new Error(`Accepted, but wrong:\n${context()}`);
    const { y } = found;
    const learnt = y.kind === 'classes' ? Array.from(y.labels, (label) => y.names[label]) : Array.from(y.values, (value) => value + 0);
    const x = Array.from(found.x, (value) => value + 0);
    const seen = { features: found.features, x, learnt, classes: y.kind === 'classes' ? y.names : [] };
    if (!isDeepStrictEqual(seen, expected))
      throw new Error(`Read as ${JSON.stringify(seen)}, not as ${JSON.stringify(expected)}:\n${context()}`);
  }
  return { kept: expected !== null, hunger: checkHunger(bytes, file, found) };
}

/** A fault of a table is one of the specification, of the file as a whole, or stands on a line that is there. */
function checkPlace(message: string, file: Uint8Array, context: () => string): void {
  const whole = /^problem\.data\.csv(?:\.\S+)?: (?:table\.csv (?:is empty|is not text|has a header but|has no |has \d)|“)/.test(message);
  const line = Number(/^problem\.data\.csv\.file: table\.csv:(\d+)[:,]/.exec(message)?.[1]);
  const lines = 1 + file.filter((byte) => byte === 10 || byte === 13).length;
  if (!whole && !(line >= 1 && line <= lines)) throw new Error(`No place in “${message}”:\n${context()}`);
}

// --- memory

type ListConstructor = Uint8ArrayConstructor | Int32ArrayConstructor | Float32ArrayConstructor | Float64ArrayConstructor;

/** Counts the bytes of all arrays of numbers that are made while it watches. */
class AllocationWatch {
  bytes = 0;
  private readonly originals = [Uint8Array, Int32Array, Float32Array, Float64Array] as const;

  constructor() {
    for (const original of this.originals)
      this.put(
        original.name,
        new Proxy<ListConstructor>(original, {
          construct: (target, args: unknown[], newTarget) => {
            const list = Reflect.construct(target, args, newTarget) as Uint8Array;
            if (!(args[0] instanceof ArrayBuffer)) this.bytes += list.byteLength;
            return list;
          },
        }),
      );
  }

  end(): void {
    for (const original of this.originals) this.put(original.name, original);
  }

  private put(name: string, value: ListConstructor): void {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
  }
}
