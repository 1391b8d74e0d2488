/** The record's file: every line, within its bound, and going on where a checkpoint stood. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EvaluationEvent, StepEvent } from '../../../src/engine/run/record';
import { openRecordFile } from '../../../src/node/recordFile';

const step = (step: number): StepEvent => ({
  type: 'step',
  step,
  epoch: step,
  loss: 1 / step,
  lr: 0.1,
  gradientNorm: [1],
  updateNorm: [1],
  weightNorm: [1],
  effectiveRate: [{ q05: 0.1, q25: 0.1, q50: 0.1, q75: 0.1, q95: 0.1 }],
});
const evaluation: EvaluationEvent = {
  type: 'evaluation',
  step: 1,
  trainLoss: 1,
  trainAccuracy: null,
  heldOutLoss: null,
  heldOutAccuracy: null,
};

describe('the record’s file', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'optimizer-debugger-record-'))));
  after(() => rm(folder, { recursive: true, force: true }));
  const lines = async (file: string): Promise<{ type: string; step: number }[]> =>
    (await readFile(file, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; step: number });

  it('holds every line in order', async () => {
    const path = join(folder, 'new folder', 'all.jsonl');
    const file = await openRecordFile(path);
    for (let k = 1; k <= 500; k++) file.add(step(k));
    await file.close();
    assert.deepEqual(
      (await lines(path)).map((line) => line.step),
      Array.from({ length: 500 }, (_, k) => k + 1),
    );
    assert.equal(file.position, (await stat(path)).size);
    assert.equal(file.backlog, 0);
  });

  it('never grows beyond its bound, reaches to the last step, and keeps all that is no step', async () => {
    const path = join(folder, 'bounded.jsonl');
    const bound = 1_000_000;
    const file = await openRecordFile(path, 0, bound);
    for (let k = 1; k <= 100_000; k++) {
      file.add(step(k));
      if (k % 10_000 === 0) file.add(evaluation);
    }
    await file.close();
    assert.ok((await stat(path)).size <= bound + 10 * 200);
    const kept = await lines(path);
    assert.equal(kept.filter(({ type }) => type === 'evaluation').length, 10);
    const steps = kept.filter(({ type }) => type === 'step').map((line) => line.step);
    assert.ok(steps[steps.length - 1] > 80_000, `the last step kept is ${steps[steps.length - 1]}`);
    const gaps = steps.slice(1).map((each, i) => each - steps[i]);
    assert.ok(gaps.every((gap, i) => i === 0 || gap >= gaps[i - 1] / 4));
  });

  it('goes on after the bytes to keep, dropping what came later', async () => {
    const path = join(folder, 'resumed.jsonl');
    const first = await openRecordFile(path);
    first.add(step(1));
    const keep = first.position;
    first.add(step(2));
    await first.close();
    const second = await openRecordFile(path, keep);
    assert.equal(second.position, keep);
    second.add(step(7));
    await second.close();
    assert.deepEqual((await lines(path)).map((line) => line.step), [1, 7]); // prettier-ignore
  });

  it('begins anew where the file is shorter than what should be kept', async () => {
    const path = join(folder, 'short.jsonl');
    await writeFile(path, 'x');
    const file = await openRecordFile(path, 100);
    assert.equal(file.position, 0);
    await file.close();
    assert.equal((await stat(path)).size, 0);
  });

  it('says why it cannot be written', async () => {
    await assert.rejects(openRecordFile(join(folder, 'new folder', 'all.jsonl', 'inside a file')), Error);
    const file = await openRecordFile('/dev/full');
    file.add(step(1));
    await assert.rejects(file.close(), /The record cannot be written: ENOSPC/);
  });

  it('forgets what was added after a place that it went back to, but not before it has gone on from there to new ground', async () => {
    const path = join(folder, 'rewound.jsonl');
    const record = await openRecordFile(path);
    record.add(step(1));
    const { position } = record;
    for (let k = 2; k <= 200; k++) record.add(step(k));
    await record.flushed();
    const { size } = await stat(path);
    await record.retrace(position);
    assert.equal(record.position, position);
    record.add(step(2));
    record.add(step(3));
    await record.flushed();
    assert.equal((await stat(path)).size, size);
    await record.arrive();
    assert.equal((await stat(path)).size, record.position);
    record.add(step(4));
    await record.close();
    assert.deepEqual((await lines(path)).map((line) => line.step), [1, 2, 3, 4]); // prettier-ignore
    assert.equal((await stat(path)).size, record.position);
  });
});
