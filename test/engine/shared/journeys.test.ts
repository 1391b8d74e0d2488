/** A run in an engine that goes back from its end, is changed, or is done again to a step: its record is that of a run left alone, or changed so. */
import assert from 'node:assert/strict';
import { decodeCheckpoint } from '../../../src/engine/run/checkpoint';
import { prepare } from '../../../src/engine/run/prepare';
import { prepareFrom } from '../../../src/engine/run/resume';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { Trainer } from '../../../src/engine/run/trainer';
import { Run } from '../../../src/host/run';
import type { ChangeEvent } from '../../../src/shared/protocol';
import { noFiles, ofNetwork } from '../run/runs';

import { alone, atOnce, Bench, clock, endBenches, later } from './bench';

const specs: readonly Partial<RunSpecification>[] = [
  { steps: 150, measure: { curvatureEvery: 0, evaluateEvery: 10 } },
  { steps: 120, schedule: { name: 'reduceOnPlateau', patience: 1 }, measure: { every: 3, curvatureEvery: 0, evaluateEvery: 7 } },
];

describe('a run in an engine, on its way to a step', () => {
  afterEach(endBenches);

  for (const [name, make] of [
    ['at once', atOnce],
    ['later', later],
  ] as const)
    it(`that has ended goes back and ends again with the same record, whose answers come ${name}`, async () => {
      const growing = { name: 'exponential', decay: 1e4 };
      const diverging = { optimizer: { name: 'sgd', lr: 1e-3 }, schedule: growing, steps: 300, measure: { curvatureEvery: 0 } };
      for (const spec of [specs[0], specs[1], diverging]) {
        const prepared = await prepare(ofNetwork(spec), noFiles);
        const expected = alone(prepared);
        const bench = new Bench(make(prepared));
        await bench.start(prepared);
        const { engine } = bench;
        await bench.until(() => bench.states.at(-1) === 'ended');
        const last = bench.training.step;
        assert.equal(last < 300 && spec === diverging, spec === diverging);
        for (const goal of [last - 1, 0, Math.floor(last / 2)]) {
          assert.ok(bench.record.closed);
          const standing = await engine.goBack('a', goal);
          assert.deepEqual([standing.step, bench.states.at(-1), bench.record.closed], [goal, 'paused', false]);
          assert.deepEqual(expected.slice(0, bench.record.lines.length), bench.record.lines, 'its record is cut there');
          assert.ok(!bench.record.lines.some((text) => text.startsWith('{"type":"end"')));
          if (goal < last - 1) assert.equal(await engine.step('a'), goal + 1);
          await engine.resume('a');
          await bench.until(() => bench.states.at(-1) === 'ended');
          assert.deepEqual(bench.record.lines, expected);
        }
        await assert.rejects(engine.goBack('a', last + 1), /cannot go back to step/);
        assert.equal(bench.states.at(-1), 'ended');
        assert.deepEqual(bench.record.lines, expected, 'it is as it was');
        assert.equal(await engine.weightMap('a', 'dense1.weight', 'weight').then((map) => map?.step), last);
        await Promise.all([engine.goBack('a', 1), assert.rejects(engine.goBack('a', 0), /on its way back already|paused or has ended/)]);
      }
    }).timeout(10_000);

  it('that was stopped goes back, is changed there and goes on; the next run’s start lets go of it', async () => {
    const prepared = await prepare(ofNetwork({ steps: 4000, measure: { curvatureEvery: 0 } }), noFiles);
    let closed = 0;
    const bench = new Bench(() => {
      const trainer = new Trainer(prepared, { clock });
      trainer.close = () => void closed++;
      return trainer;
    });
    await bench.start(prepared);
    await bench.until(() => bench.training.step > 50);
    await bench.engine.stop('a');
    const last = bench.training.step;
    assert.equal((await bench.engine.goBack('a', last)).step, last, 'it stands where it was stopped');
    await bench.engine.goBack('a', 20);
    await assert.rejects(bench.engine.change('a', { lr: -1 }), /^SpecificationError: optimizer\.lr: found -1|optimizer\.lr: found -1/);
    const event = await bench.engine.change('a', { lr: 0.5 });
    assert.deepEqual([event.step, event.changed, event.settings.lr], [20, { lr: 0.5 }, 0.5]);
    await bench.engine.resume('a', 30);
    await bench.until(() => bench.states.at(-1) === 'paused' && bench.training.step === 30);
    assert.ok(bench.record.lines.some((text) => text.startsWith('{"type":"settings","step":20,')));
    await assert.rejects(async () => bench.engine.start({ run: 'a', spec: prepared.spec, folder: '.' }), /There is a run a already/);
    await bench.engine.stop('a');
    assert.equal(closed, 0);
    await bench.start(prepared, { run: 'b' });
    assert.equal(closed, 1);
    await assert.rejects(bench.engine.goBack('a', 3), /no run a/);
    await bench.engine.stop('b');
    await bench.engine.measure({ run: 'c', spec: prepared.spec, folder: '.' });
    assert.equal(closed, 3, 'so does a measurement of speed, which closes its own');
  }).timeout(10_000);

  it('whose record is not there any more cannot go back from its end, and says so', async () => {
    const prepared = await prepare(ofNetwork({ steps: 30, measure: { curvatureEvery: 0 } }), noFiles);
    const bench = new Bench(atOnce(prepared));
    await bench.start(prepared);
    await bench.until(() => bench.states.at(-1) === 'ended');
    bench.lostRecord = true;
    await assert.rejects(bench.engine.goBack('a', 10), /record of this run is not there any more/);
    assert.equal(bench.training.step, 30);
  });

  for (const [name, make] of [
    ['at once', atOnce],
    ['later', later],
  ] as const)
    it(`is done again to a step with what was changed on its way, from its beginning or a checkpoint, whose answers come ${name}`, async () => {
      const own = (lr: number): string =>
        `optimizer own "Own"\nparameter lr = ${lr} in (0, inf)\nstate m\nm = 0.5*m + g\nrate = lr\nw = w - lr*m\n`;
      const spec = { ...ofNetwork({ steps: 200, measure: { curvatureEvery: 30 } }), optimizer: { file: 'own.optim' } };
      const files = { ...noFiles, text: () => Promise.resolve(own(0.1)) };
      const prepared = await prepare(spec, files);
      const first = new Bench(make(prepared));
      await first.start(prepared);
      const { engine } = first;
      const goOnTo = async (step: number): Promise<void> => {
        await engine.resume('a', step);
        await first.until(() => first.states.at(-1) === 'paused' && first.training.step === step);
      };
      await engine.pause('a');
      await engine.goBack('a', 0);
      await goOnTo(20);
      await engine.change('a', { lr: 0.02 });
      await goOnTo(50);
      await engine.replaceRule('a', 'own.optim', own(0.3));
      await engine.change('a', { lr: 0.05 });
      await goOnTo(90);
      await first.until(() => first.checkpoints.at(-1)?.step === 90);
      const changes = first.events.filter((event) => event.type === 'rule' || event.type === 'settings');
      assert.deepEqual(
        changes.map(({ step }) => step),
        [20, 50, 50],
      );
      const lines = [...first.record.lines];
      const some = first.checkpoints.filter((_, i, { length }) => i % Math.ceil(length / 4) === 0);
      assert.ok(some.length > 1);

      const stepsUpTo = (all: readonly string[], to: number): string[] =>
        all.filter((text) => text.startsWith('{"type":"step"') && JSON.parse(text).step <= to);
      for (const to of [90, 50, 49, 20, 0])
        for (const from of [undefined, ...some.filter(({ step }) => step < to)]) {
          const again = new Bench(async (checkpoint) => {
            const kept = checkpoint
              ? decodeCheckpoint(checkpoint).header
              : { spec: prepared.spec, rules: { 'own.optim': own(0.1) }, changes: [] };
            return make(await prepareFrom(kept, noFiles))(checkpoint);
          });
          if (from) again.record.lines.push(...lines.slice(0, Number(decodeCheckpoint(from.bytes).header.notes.record)));
          const replay = { to, rules: { 'own.optim': own(0.1) }, changes };
          await again.start(prepared, { replay, ...(from && { checkpoint: from.bytes }) });
          await again.until(() => again.states.at(-1) === 'paused');
          const why = `to ${to} from ${from?.step ?? 'the beginning'}`;
          assert.equal(again.training.step, to, why);
          assert.deepEqual(stepsUpTo(again.record.lines, Infinity), stepsUpTo(lines, to), why);
          const made = again.record.lines.filter((text) => /^{"type":"(rule|settings)"/.test(text));
          assert.equal(made.length, changes.filter(({ step }) => step <= to).length, why);
          assert.equal(again.training.prepared.settings.lr, to >= 50 ? 0.05 : to >= 20 ? 0.02 : 0.1);
          again.engine.abandon();
        }
    }).timeout(20_000);

  it('stands still where it is paused on its way to a step, and trains to its end from there', async () => {
    const prepared = await prepare(ofNetwork({ steps: 400, measure: { curvatureEvery: 0 } }), noFiles);
    const bench = new Bench(later(prepared));
    await bench.start(prepared, { replay: { to: 300, rules: {}, changes: [] } });
    await bench.until(() => bench.training.step > 20);
    const stood = await bench.engine.pause('a');
    assert.ok(stood < 300);
    await bench.engine.resume('a');
    await bench.until(() => bench.states.at(-1) === 'ended');
    assert.deepEqual(bench.record.lines, alone(prepared));
  });

  it('does again what was changed after the checkpoint from which it goes on, and trains on or stands still as it did', async () => {
    const prepared = await prepare(ofNetwork({ steps: 120, measure: { curvatureEvery: 0 } }), noFiles);
    const first = new Bench(later(prepared));
    await first.start(prepared, { paused: true });
    await first.engine.resume('a', 30);
    await first.until(() => first.training.step === 30 && first.states.at(-1) === 'paused');
    await first.until(() => first.checkpoints.at(-1)?.step === 30);
    const [before] = first.checkpoints.slice(-1); // the engine ends when it has been told of this one last
    await first.engine.change('a', { lr: 0.02 });
    const changes = first.events.filter((event) => event.type === 'settings');
    const known = (state: 'paused' | 'running'): Run => {
      const run = new Run('a', { spec: prepared.spec, folder: '', origin: null }, '', '', '');
      run.begin(first.training.start);
      run.checkpoints.add({ step: 30, bytes: before.bytes });
      for (const change of changes) run.addEvent(change);
      run.state = state;
      run.rewind();
      return run;
    };
    assert.deepEqual(known('paused').redo, { to: 30, rules: {}, changes, on: false });
    const { redo } = known('running');
    assert.ok(redo?.on);
    await first.engine.resume('a');
    await first.until(() => first.states.at(-1) === 'ended');

    const again = new Bench(async (checkpoint) => later(await prepareFrom(decodeCheckpoint(checkpoint!).header, noFiles))(checkpoint));
    again.record.lines.push(...first.record.lines.slice(0, Number(decodeCheckpoint(before.bytes).header.notes.record)));
    await again.start(prepared, { checkpoint: before.bytes, replay: redo });
    await again.until(() => again.states.at(-1) === 'ended');
    assert.equal(again.states.includes('paused'), false);
    assert.equal(changes.length, 1);
    assert.deepEqual(again.record.lines, first.record.lines);
  });

  it('says which change cannot be made again', async () => {
    const prepared = await prepare(ofNetwork({ steps: 40, measure: { curvatureEvery: 0 } }), noFiles);
    const bench = new Bench(atOnce(prepared));
    const change = { type: 'rule', step: 5, file: 'gone.optim', text: 'optimizer' } as ChangeEvent;
    await bench.start(prepared, { replay: { to: 20, rules: {}, changes: [change] } });
    await bench.until(() => bench.states.at(-1) === 'ended');
    const end = bench.events.at(-1);
    assert.ok(end?.type === 'end' && end.reason === 'error');
    assert.match(
      end.message ?? '',
      /What was changed after step 5 cannot be changed again: optimizer: this run has no rule from gone\.optim/,
    );
    await assert.rejects(bench.engine.goBack('a', 3), /has failed/);
  });
});
