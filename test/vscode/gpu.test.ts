/**
 * Runs whose WebGPU engine ends, in the real editor's host, over a page that has neither a webview nor a GPU. What must hold: the run goes on by itself,
 * on WebGPU again and after repeated ends on the CPU, every time with a notice, and its record is that of an undisturbed run.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RunSpecification } from '../../src/engine/run/specification';
import { Choice } from '../../src/host/gpu/choice';
import { GpuEngine } from '../../src/host/gpu/engine';
import { SpeedMemory } from '../../src/host/gpu/speeds';
import type { Run } from '../../src/host/run';
import { Runs } from '../../src/host/runs';
import { WorkerEngine } from '../../src/node/engine';
import { column } from '../../src/shared/frame';
import { FakeTab } from '../engine/host/fakePage';
import { activate, extensionId, until } from './extension';

const moons = (steps: number): RunSpecification => ({
  problem: {
    network: { layers: [{ dense: 8, activation: 'tanh' }, { dense: 2 }], loss: 'crossEntropy' },
    data: { generator: 'moons', samples: 200, heldOut: 0.2 },
  },
  optimizer: { name: 'adam', lr: 0.01 },
  batchSize: 16,
  steps,
  seed: 1,
  backend: 'webgpu',
});
const forEver = 5_000_000;

/** A record's lines but for how long it took. */
const linesOf = ({ recordFile }: Run): string[] =>
  readFileSync(recordFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/"seconds":.*$/, ''));

/** An editor's storage that forgets. */
const memento: vscode.Memento = { keys: () => [], get: <T>(_key: string, standard?: T) => standard, update: () => Promise.resolve() };

describe('a run whose WebGPU engine ends', () => {
  let runs: Runs;
  let tabs: FakeTab[];
  let adapter: string | Error;
  /** The next tab is closed as soon as it is there. */
  let closesNext: boolean;
  before(activate);
  beforeEach(() => {
    const extension = vscode.extensions.getExtension(extensionId);
    assert.ok(extension);
    const folder = mkdtempSync(join(tmpdir(), 'optimizer-debugger-gpu-'));
    tabs = [];
    adapter = 'a GPU';
    closesNext = false;
    const openTab = (): FakeTab => {
      const tab = new FakeTab(adapter);
      tabs.push(tab);
      if (closesNext) queueMicrotask(() => tab.dispose());
      closesNext = false;
      return tab;
    };
    runs = new Runs(
      {
        worker: (listener) => new WorkerEngine(join(extension.extensionPath, 'dist', 'worker.js'), listener),
        gpu: (listener) => new GpuEngine(openTab, listener),
        choice: (engines) => new Choice(new SpeedMemory(memento), engines, { setting: () => 'auto', noAdapter: () => undefined }),
      },
      { fileFor: (run) => Promise.resolve(join(folder, `${run}.jsonl`)) },
    );
  });
  afterEach(async () => {
    runs.dispose();
    await vscode.commands.executeCommand('notifications.clearAll');
  });
  const start = (spec: RunSpecification): Promise<Run> => runs.start({ spec, folder: '', origin: null });
  const state = (wanted: string): Promise<true> => until(`the run to be ${wanted}`, () => runs.current?.state === wanted);
  const stepsOf = ({ history }: Run): number => history?.last(column.step) ?? 0;
  /** A run that stands still, with a checkpoint of where. */
  const startPaused = async (): Promise<Run> => {
    const run = await start(moons(forEver));
    await until('some steps', () => stepsOf(run) > 20);
    await runs.pause();
    await state('paused');
    await until('a checkpoint of where it stands', () => run.checkpoint?.step === stepsOf(run));
    return run;
  };

  it('goes on from its last checkpoint, says so, and ends with the record of an undisturbed run; the fourth time on the CPU', async () => {
    const spec = moons(4000);
    const whole = await start(spec);
    await state('ended');
    const expected = linesOf(whole);

    const run = await start(spec);
    for (let k = 1; k <= 4; k++) {
      await until('a checkpoint', () => run.state === 'running' && run.checkpoint !== null && stepsOf(run) > run.checkpoint.step);
      const { step } = run.checkpoint ?? { step: NaN };
      tabs[tabs.length - 1].dispose();
      assert.equal(run.notices.length, k);
      const place = k < 4 ? 'on WebGPU again' : 'on the CPU';
      assert.equal(
        run.notices[k - 1],
        `The WebGPU engine has ended: its tab was closed. The run goes on from step ${step.toLocaleString('en')}, ${place}.`,
      );
      assert.equal(run.backend, k < 4 ? 'webgpu' : 'cpu');
      assert.equal(runs.snapshot()?.notices.length, k);
    }
    await state('ended');
    assert.equal(run.end?.reason, 'completed');
    assert.deepEqual(linesOf(run), expected);
    assert.deepEqual(run.evaluations, whole.evaluations);
    assert.deepEqual(run.curvatures, whole.curvatures);
    const { history } = run;
    assert.ok(history);
    const told = Array.from({ length: history.rows }, (_, row) => history.at(row, column.step));
    assert.ok(told.every((step, row) => row === 0 || step > told[row - 1]));
    assert.deepEqual([told.at(-1), history.last(column.loss)], [4000, whole.history?.last(column.loss)]);
  });

  it('stands still again where it stood while paused, and takes its next step', async () => {
    const run = await startPaused();
    const stood = stepsOf(run);
    await runs.loseDevice();
    await until('the notice', () => run.notices.length === 1);
    await state('paused');
    assert.match(run.notices[0], /the GPU was lost \(Device was destroyed\)\. The run goes on from step/);
    assert.equal(tabs.length, 1);
    await runs.step();
    await until('one more step', () => stepsOf(run) === stood + 1);
    await runs.stepBack();
    assert.equal(stepsOf(run), stood);
    await runs.stop();
    await state('ended');
  });

  it('stands still again also where the next engine ends before it stands, and where a tab is closed before it has loaded', async () => {
    const run = await startPaused();
    const stood = stepsOf(run);
    closesNext = true;
    tabs[0].dispose();
    await until('the second notice', () => run.notices.length === 2);
    await state('paused');
    assert.deepEqual([stepsOf(run), run.backend, tabs.length], [stood, 'webgpu', 3]);
    await runs.stop();
    await state('ended');
  });

  it('is stopped also while it is on its way', async () => {
    const run = await start(moons(forEver));
    await until('a checkpoint', () => run.checkpoint !== null);
    tabs[0].load();
    await until('its page to be loaded anew', () => run.notices.length === 1);
    await runs.stop();
    await state('ended');
    assert.equal(run.end?.reason, 'stopped');
  });

  it('goes on on the CPU where there is no GPU any more', async () => {
    const run = await start(moons(forEver));
    await until('a checkpoint', () => run.checkpoint !== null);
    adapter = new Error('There is no adapter any more.');
    tabs[0].dispose();
    await until('it to go on', () => run.state === 'running' && run.backend === 'cpu');
    assert.match(run.notices[1], /There is no adapter any more\. The run goes on from step .* on the CPU/);
    await until('more steps', () => stepsOf(run) > (run.checkpoint?.step ?? NaN));
    await runs.stop();
    await state('ended');
  });

  it('does not begin where there is no GPU, and says what to do; where the faster one is asked for, the CPU is taken', async () => {
    adapter = new Error('There is no adapter. Start the editor with a flag.');
    await assert.rejects(start(moons(10)), /Start the editor with a flag/);
    assert.equal(runs.current?.state, 'failed');
    assert.ok(tabs.every((tab) => !tab.isOpen));
    const { problem, ...rest } = moons(10);
    const wide = {
      ...problem,
      network: { layers: [{ dense: 512, activation: 'tanh' }, { dense: 512 }, { dense: 2 }] },
    } as RunSpecification['problem'];
    const run = await start({ ...rest, problem: wide, backend: 'auto', measure: { curvatureEvery: 0 } });
    await state('ended');
    assert.equal(run.backend, 'cpu');
    assert.match(run.place ?? '', /^CPU: .* a step; there is no WebGPU adapter$/);
    assert.equal(run.start?.backend, 'cpu');
  });
});
