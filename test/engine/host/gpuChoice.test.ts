/**
 * Where a run computes. What must hold: what is said is done; otherwise the faster one is taken, measured once and remembered, and a page is
 * opened only where a GPU could win; and whatever comes of it, a person is told why.
 */
import assert from 'node:assert/strict';
import type { BackendChoice } from '../../../src/engine/run/backendNames';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { Choice, showTime, type Chosen } from '../../../src/host/gpu/choice';
import { WORTH_IT } from '../../../src/shared/run/speed';
import { noticeOf, Rescue } from '../../../src/host/gpu/rescue';
import { SpeedMemory } from '../../../src/host/gpu/speeds';
import type { SpeedRequest } from '../../../src/shared/protocol';
import { ofFunction, ofNetwork } from '../run/runs';

/** An editor's storage, whose values travel as JSON. */
class Memento {
  private readonly texts = new Map<string, string>();
  keys = (): string[] => [...this.texts.keys()];
  get<T>(key: string, standard: T): T;
  get<T>(key: string): T | undefined;
  get<T>(key: string, standard?: T): T | undefined {
    const text = this.texts.get(key);
    return text === undefined ? standard : (JSON.parse(text) as T);
  }
  update(key: string, value: unknown): Promise<void> {
    if (value === undefined) this.texts.delete(key);
    else this.texts.set(key, JSON.stringify(value));
    return Promise.resolve();
  }
}

/** Speeds in microseconds, and what was asked. */
class Machine {
  readonly asked: string[] = [];
  readonly told: string[] = [];
  readonly said: string[] = [];
  memento = new Memento();
  setting: BackendChoice = 'auto';
  adapter: string | Error = 'one GPU';
  cpu = 9600;
  webgpu: number | Error = 4100;
  processor = 'a processor × 8';

  /** A window: what is remembered outlives it. */
  window(): Choice {
    const measured = (what: string, speed: () => number | Error) => ({
      measure: ({ spec }: SpeedRequest) => {
        this.asked.push(`${what} ${String(spec.backend)}`);
        const found = speed();
        return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
      },
    });
    const adapter = () => {
      this.asked.push('adapter');
      return typeof this.adapter === 'string' ? Promise.resolve({ name: this.adapter, software: false }) : Promise.reject(this.adapter);
    };
    return new Choice(
      new SpeedMemory(this.memento, this.processor),
      { worker: () => measured('worker', () => this.cpu), gpu: () => ({ ...measured('gpu', () => this.webgpu), adapter }) },
      { setting: () => this.setting, noAdapter: (why) => this.told.push(why) },
    );
  }

  choose(spec: RunSpecification = ofNetwork(), window = this.window()): Promise<Chosen> {
    this.asked.length = 0;
    return window.choose(spec, '/data', (what) => this.said.push(what));
  }
}

describe('where a run computes', () => {
  let machine: Machine;
  beforeEach(() => (machine = new Machine()));

  it('is what the specification says, whatever the setting says, and nothing is measured', async () => {
    machine.setting = 'cpu';
    for (const backend of ['cpu', 'webgpu', 'reference'] as const)
      assert.deepEqual(await machine.choose(ofNetwork({ backend })), { backend, place: null });
    assert.deepEqual(machine.asked, []);
  });

  it('is what the setting says where the specification says nothing', async () => {
    machine.setting = 'webgpu';
    assert.deepEqual(await machine.choose(), { backend: 'webgpu', place: 'WebGPU, as the setting optimizerDebugger.backend says' });
    assert.deepEqual(machine.asked, []);
    assert.equal((await machine.choose(ofNetwork({ backend: 'auto' }))).place, 'WebGPU: 4.1 ms a step, CPU: 9.6 ms');
  });

  it('is the reference for a function', async () => {
    machine.setting = 'webgpu';
    assert.deepEqual(await machine.choose(ofFunction('x^2', { x: 1 })), { backend: 'reference', place: null });
  });

  it('is the faster one, measured once and then remembered, in other windows too', async () => {
    const chosen = { backend: 'webgpu', place: 'WebGPU: 4.1 ms a step, CPU: 9.6 ms' };
    assert.deepEqual(await machine.choose(), chosen);
    assert.deepEqual(machine.asked, ['worker cpu', 'adapter', 'gpu webgpu']);
    assert.equal(machine.said.length, 2);
    assert.deepEqual(await machine.choose(), chosen);
    assert.deepEqual(machine.asked, ['adapter']);
    // what does not change how long a step takes does not matter
    assert.deepEqual(await machine.choose(ofNetwork({ seed: 7, steps: 12, optimizer: { name: 'adam', lr: 0.5 } })), chosen);
    assert.deepEqual(machine.asked, ['adapter']);
  });

  it('is the CPU where that is faster: the page is not opened a second time', async () => {
    machine.webgpu = 12_345;
    const chosen = { backend: 'cpu', place: 'CPU: 9.6 ms a step, WebGPU: 12 ms' };
    assert.deepEqual(await machine.choose(), chosen);
    assert.deepEqual(await machine.choose(), chosen);
    assert.deepEqual(machine.asked, []);
  });

  it('is the CPU where a step is so short that a GPU cannot win, and no page is opened', async () => {
    machine.cpu = WORTH_IT - 1;
    const { backend, place } = await machine.choose();
    assert.equal(backend, 'cpu');
    assert.match(place ?? '', /^CPU: 299 µs a step; below 300 µs a GPU cannot win$/);
    assert.deepEqual(machine.asked, ['worker cpu']);
  });

  it('is measured anew for another network, batch, optimizer, measurement, processor, and after forgetting', async () => {
    await machine.choose();
    const others: Partial<RunSpecification>[] = [
      { batchSize: 17 },
      { optimizer: { name: 'sgd', lr: 0.01 } },
      { wrappers: [{ name: 'lookahead' }] },
      { measure: { every: 16 } },
      { problem: { ...ofNetwork().problem, network: { layers: [{ dense: 9 }, { dense: 2 }] } } as RunSpecification['problem'] },
    ];
    for (const other of others) {
      await machine.choose(ofNetwork(other));
      assert.ok(machine.asked.includes('worker cpu'), JSON.stringify(other));
    }
    machine.processor = 'another × 2';
    await machine.choose();
    assert.ok(machine.asked.includes('worker cpu'));
    assert.equal(await new SpeedMemory(machine.memento).forget(), others.length + 2);
    await machine.choose();
    assert.ok(machine.asked.includes('worker cpu'));
  });

  it('is measured anew on the GPU where that is another one', async () => {
    await machine.choose();
    machine.adapter = 'another GPU';
    machine.webgpu = 20_000;
    assert.equal((await machine.choose()).backend, 'cpu');
    assert.deepEqual(machine.asked, ['adapter', 'gpu webgpu']);
  });

  it('is the CPU where there is no adapter: a person is told once, and why', async () => {
    machine.adapter = new Error('No adapter. Do this.');
    const window = machine.window();
    for (let k = 0; k < 2; k++)
      assert.deepEqual(await machine.choose(ofNetwork(), window), {
        backend: 'cpu',
        place: 'CPU: 9.6 ms a step; there is no WebGPU adapter',
      });
    assert.deepEqual(machine.told, ['No adapter. Do this.']);
    assert.deepEqual(machine.asked, []);
    // another window, another start of the editor, may have one
    machine.adapter = 'one GPU';
    assert.equal((await machine.choose()).backend, 'webgpu');
    assert.deepEqual(machine.asked, ['adapter', 'gpu webgpu']);
  });

  it('is the CPU where the network cannot be trained on the GPU, with the reason', async () => {
    machine.webgpu = new Error('it needs 9 GiB; 2 GiB would fit.');
    const { backend, place } = await machine.choose();
    assert.deepEqual([backend, place], ['cpu', 'CPU: 9.6 ms a step; WebGPU cannot train it: it needs 9 GiB; 2 GiB would fit.']);
  });

  it('is remembered for so many networks, the oldest forgotten first', async () => {
    const memory = new SpeedMemory(machine.memento);
    for (let batchSize = 1; batchSize <= 201; batchSize++) await memory.remember(ofNetwork({ batchSize }), '', { cpu: 1, webgpu: null });
    assert.equal(memory.find(ofNetwork({ batchSize: 1 }), ''), undefined);
    assert.ok(memory.find(ofNetwork({ batchSize: 2 }), '') && memory.find(ofNetwork({ batchSize: 201 }), ''));
  });

  it('is told in two digits', () => {
    assert.deepEqual([0.4, 45.3, 299, 4123, 123_456, 1.26e6].map(showTime), ['0.4 µs', '45 µs', '299 µs', '4.1 ms', '123 ms', '1.3 s']);
  });
});

describe('where a run goes on', () => {
  it('is WebGPU again, until that ends the fourth time within a minute', () => {
    const rescue = new Rescue();
    assert.deepEqual(
      [0, 20_000, 40_000, 59_000].map((now) => rescue.next(now)),
      ['webgpu', 'webgpu', 'webgpu', 'cpu'],
    );
    const patient = new Rescue();
    assert.deepEqual(
      [0, 20_000, 40_000, 61_000].map((now) => patient.next(now)),
      ['webgpu', 'webgpu', 'webgpu', 'webgpu'],
    );
  });

  it('is told with the reason, the step and the place', () => {
    assert.equal(
      noticeOf('its tab was closed', 12_340, 'webgpu'),
      'The WebGPU engine has ended: its tab was closed. The run goes on from step 12,340, on WebGPU again.',
    );
    assert.equal(
      noticeOf('There is no adapter.', null, 'cpu'),
      'The WebGPU engine has ended: There is no adapter. The run starts anew, on the CPU.',
    );
  });
});
