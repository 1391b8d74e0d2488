/**
 * Event files against TensorBoard itself: the same bytes as its own writer makes (test/oracle/tensorBoard.py, which also reads ours back), and
 * the checksum against published values.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { crc32c, maskedCrc32c } from '../../../src/shared/export/crc32c';
import { histogram } from '../../../src/shared/export/histogram';
import { utf8 } from '../../../src/shared/export/protobuf';
import { EventFile, type Precision, type Scalar, type Spread } from '../../../src/shared/export/tensorBoard';
import fc from 'fast-check';

interface Fixture {
  readonly began: number;
  readonly steps: readonly (readonly [
    step: number,
    wallTime: number,
    scalars: readonly (readonly [tag: string, value: number | string])[],
    spreads: readonly (readonly [tag: string, numbers: readonly number[]])[],
  ])[];
  /** Base64. */
  readonly float32: string;
  readonly float64: string;
}
const fixture = JSON.parse(readFileSync('test/oracle/tensorBoard.json', 'utf8')) as Fixture;

describe('CRC-32C', () => {
  it('is that of RFC 3720, appendix B.4', () => {
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assert.equal(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
    assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
    assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c);
    assert.equal(crc32c(new TextEncoder().encode('123456789')), 0xe3069283);
  });
  it('masked, is a number of 32 bits', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const masked = maskedCrc32c(bytes);
        const turned = (masked - 0xa282ead8) >>> 0;
        assert.equal(((turned << 15) | (turned >>> 17)) >>> 0, crc32c(bytes)); // tensorflow/core/lib/hash/crc32c.h, Unmask
      }),
    );
  });
});

describe('an event file', () => {
  for (const precision of ['float32', 'float64'] as const satisfies readonly Precision[])
    it(`has the bytes of TensorBoard’s own writer, ${precision}`, () => {
      const file = new EventFile(precision);
      const ours = [
        file.beginning(fixture.began),
        ...fixture.steps.map(([step, wallTime, scalars, spreads]) =>
          file.scalars(
            step,
            wallTime,
            scalars.map(([tag, value]): Scalar => [tag, Number(value)]),
            spreads.map(([tag, numbers]): Spread => [tag, histogram(numbers)]),
          ),
        ),
      ];
      assert.equal(Buffer.concat(ours).toString('base64'), fixture[precision]);
    });

  it('has every finite number in one bucket of a histogram, and no other', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 40 }), (numbers) => {
        const finite = numbers.filter(Number.isFinite);
        const buckets = histogram(numbers);
        let counted = 0;
        for (let k = 0; k < buckets.length; k += 3) {
          counted += buckets[k + 2];
          assert.ok(buckets[k] <= buckets[k + 1]);
        }
        assert.equal(counted, finite.length);
        if (finite.length === 0) return;
        assert.equal(buckets[0], Math.min(...finite));
        assert.equal(buckets.at(-2), Math.max(...finite));
      }),
    );
    assert.equal(histogram([NaN, Infinity]).length, 0);
  });

  it('has texts as UTF-8, whatever they are', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => assert.deepEqual(utf8(text), new TextEncoder().encode(text))));
    assert.deepEqual(utf8('a\ud800b'), new TextEncoder().encode('a\ud800b'));
  });
});
