/** Other hyperparameters while a run stands still: what goes on, what they do, and that going on and back over them repeats the run. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import Ajv from 'ajv';
import { checkSettings, type Rule, type Settings } from '../../../src/engine/language';
import { findRule, rules } from '../../../src/engine/optimizers';
import { decodeCheckpoint } from '../../../src/engine/run/checkpoint';
import { Course } from '../../../src/engine/run/course';
import { toLine } from '../../../src/engine/run/line';
import { prepare } from '../../../src/engine/run/prepare';
import type { RecordEvent, SettingsEvent } from '../../../src/engine/run/record';
import { recordSchema } from '../../../src/engine/run/recordSchema';
import { prepareFrom } from '../../../src/engine/run/resume';
import { runSettings } from '../../../src/engine/run/runSettings';
import { SpecificationError, type RunSpecification } from '../../../src/engine/run/specification';
import { StreamTrainer } from '../../../src/engine/run/streamTrainer';
import { Trainer } from '../../../src/engine/run/trainer';
import { findWrapper, wrappers } from '../../../src/engine/wrappers';
import { DelayedMachine } from './delayedMachine';
import { noFiles, now, ofFunction, ofNetwork, steps, timeless, toEnd, trainer } from './runs';

const clock = (): number => 0;
const advance = (run: Trainer, to: number): RecordEvent[] => {
  const events: RecordEvent[] = [];
  while (run.step < to) events.push(...run.advance());
  return events;
};
function change(run: Trainer, settings: Settings): SettingsEvent {
  const event = run.make({ settings }).at(-1);
  assert.ok(event?.type === 'settings');
  return event;
}
/** All but what says what runs. */
const course = (events: readonly RecordEvent[]): unknown[] =>
  timeless(events.filter(({ type }) => type !== 'settings' && type !== 'start'));

const quiet = { curvatureEvery: 0, evaluateEvery: 4 };
const short = (optimizer: RunSpecification['optimizer'], other: Partial<RunSpecification> = {}): RunSpecification =>
  ofNetwork({ optimizer, steps: 12, measure: quiet, ...other });

/** A hyperparameter of a rule, the rate where there is one, with its default and a value that is another. */
function oneOf(rule: Rule): { readonly name: string; readonly standard: number; readonly value: number } {
  const allowed = (settings: Settings): boolean => {
    try {
      checkSettings(rule, settings);
      return true;
    } catch {
      return false;
    }
  };
  for (const { name, default: standard } of rule.hyperparameters)
    if (typeof standard === 'number') {
      const value = [standard / 2, standard * 0.9, standard + 0.01, standard + 1].find(
        (each) => each !== standard && allowed({ [name]: each }),
      );
      if (value !== undefined) return { name, standard, value };
    }
  throw new Error(`${rule.name} has no number to change.`);
}
/** What the states of a run begin with. */
const statesOf = ({ machine }: Trainer): number[][] =>
  Object.values(machine.updater.state).flatMap((tensors) => tensors.map((tensor) => [...tensor]));
/** Newton's step has no bound where a direction is almost flat: damping gives it one. */
const fixed: Readonly<Record<string, Readonly<Record<string, number>>>> = { newton: { damping: 1 } };

describe('hyperparameters changed on the way', () => {
  it('by hand: the momentum goes on, with another rate and another share of it', async () => {
    const run = await trainer(ofFunction('x^2', { x: 1 }, { optimizer: { name: 'sgd', lr: 0.1, momentum: 0.5 }, steps: 3 }));
    run.begin();
    const [first] = steps(run.advance());
    const x1 = first.position?.x ?? NaN;
    assert.ok(Math.abs(x1 - 0.8) < 1e-15);
    const event = change(run, { lr: 0.05, momentum: 0.9 });
    assert.deepEqual([event.step, event.changed], [1, { lr: 0.05, momentum: 0.9 }]);
    const [second] = steps(run.advance());
    assert.equal(second.lr, 0.05);
    const m = 0.9 * 2 + 2 * x1;
    assert.ok(Math.abs((second.position?.x ?? NaN) - (x1 - 0.05 * m)) < 1e-15, JSON.stringify(second.position));
  });

  for (const { name } of rules())
    it(`${name}: before the first step as if begun so; and a checkpoint goes on bit for bit`, async () => {
      const chosen = findRule(name);
      assert.ok(chosen);
      const { name: key, standard, value } = oneOf(chosen);
      const spec = short({ name, ...fixed[name] });
      const [run, wanted] = [await begun(spec), await begun({ ...spec, optimizer: { name, ...fixed[name], [key]: value } })];
      const alike = isDeepStrictEqual(statesOf(run), statesOf(wanted)); // a state that begins with the value keeps the one that it has
      change(run, { [key]: value });
      const [events, expected] = [advance(run, 5), advance(wanted, 5)];
      if (alike) assert.deepEqual(events, expected);
      change(run, { [key]: standard });
      const checkpoint = run.checkpoint();
      const rest = toEnd(run);
      const { header } = decodeCheckpoint(checkpoint);
      assert.deepEqual(header.changes, [
        { step: 0, settings: { [key]: value } },
        { step: 5, settings: { [key]: standard } },
      ]);
      const resumed = new Trainer(await prepareFrom(header, noFiles), { clock, checkpoint });
      assert.deepEqual(resumed.start, run.start);
      assert.deepEqual(toEnd(resumed), rest);
    });

  for (const name of ['adam', 'dadaptSgd', 'muon'])
    it(`${name}: back over them and forth again, bit for bit`, async () => {
      const run = await begun(short({ name }, { measure: { curvatureEvery: 5 } }));
      const way = now(Course.of(run, { clock, every: 3 }));
      const to = (step: number): string[] => {
        const lines: string[] = [];
        while (run.step < step && !run.ended) lines.push(...now(way.advance(step)).map(toLine));
        return lines;
      };
      to(4);
      now(way.make({ settings: { lr: 0.02 } }));
      const middle = to(9);
      now(way.make({ settings: { lr: 0.005 } }));
      const rest = to(Infinity);
      now(way.goBack(8));
      assert.deepEqual(run.prepared.changes, [{ step: 4, settings: { lr: 0.02 } }], 'the second is undone');
      to(9);
      now(way.make({ settings: { lr: 0.005 } }));
      assert.deepEqual(to(Infinity), rest);
      now(way.goBack(4));
      to(4);
      assert.equal(run.prepared.settings.lr, 0.02, 'what was changed at the step itself stays');
      assert.deepEqual(to(9), middle);
      now(way.goBack(3));
      to(9);
      assert.deepEqual(run.prepared.changes, []);
    });

  for (const { name } of wrappers().filter(({ hyperparameters }) => hyperparameters.some((each) => typeof each.default === 'number')))
    it(`${name} round Adam, under the wrapper’s name`, async () => {
      const chosen = findWrapper(name);
      assert.ok(chosen);
      const { name: key, value } = oneOf(chosen);
      const spec = short({ name: 'adam', lr: 0.01 }, { wrappers: [{ name }] });
      const run = await trainer(spec, { clock });
      run.begin();
      advance(run, 4);
      const event = change(run, { [`${name}.${key}`]: value });
      assert.deepEqual(event.changed, { [`${name}.${key}`]: value });
      assert.equal(event.settings[`${name}.${key}`], value);
      const checkpoint = run.checkpoint();
      const rest = toEnd(run).map(toLine);
      const { header } = decodeCheckpoint(checkpoint);
      assert.deepEqual(toEnd(new Trainer(await prepareFrom(header, noFiles), { clock, checkpoint })).map(toLine), rest);
    });

  it('lr is the base rate: a schedule goes on at its place; one that watches the loss begins anew', async () => {
    const cosine = short({ name: 'sgd', lr: 0.1 }, { schedule: { name: 'cosine' } });
    const [run, other] = [await trainer(cosine), await trainer({ ...cosine, optimizer: { name: 'sgd', lr: 0.02 } })];
    for (const each of [run, other]) each.begin();
    const expected = steps(toEnd(other)).map(({ lr }) => lr);
    advance(run, 6);
    change(run, { lr: 0.02 });
    assert.deepEqual(
      steps(toEnd(run)).map(({ lr }) => lr),
      expected.slice(6),
    );

    const plateau = { name: 'reduceOnPlateau', patience: 0, decay: 0.5, threshold: 0.9 };
    const watching = await trainer(short({ name: 'sgd', lr: 0.1 }, { schedule: plateau }));
    watching.begin();
    advance(watching, 10);
    assert.ok((steps(advance(watching, 11))[0]?.lr ?? 1) < 0.1);
    change(watching, { lr: 0.3 });
    assert.equal(steps(advance(watching, 12))[0].lr, 0.3);
  });

  it('whose answers come later, the same record as at once', async () => {
    for (const spec of [
      ofNetwork({ steps: 40, measure: { curvatureEvery: 12 } }),
      ofNetwork({ steps: 40, optimizer: { name: 'sgd', lr: 0.05 }, wrappers: [{ name: 'sam' }], measure: { curvatureEvery: 0 } }),
    ]) {
      const prepared = await prepare(spec, noFiles);
      const key = prepared.spec.wrappers.length > 0 ? 'sam.rho' : 'beta1';
      const record = async (run: Trainer | StreamTrainer): Promise<string[]> => {
        const lines: RecordEvent[] = [...(await run.begin())];
        while (run.step < 17) lines.push(...(await run.advance(17)));
        lines.push(...(await run.make({ settings: { lr: 0.02, [key]: 0.3 } })));
        while (!run.ended) lines.push(...(await run.advance()));
        return lines.map((event) => toLine(event).replace('"backend":"webgpu"', '"backend":"cpu"'));
      };
      const later = new StreamTrainer(prepared, new DelayedMachine(prepared), { clock });
      assert.deepEqual(await record(later), await record(new Trainer(prepared, { clock })));
    }
  });

  it('that will not do: refused with the name, the nearest valid one and the domain; the run goes on as it was', async () => {
    const spec = short({ name: 'adam', lr: 0.01 }, { wrappers: [{ name: 'sam' }] });
    const expected = course(toEnd(await begun(spec)));
    const run = await begun(spec);
    const lines = advance(run, 3);
    const refused = (settings: Settings, message: RegExp): void =>
      assert.throws(
        () => run.make({ settings }),
        (error) => error instanceof SpecificationError && message.test(error.message),
      );
    refused({ bta1: 0.5 }, /^optimizer\.bta1: adam has no such hyperparameter\. Did you mean `beta1`\?/);
    refused({ beta1: 1 }, /^optimizer\.beta1: found 1; .*\[0, 1\).* is expected/);
    refused({ lr: NaN }, /^optimizer\.lr: found NaN/);
    refused({ 'sam.roh': 1 }, /^wrappers\[0\]\.roh: sam has no such hyperparameter\. Did you mean `rho`\?/);
    refused({ 'same.rho': 1 }, /^wrappers: the run has no wrapper with a hyperparameter same\.rho\. Did you mean `sam\.rho`\?/);
    refused({ b1: 0.5, beta1: 0.4 }, /give it once/);
    refused({ lr: 0.01 }, /has these very hyperparameters already/);
    assert.deepEqual(course([...lines, ...toEnd(run)]), expected);
  });

  for (const later of [false, true])
    it(`that decides how large a state is: refused, and the run goes on as it was${later ? ', also where answers come later' : ''}`, async () => {
      const prepared = await prepare(short({ name: 'lbfgs' }), noFiles);
      const expected = course(toEnd(begin(new Trainer(prepared, { clock }))));
      const run = later
        ? new StreamTrainer(prepared, new DelayedMachine(prepared, { ahead: 1 }), { clock })
        : new Trainer(prepared, { clock });
      await run.begin();
      const lines: RecordEvent[] = [];
      while (run.step < 3) lines.push(...(await run.advance(3)));
      const { historySize } = prepared.settings;
      await assert.rejects(
        async () => run.make({ settings: { historySize: Number(historySize) + 1 } }),
        /would have another size, and could not go on/,
      );
      while (!run.ended) lines.push(...(await run.advance()));
      assert.deepEqual(course(lines), expected);
    });

  it('its event is a line of the record as the schema has it, and the record says what they are at any step', async () => {
    const run = await begun(short({ name: 'adam', lr: 0.01 }, { wrappers: [{ name: 'sam' }] }));
    advance(run, 2);
    const event = change(run, { lr: 0.03, 'sam.rho': 0.2, b1: 0.8 });
    assert.deepEqual(event.changed, { lr: 0.03, beta1: 0.8, 'sam.rho': 0.2 });
    const ajv = new Ajv({ strict: false }).addSchema({ $id: 'run.schema.json' });
    const valid = ajv.compile(recordSchema());
    assert.ok(valid(JSON.parse(toLine(event))), ajv.errorsText(valid.errors));
    const values = (changes: readonly SettingsEvent[]): unknown =>
      Object.fromEntries(runSettings(run.start, changes).map(({ name, value }) => [name, value]));
    assert.deepEqual(values([event]), event.settings);
    assert.deepEqual(values([]), { ...event.settings, lr: 0.01, beta1: 0.9, 'sam.rho': 0.05 });
    const rho = runSettings(run.start, []).find(({ name }) => name === 'sam.rho');
    assert.deepEqual(rho, { name: 'sam.rho', value: 0.05, label: 'SAM: ρ', meaning: 'distance of the climb', domain: '[0, inf)' });
  });
});

const begin = (run: Trainer): Trainer => {
  run.begin();
  return run;
};
const begun = async (spec: RunSpecification): Promise<Trainer> => begin(await trainer(spec, { clock }));
