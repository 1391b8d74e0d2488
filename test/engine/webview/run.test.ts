/** The run as a panel keeps it: a snapshot and everything told since give what one complete snapshot would give. */
import assert from 'node:assert/strict';
import { column } from '../../../src/shared/frame';
import { History } from '../../../src/shared/history';
import type { RunSnapshot } from '../../../src/shared/protocol';
import { Run } from '../../../src/webview/run';
import { curvatureOf, evaluationOf, frameOf, range, snapshotOf } from './snapshot';

const frame = (from: number, to: number): ArrayBuffer => frameOf(range(from, to));
const snapshot = (changes: Partial<RunSnapshot> = {}): RunSnapshot => snapshotOf({ state: 'running', ...changes });
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
    const run = new Run(snapshot({ evaluations: [evaluationOf(10), evaluationOf(20)] }));
    run.event(evaluationOf(30));
    run.event(evaluationOf(20, { trainLoss: 7 }));
    run.event(curvatureOf({ step: 20 }));
    assert.deepEqual(
      run.evaluations.map(({ step, trainLoss }) => [step, trainLoss]),
      [
        [10, 1],
        [20, 7],
      ],
    );
    assert.equal(run.curvatures.length, 1);
  });

  it('leaves the snapshot it was made from as it was', () => {
    const given = snapshot({ evaluations: [evaluationOf(10)] });
    new Run(given).event(evaluationOf(20));
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
