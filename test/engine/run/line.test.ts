/** A record's lines: every number keeps its last digit, and those that are not finite become words. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromLine, toLine } from '../../../src/engine/run/line';
import type { EndEvent, EvaluationEvent } from '../../../src/engine/run/record';

const evaluation = (trainLoss: number): EvaluationEvent => ({
  type: 'evaluation',
  step: 3,
  trainLoss,
  trainAccuracy: null,
  heldOutLoss: null,
  heldOutAccuracy: null,
});

describe('a record line', () => {
  it('keeps any number to its last bit, and null', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const event = evaluation(value + 0); // JSON has no negative zero
        assert.deepEqual(fromLine(toLine(event)), event);
      }),
    );
  });

  it('spells out what JSON cannot say', () => {
    for (const [value, word] of [
      [NaN, 'NaN'],
      [Infinity, 'Infinity'],
      [-Infinity, '-Infinity'],
    ] as const)
      // prettier-ignore
      assert.ok(toLine(evaluation(value)).includes(`"trainLoss":"${word}"`));
  });

  it('is one line whatever a message says', () => {
    const event: EndEvent = { type: 'end', reason: 'error', step: 0, seconds: 0, stepsPerSecond: 0, message: 'null\n"NaN"' };
    assert.equal(toLine(event).split('\n').length, 1);
    assert.deepEqual(fromLine(toLine(event)), event);
    assert.deepEqual(fromLine(toLine({ ...event, message: 'NaN' })), { ...event, message: 'NaN' });
  });
});
