/**
 * The stream of work over a device without a GPU. What must hold: whoever waits for an answer is told when none will come, whatever the device
 * does about it, and in words that say what became of it: a run goes on from its checkpoint where its machine is lost, and ends where
 * anything else befalls it.
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { MachineLost } from '../../../src/engine/run/stream';
import { Stream, type Region, type StreamOptions } from '../../../src/webview/gpu/stream';
import { fakeContext, FakeDevice } from './fakeDevice';

/** A stream over a device, and a region of it to be read. */
function open(options?: StreamOptions) {
  const device = new FakeDevice();
  const context = fakeContext(device);
  const stream = new Stream(context, options);
  const region: Region = { buffer: context.buffer(4, 'numbers'), offset: 0, size: 16 };
  const ask = (): Promise<readonly Float32Array[]> => {
    const answer = stream.read([region]);
    stream.submit();
    return answer;
  };
  const told: string[] = [];
  context.onLost((because) => void told.push(because));
  return { device, context, stream, region, ask, told };
}

const lostBecause = (message: string) => (error: unknown) => error instanceof MachineLost && error.message === message;

describe('a stream of work for a GPU', () => {
  it('reads what was uploaded before, in the order of the stream', async () => {
    const { stream, region } = open();
    const first = stream.read([region]);
    stream.upload(Float32Array.of(1, 2, 3, 4), region);
    const second = stream.read([region]);
    stream.submit();
    assert.deepEqual([...(await first)[0], ...(await second)[0]], [0, 0, 0, 0, 1, 2, 3, 4]);
  });

  it('says that the device was lost and why, although what is under way is rejected before the device says so', async () => {
    const { device, stream, region, ask, told } = open();
    device.answers = false;
    device.tells = 20;
    const [under, waiting] = [ask(), stream.read([region])];
    device.destroy();
    const why = lostBecause('The GPU was lost (Device was destroyed).');
    await Promise.all([assert.rejects(under, why), assert.rejects(waiting, why)]);
    await assert.rejects(ask(), why);
    assert.deepEqual(told, ['the GPU was lost (Device was destroyed)']);
  });

  it('takes it as lost, too, where it rejects an answer and never says why', async () => {
    const { device, ask, told } = open({ explaining: 1 });
    device.answers = false;
    device.tells = Infinity;
    const under = ask();
    device.destroy();
    const because = 'gave no answer (Buffer was unmapped before mapping was resolved.)';
    await assert.rejects(under, lostBecause(`The GPU ${because}.`));
    assert.deepEqual(told, [`the GPU ${because}`]);
  });

  it('gives up a GPU that takes work and does not answer, and destroys its device', async () => {
    let now = 0;
    const { device, ask, told } = open({ look: 1, clock: () => now });
    device.answers = false;
    device.tells = Infinity;
    const [hangs, comes] = [ask(), ask()];
    const over = assert.rejects(
      hangs,
      (error) => error instanceof MachineLost && /^The GPU has not answered for 1[2-9]0 s\.$/.test(error.message),
    );
    while (told.length === 0 && now < 10 ** 6) {
      await pause(2);
      now += 10_000;
      if (now === 50_000) device.buffers.at(-1)?.answer(); // one comes, and the waiting begins anew
    }
    await Promise.all([comes, over]);
    assert.ok(now >= 170_000);
    assert.equal(device.lostTimes, 1);
  });

  it('does not count the time that the machine slept, nor while nothing is under way', async () => {
    let now = 0;
    const { device, ask, told } = open({ look: 1, clock: () => now });
    await ask();
    now += 10 ** 9;
    await pause(5);
    device.answers = false;
    const under = ask();
    now += 10 ** 9;
    await pause(5);
    device.buffers.at(-1)?.answer();
    await under;
    assert.deepEqual(told, []);
  });

  it('that is closed rejects what waits and what is under way, and gives its memory back', async () => {
    const { device, stream, region, ask } = open();
    await ask();
    stream.upload(Float32Array.of(1), region);
    device.answers = false;
    const [under, waiting] = [ask(), stream.read([region])];
    stream.close(new Error('The run is closed.'));
    await Promise.all([under, waiting].map((each) => assert.rejects(each, /^Error: The run is closed\.$/)));
    for (const buffer of device.buffers) buffer.answer();
    await pause(0);
    assert.equal(device.taken, region.size, 'only the region itself is left');
  });
});

describe('a GPU that is lost', () => {
  it('is lost once, and told to whoever asks later', () => {
    const { device, context, told } = open();
    context.lose('the GPU refused its work (full)');
    context.lose('something else');
    const later: string[] = [];
    context.onLost((because) => void later.push(because));
    assert.deepEqual([told, later], [['the GPU refused its work (full)'], ['the GPU refused its work (full)']]);
    assert.equal(device.lostTimes, 1);
  });
});
