/** A message that crosses as JSON arrives as it was sent. */
import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
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

  it('copy no buffer', () => {
    const frame = new ArrayBuffer(8);
    const values = new Float32Array(2);
    const arrived = unpack(pack({ a: [frame, { values }] })) as { a: [ArrayBuffer, { values: Float32Array }] };
    assert.equal(arrived.a[0], frame);
    assert.equal(arrived.a[1].values, values);
  });

  it('arrive from a webview in another window of the editor, whose buffers are of another class there', () => {
    const frame = Float64Array.of(0.25).buffer;
    const message = { m: 'frame', a: ['run', frame, Float64Array.of(0.5)] };
    const arrived = unpack(JSON.parse(JSON.stringify(pack(message), asTheEditorDoes.keep), asTheEditorDoes.bring));
    assert.deepEqual(arrived, message);
  });
});

/** The editor takes buffers and views out of a message, in the class of the window that it came from, and puts them in again where it arrives. */
const asTheEditorDoes = {
  window: runInNewContext('({ ArrayBuffer, Uint8Array, Float64Array })') as Record<string, new (from: unknown) => object>,
  kept: [] as ArrayBufferView[],
  keep: (_: string, value: unknown): unknown => {
    const { window, kept } = asTheEditorDoes;
    const there = value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new window[value.constructor.name](value) : value;
    if (there instanceof ArrayBuffer) assert.fail('one of another window is none of this');
    return ArrayBuffer.isView(there) ? { kept: kept.push(there) - 1 } : there;
  },
  bring: (_: string, value: unknown): unknown => {
    const kept = (value as { kept?: number } | null)?.kept;
    return kept === undefined ? value : structuredClone(asTheEditorDoes.kept[kept]);
  },
};
