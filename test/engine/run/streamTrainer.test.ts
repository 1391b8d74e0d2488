/** A run whose answers come later: its record is, byte for byte, that of the run whose answers come at once, whatever is under way when. */
import assert from 'node:assert/strict';
import { Random } from '../../../src/engine/random';
import { decodeCheckpoint } from '../../../src/engine/run/checkpoint';
import { Course } from '../../../src/engine/run/course';
import { toLine } from '../../../src/engine/run/line';
import { prepare, type Prepared } from '../../../src/engine/run/prepare';
import type { RecordEvent } from '../../../src/engine/run/record';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { MachineLost } from '../../../src/engine/run/stream';
import { StreamTrainer } from '../../../src/engine/run/streamTrainer';
import { Trainer } from '../../../src/engine/run/trainer';
import type { Training } from '../../../src/engine/run/training';
import { DelayedMachine, type DelayOptions } from './delayedMachine';
import { schedules } from './randomRuns';
import { noFiles, ofNetwork } from './runs';

const clock = (): number => 0;

/** Layers with draws, running statistics and kernels among them. */
const networks: readonly RunSpecification['problem'][] = [
  {
    network: { layers: [{ dense: 3, activation: 'tanh' }, { dense: 2 }], loss: 'crossEntropy' },
    data: { generator: 'xor', samples: 48, heldOut: 0.25 },
  },
  {
    network: {
      layers: [{ dense: 9, activation: 'relu' }, { batchNorm: true }, { dropout: 0.2 }, { dense: 5, activation: 'gelu' }, { dense: 2 }],
    },
    data: { generator: 'moons', samples: 60, heldOut: 0 },
  },
];

const optimizers = ['sgd', 'adam', 'muon', 'lbfgs', 'scheduleFreeAdamw'];

const line = (event: RecordEvent): string =>
  toLine(event)
    .replace('"backend":"webgpu","precision"', '"backend":"cpu","precision"')
    .replace(/"seconds":.*/, '');

async function toEnd(training: Training, begun = true): Promise<string[]> {
  const events = begun ? await training.begin() : [];
  while (!training.ended) events.push(...(await training.advance()));
  return events.map(line);
}

const onCpu = (prepared: Prepared): Trainer => new Trainer(prepared, { clock });

function later(prepared: Prepared, options?: DelayOptions, keepEvery?: number): { machine: DelayedMachine; run: StreamTrainer } {
  const machine = new DelayedMachine(prepared, options);
  return { machine, run: new StreamTrainer(prepared, machine, { clock, keepEvery }) };
}

const prepared = (spec: Partial<RunSpecification>): Promise<Prepared> => prepare(ofNetwork(spec), noFiles);

/** The checkpoint but for what computed it. */
function stateIn(bytes: ArrayBuffer): unknown {
  const { header, tensors } = decodeCheckpoint(bytes);
  return { header: { ...header, engine: '', milliseconds: 0 }, tensors };
}

/** Steps wherever the rate grows without bound. */
const diverging: Partial<RunSpecification> = {
  optimizer: { name: 'sgd', lr: 1e-3 },
  schedule: { name: 'exponential', decay: 10 },
  problem: { network: { layers: [{ dense: 3 }, { dense: 1 }], loss: 'meanSquaredError' }, data: { generator: 'moons', samples: 40 } },
  steps: 60,
};

describe('a run whose answers come later', () => {
  for (const ahead of [1, 2, 7, 64])
    it(`tells the record of one whose answers come at once, with ${ahead} steps under way`, async () => {
      const random = new Random(ahead, 'streamTrainer');
      const pick = <Value>(from: readonly Value[]): Value => from[random.integer(from.length)];
      let [deep, k] = [0, ahead];
      for (const problem of networks)
        for (const name of optimizers) {
          const spec = {
            ...{ problem, optimizer: { name }, schedule: schedules[k++ % schedules.length] },
            ...{ batchSize: pick([12, 20]), steps: 30 + random.integer(20), seed: random.integer(99) },
            measure: {
              ...{ every: pick([1, 3]), evaluateEvery: pick([1, 4, 9]), curvatureEvery: pick([0, 7, 40]) },
              ...{ probeSamples: 24, perWeight: random.integer(3) === 0 },
            },
          };
          const run = await prepare(spec, noFiles);
          const [expected, { run: stream, machine }] = [onCpu(run), later(run, { ahead, most: pick([0, 1, 3]) })];
          assert.deepEqual(await toEnd(stream), await toEnd(expected), JSON.stringify(spec));
          assert.deepEqual(stateIn(await stream.checkpoint()), stateIn(expected.checkpoint()));
          assert.equal(machine.open, 0, 'every Hessian is given back');
          assert.ok(machine.deepest <= ahead);
          deep = Math.max(deep, machine.deepest);
        }
      assert.ok(deep > ahead / 2, `at most ${deep} steps were under way`);
    }).timeout(10_000);

  it('tells no step beyond the one that it is to go to, nor begins it', async () => {
    const run = await prepared({ steps: 40, measure: { curvatureEvery: 0 } });
    const { run: stream, machine } = later(run);
    await stream.begin();
    for (const goal of [1, 2, 9, 10, 31]) {
      while (stream.step < goal) await stream.advance(goal);
      assert.equal(stream.step, goal);
      assert.equal(machine.steps, goal);
      assert.deepEqual(await stream.advance(goal), []);
      assert.deepEqual(await stream.settle(), []);
    }
  });

  it('has steps under way also while it measures, where products do not need one another', async () => {
    const run = await prepared({ ...{ problem: networks[0], steps: 60 }, measure: { curvatureEvery: 10 } });
    const { run: stream, machine } = later(run, { ahead: 16 });
    assert.deepEqual(await toEnd(stream), await toEnd(onCpu(run)));
    assert.ok(machine.deepest >= 4, `at most ${machine.deepest} steps were under way`);
  });

  it('settles on the last step under way, with the checkpoint of a run that came there at once', async () => {
    const run = await prepared({ steps: 60, measure: { every: 2, curvatureEvery: 20 } });
    const { run: stream } = later(run, { ahead: 8 });
    const expected = onCpu(run);
    const [lines, wanted] = [(await stream.begin()).map(line), expected.begin().map(line)];
    for (const advances of [1, 3, 2, 7, 1]) {
      for (let k = 0; k < advances; k++) lines.push(...(await stream.advance()).map(line));
      lines.push(...(await stream.settle()).map(line));
      while (expected.step < stream.step) wanted.push(...expected.advance().map(line));
      assert.deepEqual(lines, wanted);
      assert.deepEqual(stateIn(await stream.checkpoint()), stateIn(expected.checkpoint()));
    }
  });

  it('goes on from a checkpoint here or there, in the middle of a measurement too', async () => {
    const run = await prepared({
      steps: 90,
      optimizer: { name: 'adam' },
      measure: { curvatureEvery: 30 },
      schedule: { name: 'reduceOnPlateau', patience: 0 },
    });
    const whole = await toEnd(onCpu(run));
    const { run: stream } = later(run, { ahead: 5 });
    const head = [...(await stream.begin()), ...(await upTo(stream, 37))].map(line);
    assert.ok(stream.measuring);
    const bytes = await stream.checkpoint();
    const onward = new Trainer(run, { clock, checkpoint: bytes });
    assert.deepEqual([...head, ...(await toEnd(onward, false))], whole, 'on the CPU');
    const before = onCpu(run);
    before.begin();
    while (before.step < 37) before.advance();
    assert.deepEqual(stateIn(bytes), stateIn(before.checkpoint()));
    const { run: resumed, machine } = later(run);
    await resumed.restore(before.checkpoint());
    assert.deepEqual([...head, ...(await toEnd(resumed, false))], whole, 'and back');
    assert.equal(machine.open, 0);
  });

  it('stands at the very step at which it diverged, whatever was under way beyond it', async () => {
    for (const { every, evaluateEvery, curvatureEvery, ahead, keepEvery } of [
      { every: 1, evaluateEvery: 0, curvatureEvery: 0, ahead: 16, keepEvery: undefined },
      { every: 7, evaluateEvery: 3, curvatureEvery: 5, ahead: 5, keepEvery: undefined },
      { every: 7, evaluateEvery: 1, curvatureEvery: 0, ahead: 64, keepEvery: 0 },
      { every: 1, evaluateEvery: 2, curvatureEvery: 1, ahead: 1, keepEvery: 0 },
      { every: 1, evaluateEvery: 0, curvatureEvery: 1, ahead: 64, keepEvery: undefined },
      { every: 3, evaluateEvery: 0, curvatureEvery: 17, ahead: 64, keepEvery: undefined },
    ]) {
      const run = await prepared({ ...diverging, measure: { every, evaluateEvery, curvatureEvery, perWeight: every === 7 } });
      const expected = onCpu(run);
      const { run: stream, machine } = later(run, { ahead }, keepEvery);
      const wanted = await toEnd(expected);
      assert.match(wanted.at(-1) ?? '', /"reason":"diverged"/);
      assert.deepEqual(await toEnd(stream), wanted);
      assert.equal(stream.step, expected.step);
      assert.deepEqual(stateIn(await stream.checkpoint()), stateIn(expected.checkpoint()));
      assert.equal(machine.open, 0);
      const again = machine.steps - stream.step;
      if (keepEvery === 0 && ahead > 1) assert.ok(again > 0 && again <= ahead, `${again} steps beyond it or once more`);
    }
  });

  it('finds a divergence that only the evaluation shows', async () => {
    // the step's batch is one sample that is fitted; the others are far away
    const run = await prepared({
      ...diverging,
      batchSize: 1,
      order: 'sequential',
      measure: { evaluateEvery: 1, curvatureEvery: 0, every: 4 },
    });
    const expected = await toEnd(onCpu(run));
    const last = onCpu(run);
    await toEnd(last);
    assert.match(expected.at(-1) ?? '', /"reason":"diverged"/);
    assert.ok(!expected.some((text) => text.startsWith(`{"type":"step","step":${last.step},`)), 'its own loss would have told the step');
    assert.deepEqual(await toEnd(later(run, { ahead: 9 }).run), expected);
  });

  it('ends where it is stopped, once what was under way has been told', async () => {
    const run = await prepared({ steps: 1000, measure: { curvatureEvery: 25 } });
    const { run: stream } = later(run, { ahead: 6 });
    const expected = onCpu(run);
    const lines = [...(await stream.begin()), ...(await stream.advance())].map(line);
    stream.stop();
    assert.ok(stream.finishing);
    while (!stream.ended) lines.push(...(await stream.advance()).map(line));
    const wanted = [...expected.begin(), ...Array.from({ length: stream.step }, () => expected.advance()).flat()].map(line);
    expected.stop();
    assert.deepEqual(lines, [...wanted, ...(await toEnd(expected, false))]);
  });

  it('answers for the weights of its last step when its machine is closed', async () => {
    const run = await prepared({ steps: 12 });
    const expected = onCpu(run);
    await toEnd(expected);
    const { run: stream } = later(run);
    await toEnd(stream);
    stream.close();
    for (const quantity of ['weight', 'gradient', 'rate', 'm', 'v'])
      assert.deepEqual(await stream.values(0, quantity), expected.values(0, quantity), quantity);
    assert.throws(() => stream.values(0, 'q'), /keeps no q; there are weight, gradient, rate, m, v/);
  });

  it('goes on with another text of its rule, as a run does whose answers come at once', async () => {
    const text = (lr: number, more = 'state m\nm = 0.5*m + g\n'): string =>
      `optimizer own "Own"\nparameter lr = ${lr} in (0, inf)\n${more}rate = lr\nw = w - rate*m\n`;
    const spec = { ...ofNetwork({ steps: 50, measure: { curvatureEvery: 14 } }), optimizer: { file: 'own.optim' } };
    const run = await prepare(spec, { ...noFiles, text: () => Promise.resolve(text(0.1)) });
    const [expected, { run: stream }] = [onCpu(run), later(run)];
    const record = async (training: Training): Promise<string[]> => {
      const lines = [...(await training.begin()), ...(await upTo(training, 20))];
      await assert.rejects(async () => training.make({ file: 'own.optim', text: 'optimizer' }), /./);
      const other = text(0.05, 'state m\nstate n\nn = 0.5*n + g\nm = 0.5*m + n\n');
      lines.push(...(await training.make({ file: 'own.optim', text: other })));
      return [...lines.map(line), ...(await toEnd(training, false))];
    };
    assert.deepEqual(await record(stream), await record(expected));
  });

  it('rejects when its machine is lost; a checkpoint of it goes on elsewhere to the same record', async () => {
    const run = await prepared({ steps: 80, measure: { curvatureEvery: 30 } });
    const whole = await toEnd(onCpu(run));
    for (const lostAfter of [40, 75, 111]) {
      const { run: stream } = later(run, { lostAfter, ahead: 4 });
      const lines = [...(await stream.begin()), ...(await upTo(stream, 9))];
      const bytes = await stream.checkpoint();
      await assert.rejects(async () => {
        while (!stream.ended) await stream.advance();
      }, MachineLost);
      await assert.rejects(async () => stream.advance(), MachineLost);
      const onward = new Trainer(run, { clock, checkpoint: bytes });
      assert.deepEqual([...lines.map(line), ...(await toEnd(onward, false))], whole);
      const [end] = stream.fail('The machine was lost.');
      assert.equal(end.type === 'end' && end.reason, 'error');
    }
  });

  it('counts the time in which something is under way, and no pause', async () => {
    const run = await prepared({ steps: 30, measure: { curvatureEvery: 0 } });
    let now = 0;
    const stream = new StreamTrainer(run, new DelayedMachine(run), { clock: () => now });
    const [begun] = [stream.begin()];
    now += 1000;
    await begun;
    now += 1e6; // nobody goes on
    const advanced = stream.advance();
    now += 500;
    await advanced;
    now += 500; // the others are under way
    await stream.settle();
    now += 1e6;
    stream.stop();
    const events: RecordEvent[] = [];
    while (!stream.ended) events.push(...(await stream.advance()));
    const end = events.at(-1);
    assert.equal(end?.type === 'end' && end.seconds, 2);
  });

  it('goes back, over what a person did to it, to the bytes of a run whose answers come at once', async () => {
    const text = (lr: number): string =>
      `optimizer own "Own"\nparameter lr = ${lr} in (0, inf)\nstate m\nm = 0.5*m + g\nrate = lr\nw = w - rate*m\n`;
    const spec = { ...ofNetwork({ steps: 90, measure: { curvatureEvery: 9, every: 2 } }), optimizer: { file: 'own.optim' } };
    const run = await prepare(spec, { ...noFiles, text: () => Promise.resolve(text(0.1)) });
    const [{ run: stream, machine }, cpu] = [later(run, { ahead: 9, most: 1 }), onCpu(run)];
    const courses: Course[] = [];
    for (const training of [stream, cpu]) {
      await training.begin();
      courses.push(await Course.of(training, { clock, every: 4 }));
    }
    const random = new Random(3, 'streamTrainer/course');
    /** Does the same to both. */
    const both = async (work: (course: Course) => Promise<readonly RecordEvent[]>): Promise<void> => {
      const [found, expected] = [await work(courses[0]), await work(courses[1])];
      assert.deepEqual(found.map(line), expected.map(line));
      assert.equal(stream.step, cpu.step);
      assert.deepEqual(stateIn(await stream.checkpoint()), stateIn(cpu.checkpoint()), `step ${cpu.step}`);
    };
    for (let round = 0; round < 40; round++) {
      const goal = Math.min(cpu.step + random.integer(15), 89);
      await both(async (course) => {
        const events: RecordEvent[] = [];
        while (course.trainer.step < goal) events.push(...(await course.advance(goal)));
        return events;
      });
      if (random.uniform() < 0.4)
        for (let k = random.integer(3); k > 0; k--) await both(async (course) => (await course.measureOn()).events);
      if (random.uniform() < 0.3) {
        const lr = 0.01 + 0.1 * random.uniform();
        await both(async (course) => course.make({ file: 'own.optim', text: text(lr) }));
      }
      if (random.uniform() < 0.6) {
        const back = random.integer(cpu.step + 1);
        await both(async (course) => {
          const { step, events } = await course.goBack(back);
          assert.ok(step <= back);
          const all = [...events];
          while (course.trainer.step < back) all.push(...(await course.advance(back)));
          return all;
        });
      }
    }
    assert.ok(machine.open <= 1);
  }).timeout(10_000);

  it('remembers with what weights from a file it began, resumed or not', async () => {
    const layers = [
      { weight: Array.from({ length: 8 }, (_, i) => [i / 8, -i / 16]), bias: Array<number>(8).fill(0.25) },
      { weight: [Array<number>(8).fill(0.5), Array<number>(8).fill(-0.5)], bias: [0, 1] },
    ];
    const files = { ...noFiles, text: () => Promise.resolve(JSON.stringify(layers)) };
    const run = await prepare(ofNetwork({ initialWeights: 'weights.json', steps: 20 }), files);
    const expected = decodeCheckpoint(onCpu(run).checkpoint()).header.initialWeights;
    assert.match(expected, /checksum/);
    const { run: stream } = later(run);
    await stream.begin();
    await upTo(stream, 5);
    const bytes = await stream.checkpoint();
    assert.equal(decodeCheckpoint(bytes).header.initialWeights, expected);
    const { run: resumed } = later(run);
    await resumed.restore(bytes);
    resumed.beginningOf(decodeCheckpoint(bytes));
  });
});

/** All events up to a step. */
async function upTo(training: Training, step: number): Promise<RecordEvent[]> {
  const events: RecordEvent[] = [];
  while (training.step < step) events.push(...(await training.advance(step)));
  return events;
}
