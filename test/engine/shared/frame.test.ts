/** Frames carry the record's numbers unchanged, and bytes that are not a frame are refused with the reason. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StepEvent } from '../../../src/engine/run/record';
import { column, consecutive, decodeFrame, encodeFrame, rowWidth, writeRow } from '../../../src/shared/frame';

const number = fc.double();

const stepEvent = (layers: number): fc.Arbitrary<StepEvent> => {
  const each = fc.array(number, { minLength: layers, maxLength: layers });
  return fc.record({
    type: fc.constant('step' as const),
    step: fc.integer({ min: 1, max: 2 ** 31 }),
    epoch: number,
    loss: number,
    lr: number,
    gradientNorm: each,
    updateNorm: each,
    weightNorm: each,
    effectiveRate: fc.array(fc.record({ q05: number, q25: number, q50: number, q75: number, q95: number }), {
      minLength: layers,
      maxLength: layers,
    }),
  });
};

/** Three rows of two layers. */
const frame = (): ArrayBuffer => encodeFrame(2, new Float64Array(3 * rowWidth(2)), 3);

describe('frames', () => {
  it('give back every number bit for bit, NaN and infinities included', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5 }).chain((layers) => fc.tuple(fc.constant(layers), fc.array(stepEvent(layers), { maxLength: 6 }))),
        ([layers, events]) => {
          const width = rowWidth(layers);
          const rows = new Float64Array(events.length * width);
          events.forEach((event, index) => writeRow(rows, index * width, event));
          const decoded = decodeFrame(encodeFrame(layers, rows, events.length));
          assert.deepEqual([decoded.layers, decoded.rows, decoded.width], [layers, events.length, width]);
          events.forEach((event, index) => {
            const at = (place: number): number => decoded.data[index * width + place];
            assert.deepEqual(
              [at(column.step), at(column.epoch), at(column.loss), at(column.lr)],
              [event.step, event.epoch, event.loss, event.lr],
            );
            for (let layer = 0; layer < layers; layer++) {
              assert.ok(Object.is(at(column.gradientNorm(layer)), event.gradientNorm[layer]));
              assert.ok(Object.is(at(column.updateNorm(layer)), event.updateNorm[layer]));
              assert.ok(Object.is(at(column.weightNorm(layer)), event.weightNorm[layer]));
              for (const quantile of ['q05', 'q25', 'q50', 'q75', 'q95'] as const)
                assert.ok(Object.is(at(column.rate(layer, quantile)), event.effectiveRate[layer][quantile]));
            }
          });
        },
      ),
    );
  });

  it('carry how their rows are spaced', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 }).chain((power) => fc.tuple(fc.constant(2 ** power), fc.nat(2 ** power - 1))),
        ([stride, phase]) =>
          assert.deepEqual(decodeFrame(encodeFrame(0, new Float64Array(8), 2, { stride, phase })).spacing, { stride, phase }),
      ),
    );
  });

  it('of consecutive steps say so, also where the word is left 0', () => {
    assert.deepEqual(decodeFrame(frame()).spacing, consecutive);
    const unset = frame();
    new Uint32Array(unset, 0, 6)[5] = 0;
    assert.deepEqual(decodeFrame(unset).spacing, consecutive);
  });

  it('are refused when too short for a header', () =>
    assert.throws(() => decodeFrame(new ArrayBuffer(20)), /a header of 24 bytes; found 20 bytes/));

  it('are refused with a wrong magic number or version', () => {
    const strange = frame();
    new Uint32Array(strange)[0] = 0x89504e47;
    assert.throws(() => decodeFrame(strange), /not a frame of version 1: it begins with 0x89504e47, version 1/);
    const later = frame();
    new Uint32Array(later)[1] = 2;
    assert.throws(() => decodeFrame(later), /not a frame of version 1: .* version 2/);
  });

  it('are refused when truncated, overlong, or of another width than their layers need', () => {
    assert.throws(
      () => decodeFrame(frame().slice(0, -8)),
      /3 rows and 2 layers has rows of 20 numbers and 504 bytes; found rows of 20 and 496 bytes/,
    );
    const long = new ArrayBuffer(frame().byteLength + 8);
    new Uint8Array(long).set(new Uint8Array(frame()));
    assert.throws(() => decodeFrame(long), /504 bytes; found rows of 20 and 512 bytes/);
    const narrow = frame();
    new Uint32Array(narrow, 0, 6)[4] = 12;
    assert.throws(() => decodeFrame(narrow), /rows of 20 numbers .* found rows of 12/);
  });

  it('are refused when the header claims more rows than memory could hold', () => {
    const claims = frame();
    new Uint32Array(claims, 0, 6)[3] = 0xffffffff;
    assert.throws(() => decodeFrame(claims), /a frame of 4294967295 rows/);
  });
});
