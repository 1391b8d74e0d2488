/**
 * IDX, the format of MNIST and its relatives: two zero bytes, a type, the number of dimensions, each extent as a big-endian
 * 32-bit integer, then the values, big-endian, too. Images and labels are two files. Unsigned bytes stay bytes (a pixel is its byte / 255), all
 * else becomes float32, in place where that takes no more room; and what a header claims is held against the bytes that are there
 * before anything is allocated for it.
 * Format: LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
 */
import type { Dataset } from './dataset';
import { baseName, FileError, showBytes, showCount } from './files';
import { largestFeatures, largestFile, mostClasses, mostSamples } from './limits';

/** What a file holds, and what messages and dimensions go by. */
export type IdxKind = 'images' | 'labels';

interface ElementType {
  readonly title: string;
  readonly bytes: number;
  read(view: DataView, at: number): number;
}

const unsignedByte = 0x08;
/** The types by their code. */
const types: Readonly<Record<number, ElementType>> = {
  [unsignedByte]: { title: 'unsigned byte', bytes: 1, read: (view, at) => view.getUint8(at) },
  0x09: { title: 'signed byte', bytes: 1, read: (view, at) => view.getInt8(at) },
  0x0b: { title: 'int16', bytes: 2, read: (view, at) => view.getInt16(at) },
  0x0c: { title: 'int32', bytes: 4, read: (view, at) => view.getInt32(at) },
  0x0d: { title: 'float32', bytes: 4, read: (view, at) => view.getFloat32(at) },
  0x0e: { title: 'float64', bytes: 8, read: (view, at) => view.getFloat64(at) },
};

/** The beginning of a file. */
export interface IdxHeader {
  readonly name: string;
  readonly kind: IdxKind;
  readonly type: ElementType;
  /** The number of samples, then the extents of one. */
  readonly extents: readonly number[];
  /** Where the values begin. */
  readonly start: number;
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
const product = (numbers: readonly number[]): number => numbers.reduce((all, number) => all * number, 1);
const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);

/** Reads the header. @param bytes the beginning of the file, or all of it @param name what messages call it @throws FileError */
export function readIdxHeader(bytes: Uint8Array, name: string, kind: IdxKind): IdxHeader {
  const expected = `its first bytes should be ${kind === 'images' ? '00 00 08 03' : '00 00 08 01'}`;
  if (bytes.length === 0) throw new FileError(`${name} is empty; an IDX file is expected (${expected}).`);
  if (bytes.length < 4)
    throw new FileError(`${name} has ${showBytes(bytes.length)} only (${hex(bytes)}). Is it an IDX file? ${capital(expected)}.`);
  const [zero0, zero1, code, rank] = bytes;
  if (zero0 !== 0 || zero1 !== 0 || rank === 0)
    throw new FileError(`${name} begins with ${hex(bytes.subarray(0, 4))}. Is it an IDX file? ${capital(expected)}.`);
  const type = Object.hasOwn(types, code) ? types[code] : undefined;
  if (!type)
    throw new FileError(
      `${name} begins with ${hex(bytes.subarray(0, 4))}: there are no values of type ${hex(bytes.subarray(2, 3))}; 08, 09, 0b, 0c, 0d or 0e is expected. ` +
        `Is it an IDX file? ${capital(expected)}.`,
    );
  if (kind === 'labels' ? rank !== 1 : rank < 2)
    throw new FileError(
      `${name} has ${rank} ${rank === 1 ? 'dimension' : 'dimensions'}; ` +
        `${kind === 'labels' ? 'labels have 1' : 'images have 3 (count, rows, columns), or 2, or more'}. Are \`images\` and \`labels\` the wrong way round?`,
    );
  const start = 4 + 4 * rank;
  if (bytes.length < start)
    throw new FileError(`${name} ends inside its header: ${showBytes(bytes.length)} of ${start}. Download it again.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, start);
  const extents = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  return { name, kind, type, extents, start };
}

/** Reads a header and holds what it claims against the bytes that follow it, by arithmetic alone. @throws FileError */
export function checkIdx(bytes: Uint8Array, name: string, kind: IdxKind): IdxHeader {
  const header = readIdxHeader(bytes, name, kind);
  const { extents, type, start } = header;
  const [samples, ...shape] = extents;
  const sized = type.title === 'unsigned byte' ? '' : ` of ${type.title}`;
  const claim =
    kind === 'labels'
      ? `${showCount(samples)} labels${sized}`
      : `${showCount(samples)} images of ${shape.map(showCount).join(' × ')}${sized}`;
  if (extents.includes(0)) throw new FileError(`${name} says it holds ${claim}: there is nothing to learn from.`);
  const claimed = product(extents) * type.bytes;
  const found = bytes.length - start;
  if (claimed > largestFile)
    throw new FileError(
      `${name} says it holds ${claim} (${showBytes(claimed)}); files above ${showBytes(largestFile)} are refused. ` +
        `Is it an IDX file? Its first bytes should be 00 00 08 0${kind === 'labels' ? 1 : 3}.`,
    );
  if (claimed !== found)
    throw new FileError(
      `${name} says it holds ${claim}, ${showCount(claimed)} bytes after its header; ` +
        `${showCount(found)} are there, ${showCount(Math.abs(claimed - found))} too ${found < claimed ? 'few. Is the file cut short?' : 'many. Is it damaged?'}`,
    );
  if (samples > mostSamples) throw new FileError(`${name} holds ${claim}; more than ${showCount(mostSamples)} samples are refused.`);
  const needed = product(extents) * (type.title === 'unsigned byte' ? 1 : 4);
  if (needed > largestFeatures)
    throw new FileError(
      `${name} holds ${claim}, which take ${showBytes(needed)} as float32; more than ${showBytes(largestFeatures)} is refused.`,
    );
  return header;
}

/** The values of a file's images. @param bytes overwritten where they make room for what they become @throws FileError */
export function readImages(
  bytes: Uint8Array,
  name: string,
): { readonly extents: readonly number[]; readonly x: Uint8Array | Float32Array } {
  const { type, extents, start } = checkIdx(bytes, name, 'images');
  if (type.title === 'unsigned byte') return { extents, x: bytes.subarray(start) };
  const count = product(extents);
  const values = new DataView(bytes.buffer, bytes.byteOffset + start);
  // A number is read before the room it takes is written to: that of one read earlier, or its own.
  const inPlace = type.bytes >= 4 && values.byteOffset % 4 === 0;
  const x = inPlace ? new Float32Array(bytes.buffer, values.byteOffset, count) : new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const value = type.read(values, i * type.bytes);
    x[i] = value;
    if (!Number.isFinite(x[i])) {
      const sample = Math.floor(i / product(extents.slice(1)));
      throw new FileError(
        `${name}: ${value} in image ${showCount(sample)}, counted from 0 (byte ${showCount(start + i * type.bytes)} of the file); a number that is finite as a float32 is expected.`,
      );
    }
  }
  return { extents, x };
}

/** The values of a file's labels, whole numbers from 0. @throws FileError */
export function readLabels(bytes: Uint8Array, name: string): Int32Array {
  const { type, extents, start } = checkIdx(bytes, name, 'labels');
  const values = new DataView(bytes.buffer, bytes.byteOffset + start);
  const labels = new Int32Array(extents[0]);
  for (let i = 0; i < labels.length; i++) {
    const label = type.read(values, i * type.bytes);
    if (!(Number.isInteger(label) && label >= 0 && label < mostClasses))
      throw new FileError(
        `${name}: label ${showCount(i)}, counted from 0 (byte ${showCount(start + i * type.bytes)} of the file), is ${label}; a whole number from 0 to ${mostClasses - 1} is expected.`,
      );
    labels[i] = label;
  }
  return labels;
}

/**
 * The data set of two files. The classes are 0 … the largest label. Images of three dimensions are grey, of four have channels; of
 * any other number they are plain features.
 * @param imageBytes and @param labelBytes the files' content, the caller's no longer
 * @throws FileError where the counts differ
 */
export function idxDataset(
  images: ReturnType<typeof readImages>,
  labels: Int32Array,
  paths: { readonly images: string; readonly labels: string },
): Dataset {
  const [samples, ...extents] = images.extents;
  if (labels.length !== samples)
    throw new FileError(
      `${baseName(paths.labels)} holds ${showCount(labels.length)} labels, but ${baseName(paths.images)} holds ` +
        `${showCount(samples)} images. Do the two files belong together?`,
    );
  const largest = labels.reduce((most, label) => Math.max(most, label), 0);
  const names = Array.from({ length: largest + 1 }, (_, label) => String(label));
  const shape = shapeOf(extents);
  return {
    name: `${collection(paths.images)}, ${extents.join(' × ')}`,
    samples,
    inputs: product(extents),
    x: images.x,
    scale: images.x instanceof Uint8Array ? 1 / 255 : 1,
    ...(shape && { shape }),
    y: { kind: 'classes', classes: names.length, names, labels },
  };
}

/** [channels, height, width] of images of these extents; undefined where they are none. */
export function shapeOf(extents: readonly number[]): Dataset['shape'] {
  if (extents.length === 2) return [1, extents[0], extents[1]];
  return extents.length === 3 ? [extents[0], extents[1], extents[2]] : undefined;
}

/** What the path calls the collection: `MNIST` below a folder `mnist`, `MNIST-like` under MNIST's own file names; otherwise the file's name. */
function collection(path: string): string {
  const known = /(?:^|[\\/_.-])((?:fashion|k|e|q)[-_]?)?mnist(?=$|[\\/_.-])/i.exec(path);
  if (!known) return /^(?:t10k|train)-images[.-]idx3-ubyte/.test(baseName(path)) ? 'MNIST-like IDX' : baseName(path);
  const family = (known[1] ?? '').replace(/[-_]/, '').toLowerCase();
  return family === 'fashion' ? 'Fashion-MNIST' : `${family.toUpperCase()}MNIST`;
}
