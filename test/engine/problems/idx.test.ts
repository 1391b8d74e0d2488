/** IDX: what is written comes back, and every damaged file is told by what was found and what is expected, before anything is allocated. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FileError } from '../../../src/engine/problems/files';
import { idxDataset, parseIdx } from '../../../src/engine/problems/idx';

/** The bytes of an IDX file. */
function idx(extents: number[], values: ArrayLike<number>, head: [number, number, number, number] = [0, 0, 8, extents.length]): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * extents.length + values.length);
  bytes.set(head);
  extents.forEach((extent, i) => new DataView(bytes.buffer).setUint32(4 + 4 * i, extent));
  bytes.set(Array.from(values), 4 + 4 * extents.length);
  return bytes;
}

const images = idx([2, 2, 3], [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]);
const labels = idx([2], [3, 1]);
const refused = (bytes: Uint8Array, dimensions: 1 | 3, message: RegExp): void =>
  assert.throws(
    () => parseIdx(bytes, 'file.gz', dimensions),
    (error) => error instanceof FileError && message.test(error.message),
    String(message),
  );

describe('IDX', () => {
  it('keeps images as bytes with scale 1/255, and labels as classes', () => {
    const data = idxDataset(parseIdx(images, 'i', 3), parseIdx(labels, 'l', 1), { images: 'a/digits-images.gz', labels: 'l' });
    assert.equal(data.samples, 2);
    assert.equal(data.inputs, 6);
    assert.deepEqual(data.shape, [2, 3]);
    assert(data.x instanceof Uint8Array);
    assert.deepEqual([...data.x], [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]);
    assert.equal(data.x[11] * data.scale, 1);
    assert(data.y.kind === 'classes');
    assert.deepEqual([...data.y.labels], [3, 1]);
    assert.equal(data.y.classes, 4);
    assert.equal(data.name, 'digits-images.gz, 2 × 3');
  });

  it('calls the collection by its folder or its file', () => {
    const name = (path: string): string =>
      idxDataset(parseIdx(images, 'i', 3), parseIdx(labels, 'l', 1), { images: path, labels: '' }).name;
    assert.equal(name('../data/mnist/t10k-images-idx3-ubyte.gz'), 'MNIST, 2 × 3');
    assert.equal(name('data\\fashion-mnist\\train.gz'), 'Fashion-MNIST, 2 × 3');
    assert.equal(name('kmnist-train.gz'), 'KMNIST, 2 × 3');
  });

  it('reads a view that does not begin where its buffer begins', () => {
    const buffer = new Uint8Array(images.length + 5);
    buffer.set(images, 5);
    assert.deepEqual(parseIdx(buffer.subarray(5), 'x', 3), parseIdx(images, 'x', 3));
  });

  it('refuses, with what was found and what is expected', () => {
    refused(new Uint8Array(), 3, /file\.gz is empty; an IDX file is expected \(its first bytes should be 00 00 08 03\)/);
    refused(images.subarray(0, 3), 3, /3 bytes only \(00 00 08\).*00 00 08 03/);
    refused(images.subarray(0, 9), 3, /ends inside its header: 9 bytes of 16/);
    refused(
      Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0]),
      3,
      /begins with 50 4b 03 04\. Is it an IDX file\? Its first bytes should be 00 00 08 03/,
    );
    refused(idx([1, 1, 1], [0], [0, 0, 0x0d, 3]), 3, /type 0d \(float32\); unsigned bytes \(08\) are expected/);
    refused(idx([1, 1, 1], [0], [0, 0, 0x77, 3]), 3, /type 77; unsigned bytes/);
    refused(labels, 3, /has 1 dimension; images have 3.*wrong way round/);
    refused(images, 1, /has 3 dimensions; labels have 1.*wrong way round/);
    refused(idx([1, 1, 1, 1], [0]), 3, /has 4 dimensions; images have 3 \(count, rows, columns\)\.$/);
    refused(images.subarray(0, -1), 3, /2 images of 2 × 3, 12 bytes after its header; 11 are there, 1 too few/);
    refused(idx([2], [3, 1, 4]), 1, /2 labels, 2 bytes after its header; 3 are there, 1 too many/);
    refused(idx([0, 28, 28], []), 3, /0 images of 28 × 28: there is nothing to learn from/);
  });

  it('refuses a header that claims more than there can be by arithmetic alone', () => {
    refused(
      idx([0xffffffff, 0xffff, 0xffff], [1]),
      3,
      /holds 4,294,967,295 images of 65,535 × 65,535 \(16 EiB\); files above 2 GiB are refused/,
    );
    refused(idx([1e6, 1000, 1000], []), 3, /\(931 GiB\)/); // 10^12 bytes
    refused(idx([4e9], []), 1, /holds 4,000,000,000 labels \(3\.73 GiB\)/);
  });

  it('refuses files that do not belong together', () =>
    assert.throws(
      () => idxDataset(parseIdx(images, 'i', 3), parseIdx(idx([3], [0, 0, 0]), 'l', 1), { images: 'd/i.gz', labels: 'd/l.gz' }),
      /l\.gz holds 3 labels, but i\.gz holds 2 images/,
    ));

  it('gives back what was written, for any extents', () => {
    const extent = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(extent, extent, extent, fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (n, rows, columns, stream) => {
        const values = Array.from({ length: n * rows * columns }, () => stream.next().value as number);
        const parsed = parseIdx(idx([n, rows, columns], values), 'x', 3);
        assert.deepEqual(parsed.extents, [n, rows, columns]);
        assert.deepEqual([...parsed.values], values);
      }),
    );
  });

  it('answers any bytes with an array of just the bytes claimed, or a FileError', () => {
    const mutated = fc.array(fc.tuple(fc.nat(images.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }).map((changes) => {
      const bytes = images.slice();
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
    const cut = fc.nat(images.length).map((length) => images.slice(0, length));
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 64 }), mutated, cut),
        fc.constantFrom(1 as const, 3 as const),
        (bytes, dimensions) => {
          try {
            const parsed = parseIdx(bytes, 'x', dimensions);
            assert.equal(
              parsed.extents.reduce((product, n) => product * n, 1),
              parsed.values.length,
            );
          } catch (error) {
            assert(error instanceof FileError, String(error));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
