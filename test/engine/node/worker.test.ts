/** The real worker thread, built as it ships, driven as the extension host drives it. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { RecordEvent, StartEvent } from '../../../src/engine/run/record';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { WorkerEngine } from '../../../src/node/engine';
import { column, decodeFrame, FRAMES_UNDER_WAY, type StepRows } from '../../../src/shared/frame';
import type { RareEvent, RunState } from '../../../src/shared/protocol';
import { ofFunction, ofNetwork, record } from '../run/runs';

/** What a host has heard, and waiting for more. */
class Host {
  readonly frames: StepRows[] = [];
  readonly events: RareEvent[] = [];
  readonly states: RunState[] = [];
  readonly checkpoints: { step: number; bytes: ArrayBuffer }[] = [];
  readonly deaths: string[] = [];
  readonly engine: WorkerEngine;
  private stir = (): void => undefined;
  /** Frames that came and were not acknowledged. */
  unacknowledged: number[] = [];
  acknowledging = true;

  constructor(script: string) {
    const heard = <Args extends unknown[]>(take: (...args: Args) => void) => {
      return (...args: Args): void => {
        take(...args);
        this.stir();
      };
    };
    this.engine = new WorkerEngine(script, {
      frame: heard((run, sequence, frame) => {
        this.frames.push(decodeFrame(frame));
        this.unacknowledged.push(sequence);
        if (this.acknowledging) this.acknowledge(run);
      }),
      event: heard((_run, event) => this.events.push(event)),
      state: heard((_run, state) => this.states.push(state)),
      checkpoint: heard((_run, step, bytes) => this.checkpoints.push({ step, bytes })),
      died: heard((reason) => this.deaths.push(reason)),
    });
  }

  acknowledge(run: string): void {
    for (const sequence of this.unacknowledged.splice(0)) this.engine.acknowledge(run, sequence);
  }

  /** Waits until something holds; mocha's own limit ends a wait in vain. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => (this.stir = resolve));
  }

  get rows(): number[] {
    return this.frames.flatMap((frame) => Array.from({ length: frame.rows }, (_, row) => frame.data[row * frame.width + column.step]));
  }
}

/** Record lines but for what depends on time. */
const timeless = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/"seconds":.*$/, ''));

describe('the training worker', function () {
  this.timeout(60_000);
  let folder: string;
  let script: string;
  let host: Host;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'optimizer-debugger-worker-'));
    script = join(folder, 'worker.js');
    const loader = { '.optim': 'text' } as const;
    await build({ entryPoints: ['src/node/worker.ts'], bundle: true, platform: 'node', outfile: script, loader, logLevel: 'warning' });
  });
  after(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => (host = new Host(script)));
  afterEach(() => host.engine.dispose());

  const start = (spec: RunSpecification, other: { recordFile?: string; checkpoint?: ArrayBuffer } = {}): Promise<StartEvent> =>
    host.engine.start({ run: 'a', spec, folder, ...other });
  const long = ofFunction('x^2 + y^2', { x: 1, y: 2 }, { steps: 10_000_000, optimizer: { name: 'sgd', lr: 1e-6 } });

  it('trains to the end: every step in frames, every rare event, and the record in its file', async () => {
    const spec = ofNetwork({ steps: 60, measure: { curvatureEvery: 30 } });
    const recordFile = join(folder, 'records', 'whole.jsonl');
    const answer = await start(spec, { recordFile });
    await host.until(() => host.states.at(-1) === 'ended');
    const expected = await record(spec);
    assert.deepEqual(answer, expected[0]);
    assert.deepEqual(host.states, ['running', 'ended']);
    assert.deepEqual(
      host.rows,
      Array.from({ length: 60 }, (_, k) => k + 1),
    );
    assert.deepEqual(
      host.events.map(({ type }) => type),
      expected.filter(({ type }) => type !== 'step').map(({ type }) => type),
    );
    const lines = (await readFile(recordFile, 'utf8')).trimEnd().split('\n');
    assert.equal(lines.length, expected.length);
    const told = lines.map((line) => JSON.parse(line) as RecordEvent).filter((event) => event.type === 'step');
    const [frame] = host.frames;
    assert.equal(frame.data[column.loss], told[0].loss);
    assert.equal(frame.data[column.gradientNorm(1)], told[0].gradientNorm[1]);
    assert.equal(frame.data[column.rate(0, 'q95')], told[0].effectiveRate[0].q95);
  });

  it('takes another text of its rule while paused, and goes on from a checkpoint with that text, whatever the file says', async () => {
    const text = (lr: number): string =>
      `optimizer own "Own"\nparameter lr = ${lr} in (0, inf)\nstate m\nm = 0.5*m + g\nrate = lr\nw = w - rate*m\n`;
    await writeFile(join(folder, 'own.optim'), text(1e-6));
    await start({ ...long, optimizer: { file: 'own.optim' } });
    await host.until(() => host.frames.length > 0);
    await assert.rejects(host.engine.replaceRule('a', 'own.optim', text(0.5)), /pause it first/);
    const paused = await host.engine.pause('a');
    await assert.rejects(host.engine.replaceRule('a', 'own.optim', text(0.5).replace('+ g', '+ gg')), /own\.optim:4:13: There is no `gg`/);
    const before = host.checkpoints.length;
    const { step, kept, fresh } = await host.engine.replaceRule('a', 'own.optim', text(0.25));
    assert.deepEqual({ step, kept, fresh }, { step: paused, kept: ['m'], fresh: [] });
    assert.equal(host.events.filter(({ type }) => type === 'rule').length, 1);
    await host.engine.step('a');
    await host.until(() => host.frames.at(-1)?.data[column.lr] === 0.25 && host.checkpoints.length > before);
    await host.engine.kill();
    await host.until(() => host.deaths.length > 0);

    await writeFile(join(folder, 'own.optim'), 'this is no rule');
    const checkpoint = host.checkpoints.at(-1);
    assert.ok(checkpoint && checkpoint.step >= paused);
    const seen = host.frames.length;
    const again = await start({ ...long, optimizer: { file: 'own.optim' } }, { checkpoint: checkpoint.bytes });
    assert.equal(again.rule, text(0.000001), 'a run tells how it began');
    await host.until(() => host.frames.length > seen);
    assert.equal(host.frames[seen].data[column.lr], 0.25);
    await host.engine.stop('a');
  });

  it('goes back behind a rule that was replaced: the old text runs there, and the answer says so', async () => {
    const text = (lr: number): string => `optimizer own "Own"\nparameter lr = ${lr} in (0, inf)\nrate = lr\nw = w - rate*g\n`;
    await writeFile(join(folder, 'plain.optim'), text(1e-6));
    await start({ ...long, optimizer: { file: 'plain.optim' } });
    await host.until(() => host.frames.length > 0);
    const paused = await host.engine.pause('a');
    await host.engine.replaceRule('a', 'plain.optim', text(0.25));
    await host.engine.step('a');
    assert.deepEqual((await host.engine.goBack('a')).rules, { 'plain.optim': text(0.25) });
    const { step, details, rules } = await host.engine.goBack('a');
    assert.deepEqual([step, rules], [paused - 1, { 'plain.optim': text(1e-6) }]);
    assert.match(details, /lr 0\.000001|lr 1e-6/);
    await host.engine.step('a');
    await host.until(() => host.rows.at(-1) === paused);
    const { data } = host.frames[host.frames.length - 1];
    assert.equal(data[data.length - host.frames[host.frames.length - 1].width + column.lr], 1e-6);
    await host.engine.stop('a');
  });

  it('pauses, steps once, resumes and stops, each answered at the step where it stands', async () => {
    await start(long);
    await host.until(() => host.frames.length > 0);
    const paused = await host.engine.pause('a');
    assert.equal(await host.engine.pause('a'), paused);
    await host.until(() => host.rows.at(-1) === paused);
    assert.equal(await host.engine.step('a'), paused + 1);
    assert.equal(await host.engine.step('a'), paused + 2);
    await host.until(() => host.rows.at(-1) === paused + 2);
    await host.engine.resume('a');
    await host.until(() => (host.rows.at(-1) ?? 0) > paused + 2);
    await assert.rejects(host.engine.step('a'), /needs a paused run/);
    await host.engine.stop('a');
    await host.until(() => host.states.at(-1) === 'ended');
    assert.deepEqual(host.states, ['running', 'paused', 'running', 'ended']);
    const end = host.events.at(-1);
    assert.ok(end?.type === 'end' && end.reason === 'stopped' && end.step === host.rows.at(-1));
  });

  it('steps back while paused, further than it was paused, and goes on to the record of a run that never did', async () => {
    const spec = ofNetwork({ steps: 3000, measure: { curvatureEvery: 0, evaluateEvery: 50, every: 1 } });
    const recordFile = join(folder, 'back.jsonl');
    await start(spec, { recordFile });
    await host.until(() => (host.rows.at(-1) ?? 0) > 120);
    await assert.rejects(host.engine.goBack('a'), /needs a run that is paused or has ended/);
    const paused = await host.engine.pause('a');
    const map = await host.engine.weightMap('a', 'dense1.weight', 'rate');
    const { step, title, rules } = await host.engine.goBack('a');
    assert.deepEqual([step, title, rules], [paused - 1, 'Adam', {}]);
    await host.until(() => host.rows.at(-1) === paused - 1);
    assert.equal(await host.engine.step('a'), paused);
    assert.deepEqual(await host.engine.weightMap('a', 'dense1.weight', 'rate'), map);
    for (const goal of [70, 69, 1, 0]) {
      assert.equal((await host.engine.goBack('a', goal)).step, goal);
      const lines = timeless(await readFile(recordFile, 'utf8')).map((line) => JSON.parse(line) as { type: string; step?: number });
      assert.equal(lines.filter(({ type }) => type === 'step').length, goal, 'what came later is not in the record');
    }
    await assert.rejects(host.engine.goBack('a'), /cannot go back to step -1/);
    await assert.rejects(host.engine.goBack('a', 5), /stands at step 0 and cannot go back to step 5/);
    await host.engine.resume('a');
    await host.until(() => host.states.at(-1) === 'ended');
    const unbroken = join(folder, 'never.jsonl');
    await host.engine.start({ run: 'b', spec, folder, recordFile: unbroken });
    host.states.length = 0;
    await host.until(() => host.states.at(-1) === 'ended');
    assert.deepEqual(timeless(await readFile(recordFile, 'utf8')), timeless(await readFile(unbroken, 'utf8')));
  });

  it('finishes a curvature measurement while it is paused, and stops when paused', async () => {
    await start({ ...ofNetwork({ steps: 100_000 }), measure: { curvatureEvery: 1000 } });
    await host.engine.pause('a');
    await host.until(() => host.events.some(({ type }) => type === 'curvature'));
    await host.engine.stop('a');
    await host.until(() => host.states.at(-1) === 'ended');
  });

  it('keeps at most a few frames under way and thins what waits, without holding the run up', async () => {
    host.acknowledging = false;
    await start({ ...long, steps: 50_000 });
    await host.until(() => host.states.at(-1) === 'ended');
    assert.equal(host.frames.length, FRAMES_UNDER_WAY + 1, 'those under way, and the last before the end');
    assert.ok(host.frames.every(({ rows }) => rows <= 1024));
    assert.equal(host.rows.at(-1), 50_000);
    const last = host.frames[FRAMES_UNDER_WAY];
    const gaps = new Set<number>();
    for (let row = 2; row < last.rows - 1; row++) gaps.add(last.data[row * last.width] - last.data[(row - 1) * last.width]);
    assert.equal(gaps.size, 1, 'thinned evenly');
  });

  it('sends what waits as soon as a frame is acknowledged, while paused too', async () => {
    host.acknowledging = false;
    await start(long);
    await host.until(() => host.frames.length === FRAMES_UNDER_WAY);
    const paused = await host.engine.pause('a');
    await host.engine.step('a');
    assert.equal(host.frames.length, FRAMES_UNDER_WAY);
    host.acknowledging = true;
    host.acknowledge('a');
    await host.until(() => host.rows.at(-1) === paused + 1);
  });

  it('gives the rate of every weight of a layer, and null for a layer that is not there', async () => {
    await start(ofNetwork({ steps: 100_000 }));
    await host.until(() => host.frames.length > 0);
    const map = await host.engine.weightMap('a', 'dense1.weight', 'rate');
    assert.deepEqual([map?.rows, map?.columns, map?.shape, map?.values.length], [8, 2, [8, 2], 16]);
    assert.ok(map?.values.every((value) => value > 0));
    assert.equal(await host.engine.weightMap('a', 'no such layer', 'rate'), null);
  });

  it('draws a slice of the loss around where the run stands, which goes on afterwards', async () => {
    await start(ofNetwork({ steps: 100_000, measure: { curvatureEvery: 0 } }));
    await host.until(() => host.frames.length > 0);
    const { u, loss, path, step } = await host.engine.slice('a', { resolution: 5, reach: null });
    assert.ok(u instanceof Float64Array && loss instanceof Float64Array);
    assert.deepEqual([u.length, loss.length, path.at(-1)?.step], [5, 25, step]);
    assert.ok(loss.every(Number.isFinite));
    await host.until(() => (host.rows.at(-1) ?? 0) > step);
    await assert.rejects(host.engine.slice('a', { resolution: 4, reach: null }), /odd number of cells/);
  });

  it('refuses a bad specification with the message that names the place, and a run that is not there', async () => {
    await assert.rejects(start(ofFunction('x^2', { x: 1 }, { optimizer: { name: 'sgd', lr: -1 } })), /optimizer\.lr: found -1/);
    await assert.rejects(start(ofFunction('x^2 +', { x: 1 })), Error);
    await assert.rejects(host.engine.pause('b'), /no run b/);
    assert.deepEqual([host.events, host.states, host.deaths], [[], [], []]);
  });

  it('killed and resumed from its last checkpoint, the record is that of a run never killed', async () => {
    const spec = ofNetwork({ steps: 8000, measure: { curvatureEvery: 500, every: 10 } });
    const recordFile = join(folder, 'killed.jsonl');
    await start(spec, { recordFile });
    await host.until(() => host.checkpoints.some(({ step }) => step > 0) && (host.rows.at(-1) ?? 0) > 50);
    const asked = host.engine.pause('no answer will come').catch((error: Error) => error);
    await host.engine.kill();
    await host.until(() => host.deaths.length === 1);
    assert.ok((await asked) instanceof Error);
    const { bytes, step } = host.checkpoints[host.checkpoints.length - 1];
    await writeFile(recordFile, '{"half":', { flag: 'a' }); // a line that was being written
    await start(spec, { recordFile, checkpoint: bytes });
    await host.until(() => host.states.at(-1) === 'ended');
    assert.ok(host.rows.filter((row) => row > step).length >= (8000 - step) / 10);

    const unbroken = join(folder, 'unbroken.jsonl');
    host.states.length = 0;
    await host.engine.start({ run: 'b', spec, folder, recordFile: unbroken });
    await host.until(() => host.states.at(-1) === 'ended');
    assert.deepEqual(timeless(await readFile(recordFile, 'utf8')), timeless(await readFile(unbroken, 'utf8')));
  });

  it('is told as dead once, rejects what was under way, and starts anew with the next call', async () => {
    const asked = start(long).catch((error: Error) => error.message); // its worker has not even begun
    await host.engine.kill();
    assert.match(String(await asked), /^The training worker has died: it ended with code \d\.$/);
    assert.equal(host.deaths.length, 1);
    await start({ ...long, steps: 3 });
    await host.until(() => host.states.at(-1) === 'ended');
    assert.deepEqual(host.rows, [1, 2, 3]);
  });

  it('is quiet when it is disposed, and refuses what comes after', async () => {
    await start(long);
    host.engine.dispose();
    await assert.rejects(host.engine.pause('a'), /closed/);
    assert.deepEqual(host.deaths, []);
  });
});
