/**
 * Runs in the real editor: one started by hand and one by the wizard, its record against the command line's, the panel beside it, a worker
 * that dies, and how long the extension host's event loop was held up meanwhile.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RecordEvent } from '../../src/engine/run/record';
import type { RunSpecification } from '../../src/engine/run/specification';
import type { Api } from '../../src/extension';
import { column } from '../../src/shared/frame';
import { activate, extensionId, python, until } from './extension';

const spiral = (steps: number): RunSpecification => ({
  problem: {
    network: { layers: [{ dense: 16, activation: 'relu' }, { dense: 16, activation: 'relu' }, { dense: 3 }], loss: 'crossEntropy' },
    data: { generator: 'spiral', samples: 500, heldOut: 0.2 },
  },
  optimizer: { name: 'adam', lr: 0.01 },
  batchSize: 32,
  steps,
  seed: 1,
});
const forEver = 5_000_000;

/** How a record writes numbers that are not finite. */
const notFinite = ['NaN', 'Infinity', '-Infinity'];

/** The lines of a record without how long it took. */
function recordOf(text: string): RecordEvent[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const event = JSON.parse(line, (_, value: unknown) => (notFinite.includes(String(value)) ? Number(value) : value)) as RecordEvent;
    return event.type === 'end' ? { ...event, seconds: 0, stepsPerSecond: 0 } : event;
  });
}

describe('runs', () => {
  let api: Api;
  before(async () => {
    api = await activate();
  });
  afterEach(async () => {
    if (api.runs.current?.active) await api.runs.stop();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  const state = (wanted: string): Promise<true> => until(`the run to be ${wanted}`, () => api.runs.current?.state === wanted);

  it('one ends with the same record as the command line gives', async () => {
    const run = await api.runs.start({ spec: spiral(300), folder: '', origin: null });
    await state('ended');
    assert.equal(run.end?.reason, 'completed');
    const mine = recordOf(readFileSync(run.recordFile, 'utf8'));

    const extension = vscode.extensions.getExtension(extensionId);
    assert.ok(extension);
    const file = join(mkdtempSync(join(tmpdir(), 'optimizer-debugger-')), 'spiral.run.json');
    writeFileSync(file, JSON.stringify(spiral(300)));
    const cli = spawnSync(process.execPath, [join(extension.extensionPath, 'dist', 'cli.js'), 'train', file], {
      encoding: 'utf8',
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      maxBuffer: 2 ** 28,
    });
    assert.equal(cli.status, 0, cli.stderr);
    assert.deepEqual(mine, recordOf(cli.stdout));
  });

  it('what is kept for the panels is the record’s own: the last step, every evaluation, every curvature', async () => {
    const run = await api.runs.start({ spec: spiral(200), folder: '', origin: null });
    await state('ended');
    const record = recordOf(readFileSync(run.recordFile, 'utf8'));
    const last = record.filter((event) => event.type === 'step').at(-1);
    assert.ok(last && run.history);
    assert.deepEqual([run.history.last(column.step), run.history.last(column.loss)], [last.step, last.loss]);
    assert.deepEqual(
      run.evaluations,
      record.filter((event) => event.type === 'evaluation'),
    );
    assert.deepEqual(
      run.curvatures,
      record.filter((event) => event.type === 'curvature'),
    );
  });

  it('pause stands still, step takes one, step back undoes one, resume goes on, stop ends', async () => {
    const run = await api.runs.start({ spec: spiral(forEver), folder: '', origin: null });
    await until('some steps', () => (run.history?.last(column.step) ?? 0) > 20);
    await vscode.commands.executeCommand('optimizerDebugger.pause');
    await state('paused');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const stood = run.history?.last(column.step) ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(run.history?.last(column.step), stood);
    await vscode.commands.executeCommand('optimizerDebugger.step');
    await until('one more step', () => run.history?.last(column.step) === stood + 1);
    const loss = run.history?.last(column.loss);
    for (const step of [stood, stood - 1]) {
      await vscode.commands.executeCommand('optimizerDebugger.stepBack');
      assert.equal(run.history?.last(column.step), step);
      assert.ok(run.evaluations.every((event) => event.step <= step));
      assert.equal(run.state, 'paused');
    }
    for (let k = 0; k < 2; k++) await vscode.commands.executeCommand('optimizerDebugger.step');
    await until('the same step again', () => run.history?.last(column.step) === stood + 1);
    assert.equal(run.history?.last(column.loss), loss);
    await vscode.commands.executeCommand('optimizerDebugger.resume');
    await until('it to go on', () => (run.history?.last(column.step) ?? 0) > stood + 20);
    await vscode.commands.executeCommand('optimizerDebugger.stop');
    await state('ended');
    assert.equal(run.end?.reason, 'stopped');
  });

  it('a specification that is wrong is told, and nothing runs', async () => {
    const spec = { ...spiral(10), batchSize: -1 };
    await assert.rejects(api.runs.start({ spec, folder: '', origin: null }), /batchSize/);
    assert.equal(api.runs.current?.state, 'failed');
    assert.match(api.runs.snapshot()?.problem ?? '', /batchSize/);
  });

  it('"Train with…", Enter all the way: trains with the optimizer under the cursor, and the panel opens', async () => {
    const document = await python(
      'import torch\nother = torch.optim.SGD(p, lr=0.5)\nopt = torch.optim.Adam(p, lr=0.02, betas=(0.8, 0.99))\n',
    );
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(2, 20, 2, 20);
    const before = api.runs.current?.id;
    const finished = vscode.commands.executeCommand('optimizerDebugger.trainWith');
    for (let tries = 0; tries < 60 && api.runs.current?.id === before; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    }
    await finished;
    const start = await until('the run to start', () => api.runs.current?.start ?? undefined);
    const { name, lr, beta1, beta2 } = start.spec.optimizer;
    assert.deepEqual({ name, lr, beta1, beta2 }, { name: 'adam', lr: 0.02, beta1: 0.8, beta2: 0.99 });
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
    assert.ok(tabs.includes('Training'), tabs.join(', '));
  });

  it('what a run measured appears in the hover of its line', async () => {
    const document = await python('import torch\nopt = torch.optim.Adam(p, lr=0.01)\n');
    const origin = { uri: document.uri.toString(), constructorName: 'Adam', ordinal: 0 };
    await api.runs.start({ spec: spiral(150), folder: '', origin });
    await state('ended');
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(1, 27),
    );
    const said = hovers
      .flatMap(({ contents }) => contents.map((content) => (typeof content === 'string' ? content : content.value)))
      .join('\n');
    assert.match(said, /Last run of this line.*step 150/);
    assert.match(said, /lr·λmax \*\*/);
  });

  it('a worker that dies: the run is lost, and goes on from its last checkpoint to the same end', async () => {
    const whole = await api.runs.start({ spec: spiral(20_000), folder: '', origin: null });
    await state('ended');
    const expected = whole.end;
    const evaluations = whole.evaluations;

    const run = await api.runs.start({ spec: spiral(20_000), folder: '', origin: null });
    await until('a checkpoint', () => (run.checkpoint?.step ?? 0) > 0);
    assert.equal(run.state, 'running');
    await api.runs.killWorker();
    await state('lost');
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('optimizerDebugger.resumeFromCheckpoint');
    await state('ended');
    assert.equal(run.end?.reason, 'completed');
    assert.equal(run.end?.step, expected?.step);
    assert.deepEqual(run.evaluations, evaluations);
  });

  it('while a run streams to a visible panel, the event loop is not held up', async () => {
    await vscode.commands.executeCommand('optimizerDebugger.openTraining');
    await api.runs.start({ spec: spiral(forEver), folder: '', origin: null });
    await until('frames in the panel', () => api.framesSent() > 10);
    const stop = api.measureEventLoop();
    const [frames, began] = [api.framesSent(), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, 5000));
    const rate = ((api.framesSent() - frames) / (performance.now() - began)) * 1000;
    const { p50, p99, max } = stop();
    console.log(
      `      event loop delay p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(1)} ms; ${rate.toFixed(0)} frames/s to the panel`,
    );
    assert.ok(rate > 0);
  });
});
