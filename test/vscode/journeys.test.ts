/**
 * Runs that are put to a step, in the real editor's host, with the real worker and over a page that has neither a webview nor a GPU. What must
 * hold: wherever the run was (running, ended, lost, read from its record), it stands still at that very step, its steps up to there are those
 * that it took, what came later is kept beside, and what comes of it is what the command line makes of the same changes.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RunSpecification } from '../../src/engine/run/specification';
import { Choice } from '../../src/host/gpu/choice';
import { GpuEngine } from '../../src/host/gpu/engine';
import { SpeedMemory } from '../../src/host/gpu/speeds';
import type { OpenedRun } from '../../src/host/library/opened';
import type { Run } from '../../src/host/run';
import { Runs } from '../../src/host/runs';
import { WorkerEngine } from '../../src/node/engine';
import { column, decodeFrame } from '../../src/shared/frame';
import type { Branch, RunSnapshot } from '../../src/shared/protocol';
import { FakeTab } from '../engine/host/fakePage';
import { activate, extensionId, until } from './extension';

const moons = (steps: number, other: Partial<RunSpecification> = {}): RunSpecification => ({
  problem: {
    network: { layers: [{ dense: 8, activation: 'tanh' }, { dense: 2 }], loss: 'crossEntropy' },
    data: { generator: 'moons', samples: 200, heldOut: 0.2 },
  },
  optimizer: { name: 'adam', lr: 0.01 },
  batchSize: 16,
  steps,
  seed: 1,
  measure: { curvatureEvery: 0 },
  backend: 'cpu',
  ...other,
});
const forEver = 5_000_000;

/** A record's lines but for how long it took. */
const linesOf = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/"seconds":.*$/, ''));
const recordOf = ({ recordFile }: Run): string[] => linesOf(readFileSync(recordFile, 'utf8'));

const stepsOf = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith('{"type":"step"'));

const rowsOf = (frame: ArrayBuffer | null): number[] => {
  if (frame === null) return [];
  const { rows, width, data } = decodeFrame(frame);
  return Array.from({ length: rows }, (_, row) => data[row * width + column.step]);
};
const stepsIn = (branch: Branch | null): number[] => rowsOf(branch?.steps ?? null);
const upTo = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** An editor's storage that forgets. */
const memento: vscode.Memento = { keys: () => [], get: <T>(_key: string, standard?: T) => standard, update: () => Promise.resolve() };

describe('a run put to a step', () => {
  let runs: Runs;
  let tabs: FakeTab[];
  let folder: string;
  let extension: string;
  before(activate);
  beforeEach(() => {
    extension = vscode.extensions.getExtension(extensionId)?.extensionPath ?? '';
    folder = mkdtempSync(join(tmpdir(), 'optimizer-debugger-journeys-'));
    tabs = [];
    const openTab = (): FakeTab => {
      tabs.push(new FakeTab('a GPU'));
      return tabs[tabs.length - 1];
    };
    runs = new Runs(
      {
        worker: (listener) => new WorkerEngine(join(extension, 'dist', 'worker.js'), listener),
        gpu: (listener) => new GpuEngine(openTab, listener),
        choice: (engines) => new Choice(new SpeedMemory(memento), engines, { setting: () => 'auto', noAdapter: () => undefined }),
      },
      { fileFor: (run) => Promise.resolve(join(folder, `${run}.jsonl`)) },
    );
  });
  afterEach(async () => {
    runs.dispose();
    rmSync(folder, { recursive: true, force: true });
    await vscode.commands.executeCommand('notifications.clearAll');
  });
  const start = (spec: RunSpecification): Promise<Run> => runs.start({ spec, folder: '', origin: null });
  const state = (wanted: string): Promise<true> => until(`the run to be ${wanted}`, () => runs.current?.state === wanted);
  const snapshot = (): RunSnapshot => {
    const now = runs.snapshot();
    assert.ok(now);
    return now;
  };
  /** It stands at this step, with the steps up to there. */
  const stands = (step: number): void => {
    const { state: now, steps, bound, end, problem } = snapshot();
    assert.deepEqual([now, rowsOf(steps), bound, end, problem], ['paused', upTo(1, step), null, null, null]);
  };
  /** What the command line makes of a specification. */
  const commandLine = (spec: RunSpecification, ...more: string[]): string[] => {
    const file = join(folder, 'spec.run.json');
    writeFileSync(file, JSON.stringify(spec));
    const cli = spawnSync(process.execPath, [join(extension, 'dist', 'cli.js'), 'train', file, ...more], {
      encoding: 'utf8',
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      maxBuffer: 2 ** 28,
    });
    assert.equal(cli.status, 0, cli.stderr);
    return linesOf(cli.stdout);
  };

  it('that has ended goes back, is changed there, and goes on as the command line’s; its future stays beside it', async () => {
    const run = await start(moons(400));
    await state('ended');
    const whole = recordOf(run);
    await assert.rejects(runs.goTo(401), /The run has the steps 0 to 400; 401 is none of them/);
    await assert.rejects(runs.goTo(100, { lr: -1 }), /optimizer\.lr: found -1/);
    await assert.rejects(runs.goTo(100, { beta: 0.5 }), /optimizer\.beta: adam has no such hyperparameter/);
    await assert.rejects(runs.goTo(400), /was the run’s last/);
    assert.deepEqual([run.state, recordOf(run)], ['ended', whole], 'nothing has happened yet');

    await runs.goTo(100, { lr: 0.002, beta1: 0.9 });
    stands(100);
    assert.deepEqual(stepsIn(snapshot().branch), upTo(101, 400));
    assert.equal(snapshot().branch?.from, 100);
    assert.deepEqual(
      snapshot().changes.map((change) => change.type === 'settings' && [change.step, change.changed]),
      [[100, { lr: 0.002 }]],
    );
    assert.equal(run.settings().find(({ name }) => name === 'lr')?.value, 0.002);
    assert.match(snapshot().name, /lr 0\.002/);

    await runs.goTo(150);
    stands(150);
    await runs.goTo(120);
    stands(120);
    assert.deepEqual(stepsIn(snapshot().branch), upTo(121, 400), 'the newer future, and beyond it the older');
    await runs.stepBack();
    stands(119);
    await runs.resume();
    await state('ended');
    assert.deepEqual(recordOf(run), commandLine(moons(400), '--change', '100:lr=0.002'));
    await runs.stepBack();
    stands(399);
  });

  it('that is under way goes on to it, or back, whatever it does; a pause on the way is a pause', async () => {
    const run = await start(moons(forEver, { measure: { curvatureEvery: 0, every: 1 } }));
    await until('some steps', () => run.step > 100);
    await runs.goTo(60);
    stands(60);
    await runs.goTo(90, { lr: 0.03 });
    stands(90);
    const before = snapshot().branch;
    await runs.goTo(90, { lr: 0.02 });
    assert.deepEqual([snapshot().branch, snapshot().changes.length], [before, 2], 'where it stands it can be changed, too');
    await Promise.all([runs.stepBack(), runs.stepBack(), runs.stepBack()]);
    stands(87);
    assert.deepEqual(stepsIn(snapshot().branch).slice(0, 3), [88, 89, 90], 'however quickly it is asked for');
    const far = runs.goTo(forEver - 1);
    await until('it is on its way', () => snapshot().bound === forEver - 1 && run.step > 200);
    await runs.pause();
    await assert.rejects(far, /The run was paused at step [\d,]+, on its way to step 4,999,999/);
    assert.deepEqual([snapshot().bound, run.state], [null, 'paused']);
    const again = assert.rejects(runs.goTo(forEver - 1), /The run ended on its way to step/);
    await until('it is on its way', () => run.state === 'running');
    await runs.stop();
    await again;

    await runs.goTo(40);
    const given = assert.rejects(runs.goTo(forEver - 1), /was paused at step/);
    await until('it is on its way', () => run.state === 'running' && run.step > 50);
    await runs.goTo(30);
    await given;
    stands(30);
    await runs.stop();
  });

  it('whose worker has died is trained once more, from a checkpoint or its beginning, with what was changed', async () => {
    const run = await start(moons(forEver));
    await until('a step', () => run.step > 30);
    await runs.goTo(20, { lr: 0.05 });
    await runs.goTo(500);
    await until('a checkpoint there', () => run.checkpoint?.step === 500);
    await runs.goTo(800, { lr: 0.004 });
    await until('its record', () => stepsOf(recordOf(run)).length === 800);
    const expected = recordOf(run);
    const losses = (): number[] => upTo(0, 599).map((row) => run.history?.at(row, column.loss) ?? NaN);
    const then = losses();
    for (const step of [600, 20, 19]) {
      await runs.killWorker();
      await state('lost');
      if (step === 600) assert.equal(run.checkpoints.upTo(step - 1)?.step, 500, 'it comes from there');
      const bound = new Set<number | null>();
      const listening = runs.onDidChange(() => bound.add(snapshot().bound));
      await runs.goTo(step);
      listening.dispose();
      assert.ok(bound.has(step), 'it says where it is bound');
      stands(step);
      await until('its record', () => stepsOf(recordOf(run)).length === step);
      assert.deepEqual(stepsOf(recordOf(run)), stepsOf(expected).slice(0, step));
      assert.deepEqual(losses().slice(0, step), then.slice(0, step));
      assert.equal(run.settings().find(({ name }) => name === 'lr')?.value, step >= 20 ? 0.05 : 0.01);
      assert.deepEqual(snapshot().notices, []);
      await until('a checkpoint of where it stands', () => run.checkpoint?.step === step);
    }
    assert.deepEqual(stepsIn(snapshot().branch), upTo(20, 800), 'all that was ever beyond');
  });

  it('that was read from its record is trained once more, and is the current one then', async () => {
    const first = await start(moons(300));
    await state('ended');
    await runs.goTo(100, { lr: 0.05 });
    await runs.resume();
    await state('ended');
    const record = recordOf(first);
    const { start: begun } = first;
    assert.ok(begun);
    const opened: OpenedRun = {
      snapshot: { ...first.snapshot(), from: 'record', branch: null },
      request: { spec: begun.spec, folder: '', origin: null },
      file: first.recordFile,
    };
    const other = await start(moons(forEver));
    await assert.rejects(runs.replayRecord(opened, 301), /the steps 0 to 300/);
    assert.equal(runs.current, other);
    await runs.replayRecord(opened, 200, { lr: 0.001 });
    const { current } = runs;
    assert.ok(current && current !== other && current.id !== first.id);
    stands(200);
    assert.equal(other.state, 'ended');
    assert.deepEqual(stepsIn(snapshot().branch), upTo(201, 300));
    assert.deepEqual(
      snapshot().changes.map(({ step }) => step),
      [100, 200],
    );
    const replayed = recordOf(current);
    assert.deepEqual(replayed.slice(0, -1), record.slice(0, replayed.length - 1), 'line by line');
    assert.deepEqual(recordOf(first), record, 'the record that was read stays');

    const elsewhere = {
      ...opened.snapshot,
      evaluations: opened.snapshot.evaluations.map((event) => ({ ...event, trainLoss: 2 * event.trainLoss })),
    };
    await runs.replayRecord({ ...opened, snapshot: elsewhere }, 50);
    assert.match(snapshot().notices.join(), /Trained again, the run began with a training loss of [\d.]+; its record has/);
    const gone: OpenedRun = { ...opened, request: { ...opened.request, spec: { ...begun.spec, initialWeights: 'no such file.json' } } };
    await assert.rejects(runs.replayRecord(gone, 50), /no such file\.json/);
    assert.equal(runs.current?.state, 'failed');
  });

  it('on WebGPU goes back in its page, and is trained once more where that is gone', async () => {
    const run = await start(moons(300, { backend: 'webgpu' }));
    await state('ended');
    await runs.goTo(120);
    stands(120);
    assert.equal(tabs.length, 1);
    await runs.resume();
    await state('ended');
    const record = recordOf(run);
    tabs[0].dispose();
    await runs.goTo(80, { lr: 0.5 });
    stands(80);
    assert.equal(tabs.length, 2);
    assert.deepEqual(recordOf(run).slice(0, -1), record.slice(0, recordOf(run).length - 1));
    assert.deepEqual(stepsIn(snapshot().branch), upTo(81, 300));
    const far = runs.goTo(290);
    await until('it is on its way', () => run.state === 'running' || run.step > 80);
    tabs[1].dispose(); // wherever it is then, it goes on by itself, and comes there
    await far.catch((error: Error) => assert.match(error.message, /WebGPU engine has ended/));
    await until('it stands still', () => run.state === 'paused' || run.state === 'ended');
  });
});
