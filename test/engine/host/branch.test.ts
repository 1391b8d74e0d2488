/** What the editor keeps of a run that goes back: the future that it leaves, and the checkpoints that are still of its past. */
import assert from 'node:assert/strict';
import { branchOff } from '../../../src/host/branch';
import { Checkpoints } from '../../../src/host/checkpoints';
import { column, decodeFrame, encodeFrame, rowWidth } from '../../../src/shared/frame';
import { History } from '../../../src/shared/history';
import type { EvaluationEvent } from '../../../src/engine/run/record';
import type { Branch } from '../../../src/shared/protocol';

const width = rowWidth(1);
/** Steps from … to, whose loss tells which future they are of. */
const frame = (from: number, to: number, loss: number): ArrayBuffer => {
  const count = to - from + 1;
  const data = new Float64Array(count * width);
  for (let row = 0; row < count; row++) [data[row * width + column.step], data[row * width + column.loss]] = [from + row, loss];
  return encodeFrame(1, data, count);
};
const rows = (branch: Branch | null): [number, number][] => {
  if (!branch?.steps) return [];
  const { rows: count, data } = decodeFrame(branch.steps);
  return Array.from({ length: count }, (_, row) => [data[row * width + column.step], data[row * width + column.loss]]);
};
const evaluation = (step: number, trainLoss: number): EvaluationEvent => ({
  type: 'evaluation',
  step,
  trainLoss,
  trainAccuracy: null,
  heldOutLoss: null,
  heldOutAccuracy: null,
});

describe('the future that a run leaves', () => {
  it('is what lies after the step, and what an older one has beyond', () => {
    const history = new History(1);
    history.add(frame(1, 10, 1));
    let evaluations = [evaluation(0, 1), evaluation(5, 1), evaluation(10, 1)];
    const first = branchOff(4, { history, evaluations, curvatures: [] }, null);
    assert.deepEqual(
      rows(first),
      [5, 6, 7, 8, 9, 10].map((step) => [step, 1]),
    );
    assert.deepEqual([first?.from, first?.evaluations.map(({ step }) => step)], [4, [5, 10]]);

    history.forgetAfter(4);
    history.add(frame(5, 7, 2));
    evaluations = [evaluation(0, 1), evaluation(5, 2)];
    const second = branchOff(5, { history, evaluations, curvatures: [] }, first);
    assert.deepEqual(rows(second), [
      [6, 2],
      [7, 2],
      [8, 1],
      [9, 1],
      [10, 1],
    ]);
    assert.deepEqual(second?.evaluations, [evaluation(10, 1)]);
    assert.equal(branchOff(7, { history, evaluations, curvatures: [] }, second), second, 'nothing is left where nothing lies after');
    assert.equal(branchOff(7, { history: null, evaluations, curvatures: [] }, null), null);
  });

  it('is bounded, and reaches as far as it ever did', () => {
    const history = new History(1);
    let branch: Branch | null = null;
    for (let round = 1; round <= 4; round++) {
      history.add(frame(history.rows + 1, 1900 * round, round));
      branch = branchOff(0, { history, evaluations: [], curvatures: [] }, branch);
      history.forgetAfter(0);
    }
    const steps = rows(branch).map(([step]) => step);
    assert.ok(steps.length <= 2048 && steps.length > 1000, `${steps.length}`);
    assert.equal(steps.at(-1), 7600);
    assert.ok(steps.every((step, i) => i === 0 || step > steps[i - 1]));
  });
});

describe('the checkpoints that the editor has', () => {
  const bytes = (count: number): ArrayBuffer => new ArrayBuffer(count);

  it('are spread over the run within their bounds, the newest always there', () => {
    const checkpoints = new Checkpoints();
    for (let step = 1; step <= 1000; step++) checkpoints.add({ step, bytes: bytes(8) });
    assert.equal(checkpoints.newest?.step, 1000);
    const kept = [...new Set(Array.from({ length: 1000 }, (_, step) => checkpoints.upTo(step)?.step ?? 0))];
    assert.ok(kept.length >= 10 && kept.length <= 24, `${kept.length}`);
    assert.ok(
      kept.some((step) => step > 0 && step < 200),
      kept.join(),
    );
    const large = new Checkpoints();
    for (let step = 1; step <= 9; step++) large.add({ step, bytes: bytes(2 ** 25) });
    assert.equal(large.newest?.step, 9);
    assert.ok(new Set(Array.from({ length: 9 }, (_, step) => large.upTo(step)?.step)).size <= 3);
  });

  it('are none of a future that the run has left', () => {
    const checkpoints = new Checkpoints();
    for (const step of [10, 20, 30]) checkpoints.add({ step, bytes: bytes(8) });
    checkpoints.forgetAfter(25);
    assert.equal(checkpoints.newest?.step, 20);
    checkpoints.add({ step: 15, bytes: bytes(16) });
    assert.deepEqual([checkpoints.newest?.step, checkpoints.upTo(14)?.step, checkpoints.upTo(9)], [15, 10, null]);
  });
});
