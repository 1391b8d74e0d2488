/** Tables and copies made of a record: every number is the record's, read back by another program's reader; the record itself is never touched. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import Papa from 'papaparse';
import { toLine } from '../../../src/engine/run/line';
import type { RecordEvent, StartEvent } from '../../../src/engine/run/record';
import { recordSchema } from '../../../src/engine/run/recordSchema';
import { copyRecord, exportTable, quantitiesIn } from '../../../src/node/exportRecord';
import { exportTensorBoard } from '../../../src/node/exportTensorBoard';
import { exportRun } from '../../../src/node/commandLine/export';
import { Output } from '../../../src/node/commandLine/output';
import { UsageError } from '../../../src/node/commandLine/usage';
import { glanceAt } from '../../../src/node/recordGlance';
import { eachLine, readRecord } from '../../../src/node/recordLines';
import { csvLine } from '../../../src/shared/export/csv';
import { quantitiesOf } from '../../../src/shared/export/quantities';
import { curvatures, end, evaluations, ofFunction, ofNetwork, record, steps } from '../run/runs';

const textOf = (events: readonly RecordEvent[]): string => events.map((event) => `${toLine(event)}\n`).join('');
const silent = (): void => undefined;

describe('what is made of a record', () => {
  let folder: string;
  let events: RecordEvent[];
  let file: string;
  let aFunction: StartEvent;
  const measured = { every: 1, curvatureEvery: 0, evaluateEvery: 0, probeSamples: 1 };
  const at = (name: string): string => join(folder, name);
  /** The cells of a table by step and column. */
  const tableOf = (csv: string): { header: string[]; rows: Map<number, string[]> } => {
    const [header, ...rows] = Papa.parse<string[]>(csv, { skipEmptyLines: true }).data;
    return { header, rows: new Map(rows.map((row) => [Number(row[0]), row])) };
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'optimizer-debugger-exports-'));
    events = await record(ofNetwork({ steps: 120, measure: { every: 2, curvatureEvery: 30, evaluateEvery: 25 } }));
    [aFunction] = (await record(ofFunction('x^2', { x: 1 }, { steps: 1 }))) as [StartEvent];
    file = at('run.jsonl');
    writeFileSync(file, textOf(events));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('a table has every number of the record, beside its step', async () => {
    await exportTable(file, ['all'], at('all.csv'), silent);
    const { header, rows } = tableOf(readFileSync(at('all.csv'), 'utf8'));
    const cell = (step: number, name: string): string => rows.get(step)![header.indexOf(name)];
    const { layers } = events[0] as StartEvent;
    for (const it of steps(events)) {
      assert.deepEqual([cell(it.step, 'loss [nat]'), cell(it.step, 'lr'), cell(it.step, 'epoch [epoch]')].map(Number), [
        it.loss,
        it.lr,
        it.epoch,
      ]);
      layers.forEach(({ name }, i) => {
        for (const norm of ['gradientNorm', 'updateNorm', 'weightNorm'] as const)
          assert.equal(Number(cell(it.step, `${norm} ${name}`)), it[norm][i]);
        for (const [q, rate] of Object.entries(it.effectiveRate[i]))
          assert.equal(Number(cell(it.step, `effectiveRate.${q} ${name}`)), rate);
      });
    }
    assert.ok(
      evaluations(events).some(({ step }) => step % 2 === 1),
      'an evaluation of a step that has no step event',
    );
    for (const it of evaluations(events)) {
      assert.equal(Number(cell(it.step, 'heldOutLoss [nat]')), it.heldOutLoss);
      assert.equal(Number(cell(it.step, 'trainAccuracy [share]')), it.trainAccuracy);
    }
    for (const it of curvatures(events)) {
      assert.deepEqual([cell(it.step, 'verdict'), Number(cell(it.step, 'lambdaMin'))], [it.verdict, it.lambdaMin]);
      assert.equal(cell(it.step, 'probeGradientNorm'), String(it.gradientNorm));
      assert.equal(cell(it.step, 'reason'), it.reason);
    }
    const { step: last, reason, seconds, stepsPerSecond } = end(events);
    assert.deepEqual(
      ['endReason', 'seconds [s]', 'stepsPerSecond [steps/s]'].map((name) => cell(last, name)),
      [reason, String(seconds), String(stepsPerSecond)],
    );
    const told = new Set([...steps(events), ...evaluations(events), ...curvatures(events)].map(({ step }) => step));
    assert.deepEqual(
      [...rows.keys()],
      [...told].sort((a, b) => a - b),
    );
  });

  it('a table has the quantities that were chosen, in that order, and empty cells where nothing was measured', async () => {
    await exportTable(file, ['heldOutLoss', 'loss'], at('two.csv'), silent);
    const { header, rows } = tableOf(readFileSync(at('two.csv'), 'utf8'));
    assert.deepEqual(header, ['step', 'heldOutLoss [nat]', 'loss [nat]']);
    assert.equal(rows.get(0)![2], '');
    assert.equal(rows.get(2)![1], '');
    await exportTable(file, ['verdict'], at('verdicts.csv'), silent);
    assert.equal(tableOf(readFileSync(at('verdicts.csv'), 'utf8')).rows.size, curvatures(events).length);
    await assert.rejects(exportTable(file, ['los'], at('no.csv'), silent), /no quantity "los"\. Did you mean `loss`\? It has epoch, loss/);
    assert.ok(!readdirSync(folder).some((name) => name.startsWith('no.csv')), 'nothing half done is left');
  });

  it('a function’s table has its places', async () => {
    const path = await record(ofFunction('x^2 + 3*y^2', { x: 1, y: -1 }, { steps: 3 }));
    writeFileSync(at('function.jsonl'), textOf(path));
    await exportTable(at('function.jsonl'), ['position', 'value', 'gradient'], at('function.csv'), silent);
    const { header, rows } = tableOf(readFileSync(at('function.csv'), 'utf8'));
    assert.deepEqual(header, ['step', 'position x', 'position y', 'value', 'gradient x', 'gradient y']);
    for (const { step, position, value, gradient } of steps(path))
      assert.deepEqual(rows.get(step)!.slice(1).map(Number), [position?.x, position?.y, value, gradient?.x, gradient?.y]);
  });

  it('every number that an event of a record may have is in a table', () => {
    // a field that is added to the record, but not here, is found by this
    const wide = { ...(events[0] as StartEvent), spec: { ...(events[0] as StartEvent).spec, measure: { ...measured, perWeight: true } } };
    for (const { properties } of recordSchema().oneOf as readonly { readonly properties: Readonly<Record<string, unknown>> }[]) {
      const { const: type } = properties.type as { readonly const: string };
      if (type !== 'step' && type !== 'evaluation' && type !== 'curvature' && type !== 'end') continue;
      const called: Readonly<Record<string, string>> =
        type === 'curvature' ? { gradientNorm: 'probeGradientNorm' } : type === 'end' ? { reason: 'endReason' } : {};
      const known = new Set(
        [wide, aFunction].flatMap((start) => quantitiesOf(start).flatMap(({ id, event }) => (event === type ? [id] : []))),
      );
      const missing = Object.keys(properties).filter(
        (name) => !['type', 'step', 'message'].includes(name) && !known.has(called[name] ?? name),
      );
      assert.deepEqual(missing, [], type);
    }
  });

  it('the rate of every single weight has a column, named by its place in the layer', async () => {
    const rates = await record(ofNetwork({ steps: 3, measure: { perWeight: true, curvatureEvery: 0 } }));
    const { layers } = rates[0] as StartEvent;
    writeFileSync(at('rates.jsonl'), textOf(rates));
    await exportTable(at('rates.jsonl'), ['effectiveRatePerWeight'], at('rates.csv'), silent);
    const { header, rows } = tableOf(readFileSync(at('rates.csv'), 'utf8'));
    assert.equal(header.length, 1 + layers.reduce((sum, { parameters }) => sum + parameters, 0));
    for (const { step, effectiveRatePerWeight } of steps(rates)) {
      const cell = (name: string): number => Number(rows.get(step)![header.indexOf(`effectiveRatePerWeight ${name}`)]);
      const { shape } = layers[0];
      assert.deepEqual(shape, [8, 2]);
      for (let unit = 0; unit < 8; unit++)
        for (let input = 0; input < 2; input++)
          assert.equal(cell(`dense1.weight[${unit}][${input}]`), effectiveRatePerWeight![0][2 * unit + input]);
      assert.equal(cell('dense1.bias[7]'), effectiveRatePerWeight![1][7]);
    }

    const path = await record(
      ofFunction('b^2 + 3*a^2', { b: 1, a: -1 }, { optimizer: { name: 'adam' }, steps: 2, measure: { perWeight: true } }),
    );
    writeFileSync(at('rates.jsonl'), textOf(path));
    await exportTable(at('rates.jsonl'), ['effectiveRatePerWeight'], at('rates.csv'), silent);
    const ofVariables = tableOf(readFileSync(at('rates.csv'), 'utf8'));
    const names = ofVariables.header.slice(1).map((name) => name.replace('effectiveRatePerWeight ', ''));
    assert.deepEqual([...names].sort(), ['a', 'b']);
    for (const { step, position, effectiveRatePerWeight } of steps(path))
      names.forEach((name, i) =>
        assert.equal(Number(ofVariables.rows.get(step)![1 + i]), effectiveRatePerWeight![0][Object.keys(position!).indexOf(name)]),
      );
  });

  it('more single weights than a table has columns are left out, and told', async () => {
    const start = (await record(ofNetwork({ steps: 1, measure: { perWeight: true } })))[0] as StartEvent;
    const layers = [{ name: 'dense1.weight', shape: [1024, 1024], parameters: 2 ** 20 }];
    writeFileSync(at('large.jsonl'), textOf([{ ...start, layers }]));
    const told: string[] = [];
    await exportTable(at('large.jsonl'), ['all'], at('large.csv'), (text) => told.push(text));
    assert.match(
      told.join('\n'),
      /^effectiveRatePerWeight is not in the table: the run has 1,048,576 weights, and a table has at most 262,144 columns/,
    );
    assert.ok(!readFileSync(at('large.csv'), 'utf8').includes('effectiveRatePerWeight'));
    await assert.rejects(exportTable(at('large.jsonl'), ['effectiveRatePerWeight'], at('large.csv'), silent), /at most 262,144 columns/);
  });

  it('hyperparameters stand at step 0 and where they were changed, those of a new text of a rule too', async () => {
    const spec = ofNetwork({
      steps: 4,
      wrappers: [{ name: 'lookahead' }, { name: 'lookahead', period: 3 }],
      measure: { curvatureEvery: 0 },
    });
    const run = await record(spec);
    const first = { lr: 0.01, beta1: 0.9, 'lookahead.period': 5, 'lookahead2.period': 3 };
    const changed: RecordEvent = {
      type: 'settings',
      step: 2,
      changed: { lr: 0.5 },
      title: 'Adam',
      details: '',
      settings: { ...first, lr: 0.5 },
    };
    writeFileSync(at('changed.jsonl'), textOf([...run.filter((event) => event.type !== 'end'), changed]));
    await exportTable(at('changed.jsonl'), ['lr', 'setting'], at('changed.csv'), silent);
    const { header, rows } = tableOf(readFileSync(at('changed.csv'), 'utf8'));
    for (const [name, value] of Object.entries(first)) {
      assert.equal(Number(rows.get(0)![header.indexOf(`setting ${name}`)]), value);
      assert.equal(Number(rows.get(2)![header.indexOf(`setting ${name}`)]), name === 'lr' ? 0.5 : value);
    }
    assert.equal(rows.get(0)![header.indexOf('setting nesterov')], 'false');
    assert.equal(rows.get(1)![header.indexOf('setting lr')], '');

    const start = run[0] as StartEvent;
    const ofFile: StartEvent = {
      ...start,
      spec: { ...start.spec, optimizer: { file: 'mine.optim', lr: 0.1 }, wrappers: [] },
      wrapperRules: [],
    };
    const replaced: RecordEvent = {
      ...changed,
      type: 'rule',
      step: 1,
      file: 'mine.optim',
      text: '',
      settings: { lr: 0.1, fresh: 7 },
      kept: [],
      fresh: [],
    };
    writeFileSync(at('changed.jsonl'), textOf([ofFile, replaced]));
    await exportTable(at('changed.jsonl'), ['setting'], at('changed.csv'), silent);
    assert.equal(readFileSync(at('changed.csv'), 'utf8'), 'step,setting lr,setting fresh\r\n0,0.1,\r\n1,0.1,7\r\n');
  });

  it('fields of a table are those of RFC 4180, whatever is in them', () => {
    const cells = fc.array(fc.oneof(fc.string(), fc.constantFrom('"', ',', '\r\n', 'a "b", c', '\n')), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(cells, { minLength: 1, maxLength: 4 }), (rows) => {
        assert.deepEqual(Papa.parse(rows.map(csvLine).join(''), { newline: '\r\n', delimiter: ',' }).data.slice(0, -1), rows);
      }),
    );
    fc.assert(
      fc.property(fc.double(), (x) =>
        assert.ok(Object.is(Number(csvLine([x]).trim()), x === 0 ? 0 : x) || Number.isNaN(x) || Object.is(x, -0)),
      ),
    );
  });

  it('a copy is the record up to its last whole line, and opens as the run', async () => {
    const broken = at('broken.jsonl');
    writeFileSync(broken, textOf(events.slice(0, -1)));
    appendFileSync(broken, '{"type":"end","rea');
    await copyRecord(broken, at('copy.jsonl'));
    assert.equal(readFileSync(at('copy.jsonl'), 'utf8'), textOf(events.slice(0, -1)));
    const { brokenOff, lastStep } = await readRecord(at('copy.jsonl'), 'copy');
    assert.deepEqual([brokenOff, lastStep], [true, 120]);
  });

  it('the record is never written over, by whatever name', async () => {
    symlinkSync(file, at('link.csv'));
    await assert.rejects(exportTable(file, ['loss'], at('link.csv'), silent), /is the record itself/);
    await assert.rejects(copyRecord(file, file), /is the record itself/);
    assert.equal(readFileSync(file, 'utf8'), textOf(events));
  });

  it('an event file has a folder of its own', async () => {
    const made = await exportTensorBoard(file, at('board'), 'float32', silent);
    assert.match(made, /events\.out\.tfevents\.\d+\.optimizer-debugger$/);
    assert.equal(await exportTensorBoard(file, at('board'), 'float32', silent), made, 'once more is the same file');
    writeFileSync(at('board/events.out.tfevents.1.other'), '');
    await assert.rejects(
      exportTensorBoard(file, at('board'), 'float32', silent),
      /TensorBoard would draw both as one run\. Choose another folder\./,
    );
  });

  it('faults of the record are told beside what is made of it', async () => {
    writeFileSync(at('faulty.jsonl'), textOf(events.slice(0, 5)) + 'no event\n' + textOf(events.slice(5)));
    const told: string[] = [];
    await exportTable(at('faulty.jsonl'), ['loss'], at('faulty.csv'), (text) => told.push(text));
    await exportTable(file, ['loss'], at('whole.csv'), silent);
    assert.match(told.join('\n'), /^line 6: JSON is expected/);
    assert.equal(readFileSync(at('faulty.csv'), 'utf8'), readFileSync(at('whole.csv'), 'utf8'));
  });

  it('a glance sees the beginning and the end of any record', async () => {
    const { start, step, evaluation, end: last } = await glanceAt(file);
    assert.deepEqual([start, step, evaluation, last], [events[0], steps(events).at(-1), evaluations(events).at(-1), end(events)]);
    const long = [events[0], ...Array.from({ length: 3000 }, (_, k) => ({ ...steps(events)[0], step: k + 1 }))];
    writeFileSync(at('long.jsonl'), textOf(long));
    const there = await glanceAt(at('long.jsonl'));
    assert.deepEqual([there.start, there.step, there.evaluation, there.end], [events[0], long.at(-1), null, null]);
  });

  describe('on the command line', () => {
    const run = async (...args: string[]): Promise<{ code: number; out: string; told: string }> => {
      const stream = new PassThrough();
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      const told: string[] = [];
      const code = await exportRun(args, new Output(stream), (text) => told.push(text));
      return { code, out: Buffer.concat(chunks).toString(), told: told.join('\n') };
    };

    it('prints a table, writes it, lists what there is', async () => {
      const { code, out } = await run(file, '--csv', 'loss, lr');
      assert.equal(code, 0);
      assert.equal((await run(file, '--csv', 'loss,lr', '--out', at('out.csv'))).out, '');
      assert.equal(readFileSync(at('out.csv'), 'utf8'), out);
      const listed = (await run(file, '--list')).out.trimEnd().split('\n');
      assert.deepEqual(
        listed.map((line) => line.split(' ')[0]),
        (await quantitiesIn(file)).map(({ id }) => id),
      );
      assert.match((await run(file, '--tensorboard', at('line'))).out, /tfevents/);
    });

    it('says what is wrong, and ends with 2', async () => {
      assert.deepEqual(await run(file, '--csv', 'lozz'), { ...(await run(file, '--csv', 'lozz')), code: 2, out: '' });
      const none = await run(at('none.jsonl'), '--csv', 'loss');
      assert.equal(none.code, 2);
      assert.match(none.told, /none\.jsonl cannot be read: ENOENT/);
      assert.equal((await run(folder, '--list')).code, 2);
      const misused = (message: RegExp, ...args: string[]): Promise<void> =>
        assert.rejects(run(...args), (error) => error instanceof UsageError && message.test(error.message));
      await misused(/takes one record/);
      await misused(/needs one of --csv/, file);
      await misused(/found 2/, file, '--csv', 'loss', '--list');
      await misused(/--out FILE is for --csv/, file, '--list', '--out', 'x');
      await misused(/--float64 is for --tensorboard/, file, '--csv', 'loss', '--float64');
    });
  });
});

describe('lines of a file', () => {
  it('are the same whatever pieces it is read in, and a line that is too long is passed over', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'optimizer-debugger-lines-'));
    const path = join(folder, 'lines');
    const piece = 2 ** 20;
    // ends that fall on, before and behind the ends of pieces, letters of several bytes across them, an empty line, no last end
    const texts = ['a'.repeat(piece - 1), 'ä'.repeat(piece / 2 + 1), '', 'b'.repeat(3 * piece), '😀'.repeat(piece / 4), 'c', 'last'];
    writeFileSync(path, texts.join('\n'));
    const gather = async (longest?: number): Promise<string[]> => {
      const found: string[] = [];
      const line = (text: string): boolean => found.push(text) > 0;
      await eachLine(path, { line, last: line, tooLong: (limit) => found.push(`over ${limit}`) }, longest);
      return found;
    };
    assert.deepEqual(await gather(), texts);
    assert.deepEqual(
      await gather(2 * piece),
      texts.map((text) => (text.startsWith('b') ? `over ${2 * piece}` : text)),
    );
    assert.deepEqual(await gather(3), ['over 3', 'over 3', '', 'over 3', 'over 3', 'c', 'over 3']);
    rmSync(folder, { recursive: true });
  });
});
