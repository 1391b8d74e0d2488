/** A message that crosses as JSON arrives as it was sent. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pack, unpack } from '../../../src/shared/wire';

const crossed = (message: unknown): unknown => unpack(JSON.parse(JSON.stringify(pack(message))));

describe('messages to a webview', () => {
  it('arrive as they were, NaN and infinities included', () => {
    const leaf = fc.oneof(
      fc.double({ noNaN: false }).filter((x) => !Object.is(x, -0)),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
    );
    const message = fc.letrec((tie) => ({
      value: fc.oneof(
        leaf,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    })).value;
    fc.assert(fc.property(message, (sent) => assert.deepEqual(crossed(sent), sent)));
  });

  it('keep what an error says', () => {
    const answer = crossed({ t: 's', i: '1', e: new RangeError('optimizer.lr: found -1; it must be above 0') }) as { e: unknown };
    assert.ok(answer.e instanceof Error);
    assert.equal(answer.e.message, 'optimizer.lr: found -1; it must be above 0');
  });

  it('leave buffers alone', () => {
    const frame = new ArrayBuffer(8);
    const values = new Float32Array(2);
    const packed = pack({ a: [frame, { values }] }) as { a: [ArrayBuffer, { values: Float32Array }] };
    assert.equal(packed.a[0], frame);
    assert.equal(packed.a[1].values, values);
    const unpacked = unpack(packed) as typeof packed;
    assert.equal(unpacked.a[1].values, values);
  });
});
