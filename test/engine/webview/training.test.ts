/** The Training panel without its pictures: which steps can be looked at, what the buttons offer, what a domain allows, how two runs differ. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { outside, showDomain } from '../../../src/engine/language/check';
import type { StartEvent } from '../../../src/engine/run/record';
import type { ChangeEvent, RunSnapshot } from '../../../src/shared/protocol';
import { Run } from '../../../src/webview/run';
import { findRule } from '../../../src/engine/optimizers';
import { findWrapper } from '../../../src/engine/wrappers';
import { betterRun, type Better } from '../../../src/webview/training/better';
import { differences, namesApart } from '../../../src/webview/training/difference';
import { domainOf } from '../../../src/webview/training/domain';
import { lowestHeldOut } from '../../../src/webview/training/lowest';
import { marksOf } from '../../../src/webview/training/marks';
import { offersOf } from '../../../src/webview/training/offers';
import { beside, firstStep, page, snap } from '../../../src/webview/training/steps';
import { evaluationOf, range, snapshotOf, startOf, stepsOf } from './snapshot';

/** A run of steps `every`, 2·`every` … `newest`. */
const runOf = (newest: number, every = 1, changes: Partial<RunSnapshot> = {}): Run =>
  new Run(snapshotOf({ steps: stepsOf(range(every, newest, every)), ...changes }));

const looking = (run: Run, at: number | null): Run => Object.assign(run, { at });

const changed = (step: number, settings: Record<string, number>, now: Record<string, number>): ChangeEvent => ({
  type: 'settings',
  step,
  changed: settings,
  title: 'Adam',
  details: '',
  settings: now,
});

describe('the scrubber stands on measured steps only', () => {
  const run = runOf(1000, 10);

  it('snaps to the last measured step, and to the newest as such', () => {
    assert.equal(snap(run, 57), 50);
    assert.equal(snap(run, 50), 50);
    assert.equal(snap(run, 3), 10, 'the first that there is');
    assert.equal(snap(run, 1000), null);
    assert.equal(snap(run, 99_999), null);
    assert.equal(firstStep(run), 10);
  });

  it('goes one measured step at a time, and stays within the run', () => {
    assert.equal(beside(run, null, -1), 990);
    assert.equal(beside(run, 990, 1), null);
    assert.equal(beside(run, 500, -1), 490);
    assert.equal(beside(run, 10, -1), 10);
    assert.equal(beside(run, null, 1), null);
  });

  it('goes a share of the way, and always at least one step', () => {
    assert.equal(page(run, 500, 0.05), 540); // 500 + 0.05 · 990 = 549.5
    assert.equal(page(run, 500, -0.05), 450);
    assert.equal(page(run, 20, -0.05), 10);
    assert.equal(page(run, 980, 0.05), null);
    assert.equal(page(runOf(3), null, -0.05), 2);
  });

  it('has nowhere to go before the first step', () => {
    const empty = runOf(0);
    assert.deepEqual([snap(empty, 5), beside(empty, null, -1), page(empty, null, -0.05)], [null, null, null]);
  });

  it('comes back from every step in as many steps as it went', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 40 }),
        (newest, every, back) => {
          const any = runOf(newest * every, every);
          let at: number | null = null;
          const passed: (number | null)[] = [];
          for (let k = 0; k < back; k++) {
            passed.push(at);
            at = beside(any, at, -1);
          }
          for (const before of passed.reverse()) {
            if (at === firstStep(any) && before === at) continue; // it stood at the end of the way
            at = beside(any, at, 1);
            assert.equal(at, before);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the buttons of a run', () => {
  const labels = (run: Run): Record<string, string> =>
    Object.fromEntries(Object.entries(offersOf(run, run.at)).map(([name, { label, enabled }]) => [name, enabled ? label : '']));

  it('move the run while the newest step is looked at', () => {
    const { back, step, pause, newest } = labels(runOf(100));
    assert.deepEqual([back, step, pause, newest], ['Step back', 'Take one step', 'Continue', '']);
  });

  it('move the look while an earlier step is looked at, also while the run goes on', () => {
    const { back, step, pause, newest } = labels(looking(runOf(100, 1, { state: 'running' }), 50));
    assert.deepEqual([back, step, pause, newest], ['Look one step earlier', 'Look one step later', 'Pause', 'Look at the newest step']);
  });

  it('step back an ended run that its engine still has, and only look back on one read from a record', () => {
    assert.equal(labels(runOf(100, 1, { state: 'ended' })).back, 'Step back');
    assert.equal(labels(runOf(100, 1, { state: 'ended', from: 'record' })).back, 'Look one step earlier');
  });

  it('offer nothing but to stop it while it starts', () => {
    const offered = labels(runOf(0, 1, { state: 'starting' }));
    assert.deepEqual(
      Object.keys(offered).filter((name) => offered[name] !== ''),
      ['stop'],
    );
  });
});

describe('a domain in a form', () => {
  const bounds = fc.constantFrom(-Infinity, -2, 0, 1e-3, 1, 1000, Infinity);
  const interval = fc
    .record({ kind: fc.constant('interval' as const), from: bounds, fromIncluded: fc.boolean(), to: bounds, toIncluded: fc.boolean() })
    .filter(({ from, to }) => from < to);

  it('allows exactly what the rule allows', () => {
    fc.assert(
      fc.property(
        interval,
        fc.oneof(bounds.filter(Number.isFinite), fc.double({ noNaN: true, noDefaultInfinity: true })),
        (domain, value) => {
          const read = domainOf(showDomain(domain), 0.5).read(String(value));
          if (outside(domain, value) === null) assert.deepEqual(read, { value: value + 0 });
          else assert.ok('problem' in read, `${value} in ${showDomain(domain)}`);
        },
      ),
    );
  });

  it('reads numbers as people write them, and says what is expected otherwise', () => {
    const { read, text } = domainOf('(0, inf)', 0.001);
    assert.equal(text, '(0, ∞)');
    assert.deepEqual(read(' 1e-3 '), { value: 0.001 });
    assert.deepEqual(domainOf('(-inf, inf)', 1).read('−2.5'), { value: -2.5 });
    for (const wrong of ['', 'abc', '0', '-1', 'NaN', 'Infinity', '1,5']) {
      const told = read(wrong);
      assert.ok('problem' in told && told.problem.includes('(0, ∞)'), wrong);
    }
  });

  it('knows choices and truths', () => {
    const mode = domainOf('{"both", "first"}', 'both');
    assert.deepEqual(mode.choices, ['both', 'first']);
    assert.deepEqual(mode.read('first'), { value: 'first' });
    assert.ok('problem' in mode.read('second'));
    assert.deepEqual(domainOf('{true, false}', false).read('true'), { value: true });
  });
});

describe('what befell a run', () => {
  it('is said with the values before and after', () => {
    const run = runOf(1000, 1, {
      changes: [changed(100, { lr: 0.01 }, { lr: 0.01 }), changed(400, { lr: 0.002, beta1: 0.5 }, { lr: 0.002 })],
    });
    assert.deepEqual(
      marksOf(run).map(({ text }) => text),
      ['from step 101: lr 0.001 → 0.01', 'from step 401: lr 0.01 → 0.002, β₁ 0.5'],
    );
  });
});

describe('two runs compared', () => {
  it('the lowest held-out loss is the earliest of the lowest, and never what is no number', () => {
    const events = [3, 2, NaN, 1, 1, 1.5].map((loss, index) => evaluationOf(10 * index, { heldOutLoss: loss }));
    assert.equal(lowestHeldOut(events)?.step, 30);
    assert.equal(lowestHeldOut([evaluationOf(0, { heldOutLoss: null })]), undefined);
    assert.equal(lowestHeldOut([evaluationOf(0, { heldOutLoss: NaN }), evaluationOf(1, { heldOutLoss: Infinity })]), undefined);
  });

  it('the better one has the lowest held-out loss, whenever that was; without held-out data the last train loss; on other data neither', () => {
    const on = (data: object, loss = 'crossEntropy'): StartEvent => startOf({ problem: { network: { layers: [], loss }, data } });
    const [moons, spiral] = [on({ generator: 'moons' }), on({ generator: 'spiral' })];
    const losses = (field: 'heldOutLoss' | 'trainLoss', ...values: number[]): RunSnapshot['evaluations'] =>
      values.map((value, index) => evaluationOf(10 * index, { heldOutLoss: null, [field]: value }));
    const trained = (start: StartEvent, evaluations: RunSnapshot['evaluations']): Run => runOf(100, 1, { start, evaluations });
    const early = trained(moons, losses('heldOutLoss', 3, 0.5, 2));
    const late = trained(moons, losses('heldOutLoss', 3, 2, 1));
    assert.deepEqual(betterRun(early, late), {
      field: 'heldOutLoss',
      losses: [
        [0.5, 10],
        [1, 20],
      ],
      side: 0,
    });
    assert.equal((betterRun(late, early) as Better).side, 1);
    assert.equal((betterRun(late, late) as Better).side, undefined);
    const [falls, rises] = [trained(moons, losses('trainLoss', 3, 1)), trained(moons, losses('trainLoss', 1, 3))];
    assert.deepEqual(betterRun(rises, falls), {
      field: 'trainLoss',
      losses: [
        [3, 10],
        [1, 10],
      ],
      side: 1,
    });
    assert.equal(betterRun(early, trained(spiral, losses('heldOutLoss', 0.1))), 'incomparable');
    assert.equal(betterRun(early, trained(on({ generator: 'moons' }, 'meanSquared'), losses('heldOutLoss', 0.1))), 'incomparable');
    assert.equal(betterRun(early, trained(moons, [])), null, 'nothing was evaluated yet');
  });

  it('differ in what was set and what it was changed to, and not in what does nothing', () => {
    const one = runOf(10, 1, { changes: [changed(5, { lr: 0.01 }, { lr: 0.01, beta1: 0.9 })] });
    const other = runOf(10, 1, {
      title: 'SGD',
      start: startOf({ optimizer: { name: 'sgd', lr: 0.001, momentum: 0.9, dampening: 0 }, batchSize: 'all', backend: 'cpu' }),
    });
    assert.deepEqual(
      differences(one, other).map(({ name, values }) => [name, ...values]),
      [
        ['optimizer', 'Adam', 'SGD'],
        ['lr', '0.001 → 0.01', '0.001'],
        ['β₁', '0.9', '–'],
        ['momentum', '–', '0.9'],
        ['batch size', '64', 'all'],
      ],
    );
  });

  it('call hyperparameters as papers do, with what they mean, and find what was changed and changed back', () => {
    const [lookahead, mine] = [findWrapper('lookahead')!, findRule('adamw')!];
    assert.ok(mine.kind === 'text');
    const start = startOf({ optimizer: { file: 'mine.optim', lr: 0.1, weightDecay: 0.5 }, wrappers: [{ name: 'lookahead', period: 5 }] });
    const texts = { rule: mine.text, wrapperRules: [lookahead.text] };
    const back = [changed(5, { lr: 0.2 }, { lr: 0.2 }), changed(7, { lr: 0.1 }, { lr: 0.1 })];
    const one = runOf(10, 1, { start: { ...start, ...texts }, changes: back });
    const plain = startOf({ optimizer: { file: 'mine.optim', lr: 0.1, weightDecay: 0.25 }, wrappers: [{ name: 'lookahead', period: 6 }] });
    const [, ...found] = differences(one, runOf(10, 1, { start: { ...plain, ...texts } }));
    assert.deepEqual(
      found.map(({ name, values }) => [name, ...values]),
      [
        ['lr', '0.1 → 0.2 → 0.1', '0.1'],
        ['weight decay λ', '0.5', '0.25'],
        ['Lookahead: period k', '5', '6'],
      ],
    );
    assert.equal(found[2].doc, 'steps between synchronisations');
  });

  it('say how their networks differ, each layer with all that is said of it', () => {
    const on = (...layers: object[]): StartEvent =>
      startOf({ problem: { network: { layers }, data: { generator: 'moons', samples: 200 } } });
    const one = runOf(10, 1, { start: on({ dense: 8, activation: 'tanh' }, { dense: 2 }) });
    const other = runOf(10, 1, { start: on({ activation: 'relu', dense: 8, bias: false }, { dense: 2 }) });
    assert.deepEqual(differences(one, other).slice(1), [
      { name: 'problem', doc: '', values: ['dense 8 tanh → dense 2', 'dense 8 bias false relu → dense 2'] },
    ]);
  });

  it('are called by what differs first where they have the same name', () => {
    const other = startOf({ optimizer: { name: 'adam', lr: 0.1, beta1: 0.9, amsgrad: false, eps: 1e-8 } });
    assert.deepEqual(namesApart(runOf(10), runOf(10, 1, { start: other })), ['Adam, lr 0.001', 'Adam, lr 0.1']);
    assert.deepEqual(namesApart(runOf(10), runOf(10)), ['Adam', 'Adam']);
    assert.deepEqual(namesApart(runOf(10), runOf(10, 1, { name: 'mine', start: other })), ['Adam', 'mine']);
  });
});
