/** The run as a panel keeps it: a snapshot and everything told since give what one complete snapshot would give. */
import assert from 'node:assert/strict';
import type { CurvatureEvent, EvaluationEvent, StartEvent } from '../../../src/engine/run/record';
import { column } from '../../../src/shared/frame';
import { History } from '../../../src/shared/history';
import type { RunSnapshot } from '../../../src/shared/protocol';
import { encodeFrame, rowWidth } from '../../../src/shared/frame';
import { Run } from '../../../src/webview/run';

const frame = (from: number, to: number): ArrayBuffer => {
  const rows = new Float64Array((to - from + 1) * rowWidth(0));
  for (let step = from; step <= to; step++) rows.set([step, step / 10, 1 / step, 0.1], (step - from) * rowWidth(0));
  return encodeFrame(0, rows, to - from + 1);
};

const evaluation = (step: number, trainLoss = 1 / step): EvaluationEvent => ({
  type: 'evaluation',
  step,
  trainLoss,
  trainAccuracy: null,
  heldOutLoss: null,
  heldOutAccuracy: null,
});

const snapshot = (changes: Partial<RunSnapshot> = {}): RunSnapshot => ({
  run: 'a',
  name: 'SGD',
  from: 'engine',
  state: 'running',
  title: 'SGD',
  details: 'lr 0.1',
  start: { type: 'start', steps: 5000 } as StartEvent,
  steps: null,
  evaluations: [],
  curvatures: [],
  changes: [],
  branch: null,
  bound: null,
  end: null,
  problem: null,
  checkpointStep: null,
  place: null,
  notices: [],
  ...changes,
});

const steps = (run: Run): number[] => Array.from({ length: run.history?.rows ?? 0 }, (_, row) => run.history!.at(row, column.step));

describe('the run in a panel', () => {
  it('goes on from a thinned snapshot as if it had seen every frame', () => {
    const host = new History(0);
    host.add(frame(1, 3000));
    const late = new Run(snapshot({ steps: host.encode() }));
    const early = new Run(snapshot());
    early.frame(frame(1, 3000), 0);
    for (const run of [late, early]) run.frame(frame(3001, 4500), 10);
    assert.equal(late.step, 4500);
    assert.deepEqual(steps(late), steps(early));
  });

  it('knows how far it is before the first step and after it', () => {
    const run = new Run(snapshot());
    assert.deepEqual([run.step, run.steps], [0, 5000]);
    run.frame(frame(1, 40), 0);
    assert.deepEqual([run.step, run.steps], [40, 5000]);
  });

  it('measures its speed over the last moments, and takes the record’s at the end', () => {
    const run = new Run(snapshot());
    assert.ok(Number.isNaN(run.stepsPerSecond));
    for (let k = 0; k < 30; k++) run.frame(frame(1 + 50 * k, 50 * (k + 1)), 100 * k);
    assert.equal(run.stepsPerSecond, 500);
    run.become('paused', null, null);
    assert.ok(Number.isNaN(run.stepsPerSecond));
    run.event({ type: 'end', reason: 'stopped', step: 1500, seconds: 2, stepsPerSecond: 750 });
    assert.equal(run.stepsPerSecond, 750);
  });

  it('replaces what is measured again after a return to a checkpoint', () => {
    const run = new Run(snapshot({ evaluations: [evaluation(10), evaluation(20)] }));
    run.event(evaluation(30));
    run.event(evaluation(20, 7));
    run.event({ type: 'curvature', step: 20 } as CurvatureEvent);
    assert.deepEqual(
      run.evaluations.map(({ step, trainLoss }) => [step, trainLoss]),
      [
        [10, 0.1],
        [20, 7],
      ],
    );
    assert.equal(run.curvatures.length, 1);
  });

  it('leaves the snapshot it was made from as it was', () => {
    const given = snapshot({ evaluations: [evaluation(10)] });
    new Run(given).event(evaluation(20));
    assert.equal(given.evaluations.length, 1);
  });

  it('tells what went wrong and from where it can go on, and forgets the end when it goes on', () => {
    const run = new Run(snapshot({ state: 'ended', end: { type: 'end', reason: 'error', step: 3, seconds: 1, stepsPerSecond: 3 } }));
    run.become('lost', 'the worker ended', 1200);
    assert.deepEqual([run.state, run.problem, run.checkpointStep], ['lost', 'the worker ended', 1200]);
    run.become('running', null, 1200);
    assert.equal(run.end, null);
  });
});
