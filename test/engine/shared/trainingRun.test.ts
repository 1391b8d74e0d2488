/** A run in an engine, whose answers come at once or later: whatever is asked of it when, its record is that of a run left alone. */
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Random } from '../../../src/engine/random';
import { decodeCheckpoint } from '../../../src/engine/run/checkpoint';
import { prepare } from '../../../src/engine/run/prepare';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { StreamTrainer } from '../../../src/engine/run/streamTrainer';
import { Trainer } from '../../../src/engine/run/trainer';
import { DelayedMachine } from '../run/delayedMachine';
import { noFiles, ofNetwork } from '../run/runs';

import { alone, atOnce, Bench, clock, endBenches, later, line } from './bench';

const specs: readonly Partial<RunSpecification>[] = [
  { steps: 150, measure: { curvatureEvery: 0, evaluateEvery: 10 } },
  { steps: 120, schedule: { name: 'reduceOnPlateau', patience: 1 }, measure: { every: 3, curvatureEvery: 0, evaluateEvery: 7 } },
];

describe('a run in an engine', () => {
  afterEach(endBenches);

  for (const [name, make] of [
    ['at once', atOnce],
    ['later', later],
  ] as const)
    it(`whose answers come ${name} may be paused, stepped, taken back and asked at any time`, async () => {
      for (const [k, spec] of specs.entries()) {
        const prepared = await prepare(ofNetwork(spec), noFiles);
        const expected = alone(prepared);
        const random = new Random(k, 'trainingRun');
        const bench = new Bench(make(prepared));
        await bench.start(prepared);
        const { engine } = bench;
        for (let round = 0; round < 12; round++) {
          for (let wait = random.integer(12); wait > 0; wait--) await setImmediate();
          void engine.weightMap('a', 'dense1.weight', 'rate');
          let stood = await engine.pause('a');
          if (bench.training.finishing) break;
          for (let more = random.integer(3); more > 0; more--) {
            const step = await engine.step('a');
            assert.equal(step, stood + 1);
            stood = step;
            if (bench.training.finishing) break;
          }
          if (bench.training.finishing) break;
          if (random.uniform() < 0.7) {
            const goal = random.integer(stood + 1);
            const [standing, ratesThere] = await Promise.all([engine.goBack('a', goal), engine.weightMap('a', 'dense1.weight', 'rate')]);
            assert.equal(standing.step, goal);
            assert.ok(ratesThere === null || ratesThere.step <= stood);
            const steps = bench.record.lines.filter((text) => text.startsWith('{"type":"step"'));
            assert.equal(steps.length, Math.floor(goal / (spec.measure?.every ?? 1)), `the record ends at step ${goal}`);
          }
          await engine.resume('a');
        }
        await bench.until(() => bench.states.at(-1) === 'ended');
        assert.deepEqual(bench.record.lines, expected);
        assert.ok(bench.record.closed);
        assert.equal(bench.steps.at(-1), spec.steps);
        assert.ok(bench.checkpoints.length > 2);
        for (const { step, bytes } of bench.checkpoints) {
          const { header } = decodeCheckpoint(bytes);
          assert.equal(header.step, step);
          const onward = new Trainer(prepared, { clock, checkpoint: bytes });
          const rest: string[] = [];
          while (!onward.ended) rest.push(...onward.advance().map(line));
          assert.deepEqual([...expected.slice(0, Number(header.notes.record)), ...rest], expected, `resumed at step ${step}`);
        }
      }
    }).timeout(10_000);

  it('stops on the way back, and at once while steps are under way', async () => {
    const prepared = await prepare(ofNetwork({ steps: 100_000, measure: { curvatureEvery: 0 } }), noFiles);
    const bench = new Bench(later(prepared, { ahead: 16 }));
    await bench.start(prepared);
    await bench.until(() => bench.training.step > 100);
    await bench.engine.pause('a');
    const [, back] = await Promise.all([bench.engine.stop('a'), bench.engine.goBack('a', 90).catch((error: Error) => error)]);
    assert.ok(back instanceof Error || back.step <= 90);
    assert.equal(bench.states.at(-1), 'ended');
    const end = bench.events.at(-1);
    assert.equal(end?.type === 'end' && end.reason, 'stopped');
  });

  it('keeps a checkpoint of the step at which it is paused, and goes on from it standing still', async () => {
    const prepared = await prepare(ofNetwork({ steps: 200, measure: { curvatureEvery: 0 } }), noFiles);
    const bench = new Bench(later(prepared), 0.01);
    await bench.start(prepared);
    await bench.until(() => bench.training.step > 20);
    const stood = await bench.engine.pause('a');
    await bench.until(() => bench.checkpoints.at(-1)?.step === stood);
    const { bytes } = bench.checkpoints[bench.checkpoints.length - 1];
    bench.engine.abandon();
    await bench.until(() => bench.record.closed);
    const states = bench.states.length;
    assert.equal(bench.states[states - 1], 'paused', 'nothing is told of a run that is abandoned');

    await bench.start(prepared, { checkpoint: bytes, paused: true });
    await bench.until(() => bench.states.length > states);
    for (let turns = 0; turns < 20; turns++) await setImmediate();
    assert.equal(bench.states.at(-1), 'paused');
    assert.equal(bench.training.step, stood);
    assert.equal(await bench.engine.step('a'), stood + 1);
    await bench.engine.resume('a');
    await bench.until(() => bench.states.at(-1) === 'ended');
    assert.deepEqual(bench.record.lines, alone(prepared));
  });

  it('whose machine is lost says so and nothing else, and goes on elsewhere to the same record', async () => {
    const prepared = await prepare(ofNetwork({ steps: 100, measure: { curvatureEvery: 50 } }), noFiles);
    for (const lostAfter of [40, 90, 161]) {
      let lost = false;
      const bench = new Bench(async (checkpoint) => {
        const made = lost ? atOnce(prepared)(checkpoint) : await later(prepared, { lostAfter, most: 1 })(checkpoint);
        lost = true;
        return made;
      });
      await bench.start(prepared);
      await bench.until(() => bench.states.at(-1) === 'lost');
      assert.ok(bench.record.closed && !bench.events.some(({ type }) => type === 'end'));
      await bench.start(prepared, { checkpoint: bench.checkpoints.at(-1)?.bytes });
      await bench.until(() => bench.states.at(-1) === 'ended');
      assert.deepEqual(bench.record.lines, alone(prepared));
    }
  }).timeout(10_000);

  it('whose machine is lost on the way back goes on from its last checkpoint to the same record, wherever on the way that is', async () => {
    const prepared = await prepare(ofNetwork({ steps: 90, measure: { curvatureEvery: 0 } }), noFiles);
    const expected = alone(prepared);
    const came: number[] = [];
    for (let turns = 0; turns < 120; turns += 11) {
      let machine: DelayedMachine | null = null;
      const bench = new Bench(async (checkpoint) => {
        if (machine !== null) return atOnce(prepared)(checkpoint);
        machine = new DelayedMachine(prepared, { most: 1 });
        return new StreamTrainer(prepared, machine, { clock });
      }, 0.01);
      await bench.start(prepared);
      await bench.until(() => bench.training.step > 40);
      const stood = await bench.engine.pause('a');
      await bench.until(() => bench.checkpoints.at(-1)?.step === stood);
      const back = bench.engine.goBack('a', 7).catch(() => null);
      for (let k = 0; k < turns; k++) await setImmediate();
      (machine as DelayedMachine | null)?.lose();
      await back;
      await bench.engine.step('a').catch(() => null); // where it came back before
      await bench.until(() => bench.states.at(-1) === 'lost');
      const from = bench.checkpoints.at(-1);
      came.push(from?.step ?? NaN);
      await bench.start(prepared, { checkpoint: from?.bytes });
      await bench.until(() => bench.states.at(-1) === 'ended');
      assert.deepEqual(bench.record.lines, expected, `lost ${turns} turns after it was to go back from step ${stood} to step 7`);
    }
    assert.ok(came.includes(7) && came.some((step) => step > 40), `it went on from ${came.join()}`);
  }).timeout(10_000);

  it('says that its machine is lost where it stands still, too', async () => {
    const prepared = await prepare(ofNetwork({ steps: 100, measure: { curvatureEvery: 0 } }), noFiles);
    let machine!: DelayedMachine;
    const bench = new Bench(() => new StreamTrainer(prepared, (machine = new DelayedMachine(prepared)), { clock }));
    await bench.start(prepared);
    await bench.until(() => bench.training.step > 5);
    await bench.engine.pause('a');
    for (let turns = 0; turns < 50; turns++) await setImmediate();
    machine.lose();
    await assert.rejects(bench.engine.step('a'), /machine was lost/);
    await bench.until(() => bench.states.at(-1) === 'lost');
    await assert.rejects(bench.engine.resume('a'), /no run a/);
  });
});
