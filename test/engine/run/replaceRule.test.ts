/** Another text of a rule while its run stands still: what goes on, what begins anew, and that all else of the run is as it was. */
import assert from 'node:assert/strict';
import Ajv from 'ajv';
import { LanguageError } from '../../../src/engine/language';
import type { Files } from '../../../src/engine/problems/files';
import { CheckpointError, decodeCheckpoint } from '../../../src/engine/run/checkpoint';
import { toLine } from '../../../src/engine/run/line';
import { prepare } from '../../../src/engine/run/prepare';
import type { RecordEvent, RuleEvent } from '../../../src/engine/run/record';
import { recordSchema } from '../../../src/engine/run/recordSchema';
import { prepareFrom } from '../../../src/engine/run/resume';
import { SpecificationError, type RunSpecification } from '../../../src/engine/run/specification';
import { Trainer } from '../../../src/engine/run/trainer';
import { noFiles, ofFunction, ofNetwork, steps, timeless, toEnd } from './runs';

/** Files whose texts are these. */
const filesOf = (texts: Readonly<Record<string, string>>): Files => ({ ...noFiles, text: (path) => Promise.resolve(texts[path] ?? '') });

const heavyBall = `optimizer ball "Ball"
parameter lr = 0.1 in (0, inf)
parameter mu = 0.5 in [0, 1]
state m
m = mu*m + g
rate = lr
w = w - rate*m
`;
/** The same with a state more, which halves the step at first. */
const braked = heavyBall.replace('state m\n', 'state m\nstate n = 0.5\n').replace('rate = lr\n', 'n = 1*n\nrate = lr*n\n');

async function start(spec: RunSpecification, text = heavyBall, checkpoint?: ArrayBuffer): Promise<Trainer> {
  return new Trainer(await prepare(spec, filesOf({ 'my.optim': text })), { checkpoint });
}
const own = (spec: RunSpecification, settings: Record<string, number> = {}): RunSpecification => ({
  ...spec,
  optimizer: { file: 'my.optim', ...settings },
});
const onParabola = own(ofFunction('x^2', { x: 1 }, { steps: 3, measure: { curvatureEvery: 0 } }));

const advance = (run: Trainer, count: number): RecordEvent[] => Array.from({ length: count }, () => run.advance()).flat();
function replaced(run: Trainer, text: string, file = 'my.optim'): RuleEvent {
  const event = run.make({ file, text }).at(-1);
  assert.ok(event?.type === 'rule');
  return event;
}
/** The steps and evaluations of a record, without times. */
const course = (events: readonly RecordEvent[]): unknown[] => timeless(events.filter(({ type }) => type !== 'rule' && type !== 'start'));

describe('a rule replaced', () => {
  it('by hand: the weights and the momentum go on, a new state begins as it says', async () => {
    const run = await start(onParabola);
    run.begin();
    const [first] = steps(advance(run, 1));
    assert.deepEqual(first.position, { x: 1 - 0.1 * 2 });
    const event = replaced(run, braked);
    assert.deepEqual([event.step, event.kept, event.fresh], [1, ['m'], ['n']]);
    const [second] = steps(advance(run, 1));
    const m = 0.5 * 2 + 2 * 0.8;
    assert.ok(Math.abs((second.position?.x ?? NaN) - (0.8 - 0.1 * 0.5 * m)) < 1e-15, JSON.stringify(second.position));
    assert.equal(second.effectiveRate[0].q50, 0.1 * 0.5);
  });

  for (const backend of ['cpu', 'reference'] as const)
    it(`by the same text at any step, ${backend}: the run is the same, bit for bit`, async () => {
      const spec = own(ofNetwork({ backend, steps: 30, measure: { curvatureEvery: 0, perWeight: true } }));
      const whole = await start(spec);
      const expected = course([...whole.begin(), ...toEnd(whole)]);
      for (const at of [0, 1, 17, 29]) {
        const run = await start(spec);
        const before = [...run.begin(), ...advance(run, at)];
        const event = replaced(run, heavyBall);
        assert.deepEqual([event.kept, event.fresh], [['m'], []]);
        assert.deepEqual(course([...before, ...toEnd(run)]), expected, `at step ${at}`);
      }
    });

  it('a state of another shape begins anew', async () => {
    const run = await start(own(ofNetwork({ steps: 5 })));
    run.begin();
    advance(run, 2);
    const rowwise = heavyBall.replace('state m', 'state m[rows]').replace('m = mu*m + g', 'm = mu*m + rowMean(g)');
    assert.deepEqual(replaced(run, rowwise).fresh, ['m']);
  });

  it('values that somebody chose stay; defaults follow the text; what the text does not allow is its default', async () => {
    const run = await start(own(ofNetwork({ steps: 5 }), { mu: 0.9 }));
    run.begin();
    assert.deepEqual(replaced(run, heavyBall.replace('lr = 0.1', 'lr = 0.2')).settings, { lr: 0.2, mu: 0.9 });
    assert.equal(steps(advance(run, 1))[0].lr, 0.2);
    assert.deepEqual(replaced(run, heavyBall.replace('in [0, 1]', 'in [0, 0.8]')).settings, { lr: 0.1, mu: 0.5 });
    const more = heavyBall.replace('state m', 'parameter nu = 2 in (0, inf)\nstate m').replace('+ g', '+ nu*g');
    assert.deepEqual(replaced(run, more).settings, { lr: 0.1, mu: 0.5, nu: 2 });
    assert.equal(run.prepared.spec.optimizer.nu, 2);
  });

  it('by a text that will not do: refused with the place, and the run goes on as it was', async () => {
    const whole = await start(onParabola);
    const expected = course([...whole.begin(), ...toEnd(whole)]);
    const run = await start(onParabola);
    const before = [...run.begin(), ...advance(run, 1)];
    assert.throws(
      () => run.make({ file: 'my.optim', text: heavyBall.replace('mu*m', 'mux*m') }),
      (error) => error instanceof LanguageError && error.line === 5,
    );
    assert.throws(() => run.make({ file: 'my.optim', text: 'wrapper a "A"\ninner\n' }), SpecificationError);
    assert.throws(() => run.make({ file: 'other.optim', text: heavyBall }), /no rule from other\.optim; it has rules from my\.optim/);
    const needs = heavyBall.replace('+ g', '+ g @ inputMoment');
    assert.throws(() => run.make({ file: 'my.optim', text: needs }), /needs a network/);
    assert.deepEqual(course([...before, ...toEnd(run)]), expected);
  });

  it('a curvature measurement under way is finished first, with the rule that it belongs to', async () => {
    const spec = own(ofNetwork({ steps: 10, measure: { curvatureEvery: 2 } }));
    const run = await start(spec);
    run.begin();
    advance(run, 1);
    assert.ok(run.measuring);
    const events = run.make({ file: 'my.optim', text: braked });
    assert.deepEqual(
      events.map(({ type }) => type),
      ['curvature', 'rule'],
    );
    assert.ok(!run.measuring);
  });

  it('a wrapper from a file, too', async () => {
    const clip =
      'wrapper clip "Clip"\nparameter most = 1 in (0, inf)\nstate seen\nseen = seen + g\ng = min(max(g, -most), most) + seen\ninner\n';
    const spec = { ...onParabola, wrappers: [{ file: 'clip.optim' }] };
    const run = new Trainer(await prepare(spec, filesOf({ 'my.optim': heavyBall, 'clip.optim': clip })));
    run.begin();
    advance(run, 1);
    const event = replaced(run, clip.replace('most = 1', 'most = 0.5'), 'clip.optim');
    assert.deepEqual([event.settings['clip.most'], event.kept, event.fresh], [0.5, ['m', 'clip.seen'], []]);
  });

  it('a checkpoint after it goes on bit for bit, and only with the text that it has', async () => {
    const spec = own(ofNetwork({ steps: 20, measure: { curvatureEvery: 7 } }));
    const run = await start(spec);
    run.begin();
    advance(run, 5);
    replaced(run, braked);
    advance(run, 3);
    const bytes = run.checkpoint();
    const rest = course(toEnd(run));
    const { header } = decodeCheckpoint(bytes);
    assert.deepEqual([header.rules, header.changes], [{ 'my.optim': heavyBall }, [{ step: 5, file: 'my.optim', text: braked }]]);
    const again = new Trainer(await prepareFrom(header, filesOf({ 'my.optim': 'whatever it says by now' })), { checkpoint: bytes });
    assert.deepEqual(course(toEnd(again)), rest);
    await assert.rejects(start(spec, heavyBall.replace('0.5', '0.25'), bytes), CheckpointError);
    await assert.rejects(start(spec, heavyBall, bytes), /was changed otherwise/);
  });

  it('its event is a line of the record as the schema has it', async () => {
    const run = await start(onParabola);
    run.begin();
    const ajv = new Ajv({ strict: false }).addSchema({ $id: 'run.schema.json' });
    const valid = ajv.compile(recordSchema());
    assert.ok(valid(JSON.parse(toLine(replaced(run, braked)))), ajv.errorsText(valid.errors));
  });
});
