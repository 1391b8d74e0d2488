/** IDX: what is written comes back, and every damaged file is told by what was found and what is expected, before anything is allocated. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FileError } from '../../../src/engine/problems/files';
import { idxDataset, readImages, readLabels, type IdxKind } from '../../../src/engine/problems/idx';

/** The types of values with their code, size and how a `DataView` writes them. */
const types = {
  byte: [0x08, 1, 'setUint8'],
  signed: [0x09, 1, 'setInt8'],
  int16: [0x0b, 2, 'setInt16'],
  int32: [0x0c, 4, 'setInt32'],
  float32: [0x0d, 4, 'setFloat32'],
  float64: [0x0e, 8, 'setFloat64'],
} as const;
type Type = keyof typeof types;

/** The bytes of an IDX file. @param before bytes in front of it in its buffer */
function idx(extents: readonly number[], values: readonly number[], type: Type = 'byte', before = 0): Uint8Array {
  const [code, size, set] = types[type];
  const start = 4 + 4 * extents.length;
  const bytes = new Uint8Array(before + start + size * values.length).subarray(before);
  bytes.set([0, 0, code, extents.length]);
  const view = new DataView(bytes.buffer, before);
  extents.forEach((extent, i) => view.setUint32(4 + 4 * i, extent));
  values.forEach((value, i) => view[set](start + size * i, value));
  return bytes;
}

const images = (): Uint8Array => idx([2, 2, 3], [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]);
const labels = (): Uint8Array => idx([2], [3, 1]);
const read = (bytes: Uint8Array, kind: IdxKind) => (kind === 'images' ? readImages(bytes, 'file.gz') : readLabels(bytes, 'file.gz'));
const refused = (bytes: Uint8Array, kind: IdxKind, message: RegExp): void =>
  assert.throws(
    () => read(bytes, kind),
    (error) => error instanceof FileError && message.test(error.message),
    String(message),
  );
const dataset = (content: Uint8Array, path = 'i') =>
  idxDataset(readImages(content, 'i'), readLabels(labels(), 'l'), { images: path, labels: 'l' });

describe('IDX', () => {
  it('keeps images as bytes with scale 1/255, without a copy, and labels as classes', () => {
    const bytes = images();
    const data = dataset(bytes, 'a/digits-images.gz');
    assert.equal(data.samples, 2);
    assert.equal(data.inputs, 6);
    assert.deepEqual(data.shape, [1, 2, 3]);
    assert(data.x instanceof Uint8Array && data.x.buffer === bytes.buffer);
    assert.deepEqual([...data.x], [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]);
    assert.equal(data.x[11] * data.scale, 1);
    assert(data.y.kind === 'classes');
    assert.deepEqual([...data.y.labels], [3, 1]);
    assert.equal(data.y.classes, 4);
    assert.equal(data.name, 'digits-images.gz, 2 × 3');
  });

  it('takes plain features, images with channels, and any other number of dimensions', () => {
    const values = Array.from({ length: 48 }, (_, i) => i);
    const shapeOf = (...extents: number[]): unknown => {
      const { shape, inputs } = dataset(idx(extents, values));
      return [inputs, shape];
    };
    assert.deepEqual(shapeOf(2, 24), [24, undefined]);
    assert.deepEqual(shapeOf(2, 4, 6), [24, [1, 4, 6]]);
    assert.deepEqual(shapeOf(2, 3, 2, 4), [24, [3, 2, 4]]);
    assert.deepEqual(shapeOf(2, 1, 3, 2, 4), [24, undefined]);
  });

  it('calls the collection by its folder or its file', () => {
    const name = (path: string): string => dataset(images(), path).name;
    assert.equal(name('../data/mnist/t10k-images-idx3-ubyte.gz'), 'MNIST, 2 × 3');
    assert.equal(name('data\\fashion-mnist\\train.gz'), 'Fashion-MNIST, 2 × 3');
    assert.equal(name('kmnist-train.gz'), 'KMNIST, 2 × 3');
  });

  it('reads every type of values as float32 with scale 1, in place where there is room', () => {
    const values: Readonly<Record<Exclude<Type, 'byte'>, readonly number[]>> = {
      signed: [-128, 127, 0, -1],
      int16: [-32768, 32767, 1, -2],
      int32: [-2147483648, 2147483647, 16777217, -3],
      float32: [0.1, -3.4e38, 1e-45, 2],
      float64: [0.1, -3.4e38, 1e-300, 123456.789],
    };
    for (const [type, numbers] of Object.entries(values) as [Exclude<Type, 'byte'>, readonly number[]][])
      for (const before of [0, 1, 4]) {
        const bytes = idx([2, 2], numbers, type, before);
        const data = dataset(bytes);
        assert.deepEqual([data.x, data.scale], [Float32Array.from(numbers), 1], type);
        assert.equal(data.x.buffer === bytes.buffer, types[type][1] >= 4 && before !== 1, `${type} in place`);
      }
  });

  it('reads labels of every type', () => {
    for (const type of Object.keys(types) as Type[]) assert.deepEqual(readLabels(idx([3], [0, 7, 99], type), 'l'), Int32Array.of(0, 7, 99));
  });

  it('refuses, with what was found and what is expected', () => {
    refused(new Uint8Array(), 'images', /file\.gz is empty; an IDX file is expected \(its first bytes should be 00 00 08 03\)/);
    refused(images().subarray(0, 3), 'images', /3 bytes only \(00 00 08\).*00 00 08 03/);
    refused(images().subarray(0, 9), 'images', /ends inside its header: 9 bytes of 16/);
    refused(
      Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0]),
      'images',
      /begins with 50 4b 03 04\. Is it an IDX file\? Its first bytes should be 00 00 08 03/,
    );
    refused(Uint8Array.of(0, 0, 0x77, 3, 0), 'images', /no values of type 77; 08, 09, 0b, 0c, 0d or 0e is expected/);
    refused(labels(), 'images', /has 1 dimension; images have 3.*wrong way round/);
    refused(images(), 'labels', /has 3 dimensions; labels have 1.*wrong way round/);
    refused(images().subarray(0, -1), 'images', /2 images of 2 × 3, 12 bytes after its header; 11 are there, 1 too few/);
    refused(idx([2], [3, 1, 4]), 'labels', /2 labels, 2 bytes after its header; 3 are there, 1 too many/);
    refused(idx([2, 1, 1], [0], 'float64'), 'images', /2 images of 1 × 1 of float64, 16 bytes.*8 are there, 8 too few/);
    refused(idx([0, 28, 28], []), 'images', /0 images of 28 × 28: there is nothing to learn from/);
  });

  it('tells where a number is none, and where a label is no class', () => {
    refused(
      idx([3, 2], [1, 2, 3, NaN, 5, 6], 'float32'),
      'images',
      /NaN in image 1, counted from 0 \(byte 24 of the file\); a number that is finite/,
    );
    refused(idx([3, 2], [1, 2, 3, 4, 5, 1e39], 'float64'), 'images', /1e\+39 in image 2/);
    refused(
      idx([3], [1, -1, 0], 'signed'),
      'labels',
      /label 1, counted from 0 \(byte 9 of the file\), is -1; a whole number from 0 to 999/,
    );
    refused(idx([3], [1, 2, 0.5], 'float32'), 'labels', /label 2, .* is 0\.5/);
    refused(idx([1], [1000], 'int16'), 'labels', /is 1000; a whole number from 0 to 999/);
  });

  it('refuses a header that claims more than there can be by arithmetic alone', () => {
    refused(
      idx([0xffffffff, 0xffff, 0xffff], [1]),
      'images',
      /holds 4,294,967,295 images of 65,535 × 65,535 \(16 EiB\); files above 2 GiB are refused/,
    );
    refused(idx([1e6, 1000, 1000], []), 'images', /\(931 GiB\)/); // 10^12 bytes
    refused(idx([4e9], []), 'labels', /holds 4,000,000,000 labels \(3\.73 GiB\)/);
    refused(idx(new Array<number>(255).fill(0xffffffff), []), 'images', /files above 2 GiB are refused/);
  });

  it('refuses files that do not belong together', () =>
    assert.throws(
      () => idxDataset(readImages(images(), 'i'), readLabels(idx([3], [0, 0, 0]), 'l'), { images: 'd/i.gz', labels: 'd/l.gz' }),
      /l\.gz holds 3 labels, but i\.gz holds 2 images/,
    ));

  it('gives back what was written, for any extents', () => {
    const extent = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(
        fc.array(extent, { minLength: 2, maxLength: 4 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
        (extents, stream) => {
          const values = Array.from({ length: extents.reduce((product, n) => product * n, 1) }, () => stream.next().value as number);
          const parsed = readImages(idx(extents, values), 'x');
          assert.deepEqual(parsed.extents, extents);
          assert.deepEqual([...parsed.x], values);
        },
      ),
    );
  });
});
