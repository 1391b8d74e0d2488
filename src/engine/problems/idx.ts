/**
 * IDX, the format of MNIST and its relatives: two zero bytes, a type, the number of dimensions, each extent as a big-endian
 * 32-bit integer, then the values. Images and labels are two files. Bytes stay bytes (a pixel is its byte / 255), and what a header
 * claims is held against the bytes that are there before anything is allocated for it.
 * Format: LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
 */
import type { Dataset } from './dataset';
import { baseName, FileError, largestFile, showBytes, showCount } from './files';

/** Unsigned bytes of any number of dimensions. */
export interface IdxArray {
  readonly extents: readonly number[];
  /** Row-major. A view of the file's bytes. */
  readonly values: Uint8Array;
}

const unsignedByte = 0x08;
const otherTypes: Readonly<Record<number, string>> = { 0x09: 'int8', 0x0b: 'int16', 0x0c: 'int32', 0x0d: 'float32', 0x0e: 'float64' };

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

/** Reads one file. @param name what messages call it @param dimensions how many are expected @throws FileError */
export function parseIdx(bytes: Uint8Array, name: string, dimensions: 1 | 3): IdxArray {
  const expected = `its first bytes should be ${hex(new Uint8Array([0, 0, unsignedByte, dimensions]))}`;
  if (bytes.length === 0) throw new FileError(`${name} is empty; an IDX file is expected (${expected}).`);
  if (bytes.length < 4)
    throw new FileError(`${name} has ${showBytes(bytes.length)} only (${hex(bytes)}). Is it an IDX file? ${capital(expected)}.`);
  const [zero0, zero1, type, rank] = bytes;
  if (zero0 !== 0 || zero1 !== 0 || rank === 0)
    throw new FileError(`${name} begins with ${hex(bytes.subarray(0, 4))}. Is it an IDX file? ${capital(expected)}.`);
  if (type !== unsignedByte)
    throw new FileError(
      `${name} begins with ${hex(bytes.subarray(0, 4))}: values of type ${hex(bytes.subarray(2, 3))}` +
        `${otherTypes[type] ? ` (${otherTypes[type]})` : ''}; unsigned bytes (08) are expected. Is it an IDX file? ${capital(expected)}.`,
    );
  if (rank !== dimensions) {
    const swapped = rank === 1 || rank === 3 ? ' Are `images` and `labels` the wrong way round?' : '';
    throw new FileError(
      `${name} has ${rank} ${rank === 1 ? 'dimension' : 'dimensions'}; ` +
        `${dimensions === 1 ? 'labels have 1' : 'images have 3 (count, rows, columns)'}.${swapped}`,
    );
  }
  const header = 4 + 4 * rank;
  if (bytes.length < header)
    throw new FileError(`${name} ends inside its header: ${showBytes(bytes.length)} of ${header}. Download it again.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, header);
  const extents = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  checkExtents(extents, bytes.length - header, name, expected);
  return { extents, values: bytes.subarray(header) };
}

/** Holds what the header claims against the bytes that follow it, by arithmetic alone. */
function checkExtents(extents: readonly number[], found: number, name: string, expected: string): void {
  const claim =
    extents.length === 1
      ? `${showCount(extents[0])} labels`
      : `${showCount(extents[0])} images of ${extents.slice(1).map(showCount).join(' × ')}`;
  const bytes = extents.reduce((product, extent) => product * extent, 1);
  if (extents.includes(0)) throw new FileError(`${name} says it holds ${claim}: there is nothing to learn from.`);
  if (bytes > largestFile)
    throw new FileError(
      `${name} says it holds ${claim} (${showBytes(bytes)}); files above ${showBytes(largestFile)} are refused. ` +
        `Is it an IDX file? ${capital(expected)}.`,
    );
  if (bytes === found) return;
  throw new FileError(
    `${name} says it holds ${claim}, ${showCount(bytes)} bytes after its header; ` +
      `${showCount(found)} are there, ${showCount(Math.abs(bytes - found))} too ${found < bytes ? 'few. Is the file cut short?' : 'many. Is it damaged?'}`,
  );
}

/**
 * The data set of two parsed files. The classes are 0 … the largest label.
 * @throws FileError where the counts differ
 */
export function idxDataset(images: IdxArray, labels: IdxArray, paths: { readonly images: string; readonly labels: string }): Dataset {
  const [samples, ...shape] = images.extents;
  if (labels.extents[0] !== samples)
    throw new FileError(
      `${baseName(paths.labels)} holds ${showCount(labels.extents[0])} labels, but ${baseName(paths.images)} holds ` +
        `${showCount(samples)} images. Do the two files belong together?`,
    );
  const largest = labels.values.reduce((most, label) => Math.max(most, label), 0);
  const names = Array.from({ length: largest + 1 }, (_, label) => String(label));
  return {
    name: `${collection(paths.images)}, ${shape.join(' × ')}`,
    samples,
    inputs: shape.reduce((product, extent) => product * extent, 1),
    x: images.values,
    scale: 1 / 255,
    shape,
    y: { kind: 'classes', classes: names.length, names, labels: Int32Array.from(labels.values) },
  };
}

/** What the path calls the collection: `MNIST` below a folder `mnist`, `MNIST-like` under MNIST's own file names; otherwise the file's name. */
function collection(path: string): string {
  const known = /(?:^|[\\/_.-])((?:fashion|k|e|q)[-_]?)?mnist(?=$|[\\/_.-])/i.exec(path);
  if (!known) return /^(?:t10k|train)-images[.-]idx3-ubyte/.test(baseName(path)) ? 'MNIST-like IDX' : baseName(path);
  const family = (known[1] ?? '').replace(/[-_]/, '').toLowerCase();
  return family === 'fashion' ? 'Fashion-MNIST' : `${family.toUpperCase()}MNIST`;
}

const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);
