/** What the WebGPU engine's page works out by itself: times by kernel, bytes of a line, what runs. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeFrame, rowWidth } from '../../../src/shared/frame';
import type { EngineEvents } from '../../../src/shared/protocol';
import { utf8Length } from '../../../src/webview/gpu/page/hostRecord';
import { KernelTimes } from '../../../src/webview/gpu/page/kernelTimes';
import { Watch } from '../../../src/webview/gpu/page/watch';

describe('time by kernel', () => {
  it('adds calls up, the longest first, shares of all', () => {
    const times = new KernelTimes();
    for (const [kernel, nanoseconds] of [
      ['a', 1000],
      ['b', 6000],
      ['a', 3000],
    ] as const)
      times.add(kernel, nanoseconds);
    assert.deepEqual(times.report('Adam', 2, 5), {
      of: 'Adam',
      steps: 2,
      elapsed: 5,
      busy: 0.01,
      kernels: [
        { kernel: 'b', calls: 1, each: 6, share: 0.6 },
        { kernel: 'a', calls: 2, each: 2, share: 0.4 },
      ],
    });
  });
  it('is empty where nothing ran, and has no share of nothing', () => {
    const times = new KernelTimes();
    assert.deepEqual(times.report('', 0, 5).kernels, []);
    times.add('a', 0);
    assert.equal(times.report('', 0, 5).kernels[0].share, 0);
  });
});

describe('the bytes of a line', () => {
  it('are those that Node writes, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20_000), (text, times) => {
        const line = text.repeat(1 + Math.floor(times / (text.length + 1)));
        assert.equal(utf8Length(line), Buffer.byteLength(line));
      }),
      { numRuns: 50 },
    );
  });
});

describe('what runs in the page', () => {
  it('is looked up on the way, and nothing is changed', () => {
    const told: unknown[] = [];
    const tell =
      (name: string) =>
      (...args: readonly unknown[]): void =>
        void told.push([name, ...args]);
    const host: EngineEvents = { frame: tell('frame'), event: tell('event'), state: tell('state'), checkpoint: tell('checkpoint') };
    let changes = 0;
    const watch = new Watch();
    const events = watch.through(host, () => changes++);
    const rows = new Float64Array(2 * rowWidth(1));
    [rows[0], rows[rowWidth(1)]] = [41, 42];
    const frame = encodeFrame(1, rows, 2);
    const bytes = new ArrayBuffer(8);
    events.state('a', 'running');
    events.frame('a', 1, frame);
    events.checkpoint('a', 42, bytes);
    assert.deepEqual([watch.step, watch.state, changes], [42, 'running', 2]);
    assert.ok(Number.isNaN(watch.stepsPerSecond));
    assert.deepEqual(told, [
      ['state', 'a', 'running'],
      ['frame', 'a', 1, frame],
      ['checkpoint', 'a', 42, bytes],
    ]);
  });
});
