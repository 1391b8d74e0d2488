/**
 * The engine in a page, over a tab without a webview. What must hold: a run through it gives the very record that the run gives by
 * itself, also where the page was closed, loaded anew or has lost its device in the middle and the run goes on from its last
 * checkpoint; every call ends, and the end of a page is told once.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FileError } from '../../../src/engine/problems/files';
import { toLine } from '../../../src/engine/run/line';
import { textsOf } from '../../../src/engine/run/runSettings';
import type { RecordEvent } from '../../../src/engine/run/record';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { Desk } from '../../../src/host/gpu/desk';
import { GpuEngine, type GpuEngineOptions } from '../../../src/host/gpu/engine';
import { FILE_PART } from '../../../src/shared/gpuProtocol';
import type { RareEvent, RunState, StartRequest } from '../../../src/shared/protocol';
import { hostFiles } from '../../../src/webview/gpu/page/hostFiles';
import { ofNetwork, record } from '../run/runs';
import type { GpuContext } from '../../../src/webview/gpu/context';
import { FakeTab, fakeGpu } from './fakePage';

/** Record lines but for what depends on time. */
const timeless = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/"seconds":.*$/, ''));
const linesOf = (events: readonly RecordEvent[]): string[] => timeless(events.map(toLine));

class Host {
  readonly tabs: FakeTab[] = [];
  readonly states: RunState[] = [];
  readonly events: RareEvent[] = [];
  readonly deaths: string[] = [];
  checkpoint: { step: number; bytes: ArrayBuffer } | null = null;
  readonly engine: GpuEngine;
  private stir = (): void => undefined;

  constructor(options: GpuEngineOptions = {}, makeTab: () => FakeTab = () => new FakeTab()) {
    const openTab = (): FakeTab => {
      const tab = makeTab();
      this.tabs.push(tab);
      return tab;
    };
    const heard = <Args extends unknown[]>(take: (...args: Args) => unknown) => {
      return (...args: Args): void => {
        take(...args);
        this.stir();
      };
    };
    const listener = {
      frame: heard((run: string, sequence: number) => this.engine.acknowledge(run, sequence)),
      event: heard((_run: string, event: RareEvent) => this.events.push(event)),
      state: heard((_run: string, state: RunState) => this.states.push(state)),
      checkpoint: heard((_run: string, step: number, bytes: ArrayBuffer) => (this.checkpoint = { step, bytes })),
      died: heard((reason: string) => this.deaths.push(reason)),
    };
    this.engine = new GpuEngine(openTab, listener, options);
  }

  get tab(): FakeTab {
    return this.tabs[this.tabs.length - 1];
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => (this.stir = resolve));
  }
}

describe('an engine in a page', () => {
  let folder: string;
  let host: Host;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'optimizer-debugger-gpu-'))));
  after(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => (host = new Host()));
  afterEach(() => host.engine.dispose());

  const start = (spec: RunSpecification, other: Partial<StartRequest> = {}) =>
    host.engine.start({ run: 'a', spec: { ...spec, backend: 'webgpu' }, folder, ...other });
  const recorded = async (file: string): Promise<string[]> => timeless((await readFile(file, 'utf8')).trimEnd().split('\n'));
  const ended = (): Promise<void> => host.until(() => host.states.at(-1) === 'ended');

  it('trains to the end: the record is that of the run by itself, and every rare event arrives', async () => {
    const spec = ofNetwork({ measure: { curvatureEvery: 30 } });
    const recordFile = join(folder, 'whole.jsonl');
    const answer = await start(spec, { recordFile });
    await ended();
    const expected = await record(spec);
    assert.deepEqual(answer, expected[0]);
    assert.deepEqual(await recorded(recordFile), linesOf(expected));
    assert.deepEqual(host.states, ['running', 'ended']);
    assert.deepEqual(
      host.events.map(({ type }) => type),
      expected.filter(({ type }) => type !== 'step').map(({ type }) => type),
    );
    assert.equal(host.tabs.length, 1);
  });

  it('reads a run’s files through the host', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i / 60},${(i * 7) % 13},${i % 2 === 0 ? 'even' : 'odd'}`);
    await writeFile(join(folder, 'table.csv'), `a,b,parity\n${rows.join('\n')}\n`);
    const of = (file: string): RunSpecification => ({
      problem: { network: { layers: [{ dense: 2 }], loss: 'crossEntropy' }, data: { csv: { file, label: 'parity' } } },
      optimizer: { name: 'sgd', lr: 0.1 },
      steps: 5,
    });
    const answer = await start(of('table.csv'));
    await ended();
    assert.equal(answer.trainSamples + answer.heldOutSamples, 60);
    await assert.rejects(start(of('missing.csv'), { run: 'b' }), /there is no file .*missing\.csv/);
  });

  it('gives a page the files that the specification names, sizes first and in parts, and no other', async () => {
    const bytes = Uint8Array.from({ length: FILE_PART + 1234 }, (_, i) => (i * 2654435761) >>> 24);
    await writeFile(join(folder, 'large.bin'), bytes);
    const spec = ofNetwork({ initialWeights: 'large.bin' });
    const desk = new Desk(new Map([['a', { spec, folder }]]));
    const files = hostFiles(desk, 'a');
    assert.equal(await files.size('large.bin'), bytes.length);
    assert.deepEqual(await files.read('large.bin', 2 ** 30), bytes);
    await assert.rejects(files.read('large.bin', FILE_PART), FileError);
    await assert.rejects(files.size('whole.jsonl'), /whole\.jsonl is no file of this run/);
    await assert.rejects(hostFiles(desk, 'b').size('large.bin'), /There is no run b/);
  });

  for (const [what, why, end] of [
    ['its tab is closed', 'its tab was closed', (tab: FakeTab) => tab.dispose()],
    ['its page is loaded anew', 'its page was loaded anew', (tab: FakeTab) => tab.load()],
    ['its device is lost', 'the GPU was lost (Device was destroyed)', () => void host.engine.loseDevice()],
  ] as const)
    it(`where ${what}, the run goes on from its last checkpoint to the record of an undisturbed one`, async () => {
      const spec = ofNetwork({ steps: 1500, measure: { curvatureEvery: 100 } });
      const recordFile = join(folder, `${what}.jsonl`);
      const expected = await record(spec);
      const [began] = expected;
      assert.ok(began.type === 'start');
      // It stands still between two measurements: one that is under way would be finished there.
      await start(spec, { recordFile, replay: { to: 60, rules: textsOf(began), changes: [] } });
      await host.until(() => host.states.at(-1) === 'paused');
      const stood = await host.engine.step('a');
      await host.until(() => host.checkpoint !== null && host.checkpoint.step > 0);
      await host.engine.resume('a');
      const waiting = host.engine.goBack('a', 10 ** 9); // is rejected, whatever becomes of the page
      end(host.tab);
      await assert.rejects(waiting);
      await host.until(() => host.deaths.length > 0);
      assert.deepEqual(host.deaths, [why]);

      const { checkpoint } = host;
      assert.ok(checkpoint);
      assert.equal(stood, 61);
      await start(spec, { recordFile, checkpoint: checkpoint.bytes });
      await ended();
      assert.deepEqual(await recorded(recordFile), linesOf(expected));
      assert.equal(host.deaths.length, 1);
      assert.equal(host.tabs.length, what === 'its tab is closed' ? 2 : 1);
    });

  it('a paused run goes on standing still, exactly where it stood', async () => {
    await start(ofNetwork({ steps: 1_000_000 }));
    await host.until(() => host.checkpoint !== null);
    const stood = await host.engine.pause('a');
    await host.until(() => host.checkpoint?.step === stood);
    host.tab.dispose();
    await start(ofNetwork({ steps: 1_000_000 }), { checkpoint: host.checkpoint?.bytes, paused: true });
    await host.until(() => host.states.at(-1) === 'paused');
    assert.equal(await host.engine.step('a'), stood + 1);
    await host.engine.stop('a');
  });

  it('a page that does not answer any more is given up, and told once', async () => {
    host = new Host({ beat: 10, missed: 3 });
    await start(ofNetwork({ steps: 1_000_000 }));
    host.tab.dumb = true;
    const asked = host.engine.pause('a');
    await assert.rejects(asked, /its page has not answered for 0\.03 s/);
    assert.deepEqual(host.deaths, ['its page has not answered for 0.03 s']);
    assert.equal(host.tab.isOpen, false);
  });

  it('one that answers is left alone, however often it is asked', async () => {
    host = new Host({ beat: 5, missed: 100 });
    await start(ofNetwork({ steps: 300 }));
    await ended();
    assert.deepEqual(host.deaths, []);
  });

  it('a page that never loads ends the call, and its tab', async () => {
    host = new Host({ loading: 20 }, () => new FakeTab('a GPU', { loads: false }));
    await assert.rejects(start(ofNetwork()), /its page did not load within 0\.02 s/);
    assert.equal(host.tab.isOpen, false);
    assert.deepEqual(host.deaths, []);
  });

  it('a page that is closed before it has loaded ends the call, and is told to whoever lets the run go on', async () => {
    host = new Host({}, () => new FakeTab('a GPU', { loads: false }));
    const asked = start(ofNetwork());
    host.tab.dispose();
    await assert.rejects(asked, /its tab was closed/);
    assert.deepEqual(host.deaths, ['its tab was closed']);
    host.engine.show();
    host.tab.dispose();
    assert.equal(host.deaths.length, 1, 'nobody waited for this one');
  });

  it('a GPU that hangs while it is opened ends the call; the next one tries again', async () => {
    let opened = 0;
    const openGpu = (): Promise<GpuContext> => (opened++ === 0 ? new Promise(() => undefined) : Promise.resolve(fakeGpu('a GPU')));
    host = new Host({}, () => new FakeTab(openGpu, { opening: 20 }));
    await assert.rejects(host.engine.adapter(), /The GPU was not opened within 0\.02 s: .* Restart the editor/);
    assert.equal((await host.engine.adapter()).name, 'a GPU');
    assert.deepEqual(host.deaths, []);
  });

  it('a GPU that is lost is opened again only when something needs it: devices that are lost at once would follow each other without end', async () => {
    const opened: GpuContext[] = [];
    const openGpu = (): Promise<GpuContext> => {
      opened.push(fakeGpu('a GPU'));
      return Promise.resolve(opened[opened.length - 1]);
    };
    host = new Host({}, () => new FakeTab(openGpu));
    for (const times of [1, 2, 3]) {
      await host.engine.adapter();
      assert.equal(opened.length, times);
      opened[times - 1].device.destroy();
      await host.until(() => host.deaths.length === times);
      await setTimeout(5);
      assert.equal(opened.length, times);
    }
  });

  it('without an adapter a run says what to do, as the page says it', async () => {
    host = new Host({}, () => new FakeTab(new Error('There is no adapter. Start the editor with a flag.')));
    await assert.rejects(start(ofNetwork()), /Start the editor with a flag/);
    await assert.rejects(host.engine.adapter(), /Start the editor with a flag/);
  });

  it('measures how long a step takes', async () => {
    const microseconds = await host.engine.measure({ run: 'm', spec: ofNetwork({ backend: 'webgpu' }), folder });
    assert.ok(microseconds > 0 && microseconds < 1e6, `${microseconds} µs`);
  });

  it('is closed when no run needs it, unless a person looks at it', async () => {
    await host.engine.adapter();
    host.tab.visible = true;
    await host.engine.leave();
    assert.equal(host.tab.isOpen, true);
    host.tab.visible = false;
    await host.engine.leave();
    assert.equal(host.tab.isOpen, false);
    assert.deepEqual(host.deaths, []);
  });
});
