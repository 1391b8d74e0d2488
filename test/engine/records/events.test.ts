/** Records are read whoever wrote them: what is right is kept, what is wrong is told with its line and passed over, and nothing throws but a file that is none. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toLine } from '../../../src/engine/run/line';
import type { RecordEvent, StartEvent } from '../../../src/engine/run/record';
import { column, decodeFrame } from '../../../src/shared/frame';
import { RecordError, RecordEvents } from '../../../src/shared/record/events';
import { RecordReading, type ReadRecord } from '../../../src/shared/record/reading';
import { curvatures, evaluations, ofFunction, ofNetwork, record, steps } from '../run/runs';

/** Reads a text as a file of it would be read. */
function read(text: string): ReadRecord {
  const events = new RecordEvents('run.jsonl');
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  let reading: RecordReading | undefined;
  for (const event of [...lines.map((line) => events.read(line)), events.readLast(rest)])
    if (event?.type === 'start') reading = new RecordReading(event);
    else if (event) reading?.take(event);
  if (!reading) throw new RecordError('run.jsonl is empty');
  return reading.finish('id', events);
}

const textOf = (events: readonly RecordEvent[]): string => events.map((event) => `${toLine(event)}\n`).join('');

describe('a record that is read', () => {
  let events: RecordEvent[];
  let lines: string[];
  before(async () => {
    events = await record(ofNetwork({ steps: 60, measure: { curvatureEvery: 25 } }));
    lines = events.map(toLine);
  });
  const changed = (line: number, text: string): string => lines.map((old, i) => (i === line - 1 ? text : old)).join('\n') + '\n';

  it('has every number of it', () => {
    const { snapshot, faultCount, brokenOff, lastStep } = read(textOf(events));
    assert.deepEqual([faultCount, brokenOff, lastStep, snapshot.problem, snapshot.state], [0, false, 60, null, 'ended']);
    assert.deepEqual(snapshot.start, events[0]);
    assert.deepEqual(snapshot.end, events.at(-1));
    assert.deepEqual(snapshot.evaluations, evaluations(events));
    assert.deepEqual(snapshot.curvatures, curvatures(events));
    assert.ok(curvatures(events).length > 1 && snapshot.steps);
    const rows = decodeFrame(snapshot.steps);
    assert.equal(rows.rows, 60);
    steps(events).forEach((step, row) => {
      const at = (place: number): number => rows.data[row * rows.width + place];
      assert.deepEqual([at(column.step), at(column.loss), at(column.lr), at(column.epoch)], [step.step, step.loss, step.lr, step.epoch]);
      step.gradientNorm.forEach((norm, layer) => assert.equal(at(column.gradientNorm(layer)), norm));
      step.effectiveRate.forEach(({ q05, q95 }, layer) => {
        assert.deepEqual([at(column.rate(layer, 'q05')), at(column.rate(layer, 'q95'))], [q05, q95]);
      });
    });
  });

  it('has the numbers that are not finite', async () => {
    const diverging = await record(ofFunction('x^2', { x: 1e150 }, { optimizer: { name: 'sgd', lr: 1e9 }, steps: 100 }));
    const { snapshot, faults } = read(textOf(diverging));
    assert.deepEqual(faults, []);
    assert.equal(snapshot.problem, snapshot.end?.message);
    assert.deepEqual(snapshot.evaluations, evaluations(diverging));
  });

  it('tells a wrong line with its number, what was found and what is expected, and keeps the others', () => {
    const step = JSON.parse(lines[9]) as Record<string, unknown>;
    assert.equal(step.type, 'step');
    const found = (text: string): string => {
      const { faults, faultCount, lastStep, snapshot } = read(changed(10, text));
      assert.deepEqual([faultCount, lastStep, faults[0].line], [1, 60, 10]);
      assert.deepEqual(snapshot.notices, [`A line of the record is not of its run and is left out: ${faults[0].text}`]);
      return faults[0].text;
    };
    const norms = step.gradientNorm as number[];
    assert.equal(
      found(JSON.stringify({ ...step, gradientNorm: [norms[0], 'x', norms[2], norms[3]] })),
      'line 10: gradientNorm[1]: a number is expected; found "x".',
    );
    assert.equal(found(JSON.stringify({ ...step, loss: undefined })), 'line 10: loss: a number is expected; found nothing.');
    assert.equal(
      found(JSON.stringify({ ...step, weightNorm: norms.slice(1) })),
      'line 10: weightNorm: a list of 4, one of each layer, is expected; found a list of 3.',
    );
    assert.equal(found(JSON.stringify({ ...step, step: 1.5 })), 'line 10: step: a whole number is expected; found 1.5.');
    assert.match(found('{"type":"stop"}'), /^line 10: "start", "step", .* is expected as "type"; found "stop"\.$/);
    assert.match(found('{"type":"step",'), /^line 10: JSON is expected; /);
  });

  it('is of one run: what follows a second start is left out', () => {
    const { lastStep, faults } = read([...lines.slice(0, 30), ...lines].join('\n') + '\n');
    assert.equal(faults.length, 1);
    assert.match(faults[0].text, /^line 31: a second run begins here\. A record is of one run: what follows is left out/);
    assert.ok(lastStep < 30);
  });

  it('may break off, as a crash leaves it, at any byte', () => {
    const text = textOf(events);
    fc.assert(
      fc.property(fc.integer({ min: lines[0].length, max: text.length - lines.at(-1)!.length - 3 }), (length) => {
        const { faultCount, brokenOff, lastStep, snapshot } = read(text.slice(0, length));
        assert.deepEqual([faultCount, brokenOff], [0, true]);
        assert.ok(lastStep <= 60);
        assert.match(snapshot.problem ?? '', /^The record stops( in the middle of line \d+)? after step \d+ of 60, without an end/);
      }),
      { numRuns: 40 },
    );
  });

  it('need not end with a new line, and may have been through Windows', () => {
    assert.equal(read(lines.join('\n')).brokenOff, false);
    const windows = read(lines.join('\r\n') + '\r\n');
    assert.deepEqual([windows.faultCount, windows.brokenOff, windows.lastStep], [0, false, 60]);
  });

  it('says what later versions add, by leaving it out', () => {
    const more = changed(10, lines[9].replace('{"type":"step"', '{"type":"step","new":[1]'));
    assert.deepEqual(read(more).faults, []);
  });

  it('is none where it does not begin with a start', () => {
    const refused = (text: string, message: RegExp): void =>
      assert.throws(
        () => read(text),
        (error) => error instanceof RecordError && message.test(error.message),
      );
    refused(
      lines.slice(1).join('\n'),
      /^run\.jsonl is not a run record\. Its first line should be the run’s start.*it is the event "evaluation": the beginning is missing/,
    );
    refused(lines[0].slice(0, 50), /it breaks off.*\(line 1\)/);
    refused('\u0000\u0001PNG\n', /is not a run record.*JSON is expected/);
    refused('{"a":1}\n', /found nothing/);
    refused('', /empty/);
    const start = events[0] as StartEvent;
    refused(
      JSON.stringify({ ...start, layers: new Array(2001).fill(start.layers[0]) }) + '\n',
      /layers: a list of at most 2000 is expected; found 2001/,
    );
    refused(JSON.stringify({ ...start, spec: { ...start.spec, problem: 3 } }) + '\n', /spec\.problem: an object.* is expected; found 3/);
    refused(JSON.stringify({ ...start, title: 'x'.repeat(3000) }) + '\n', /title: a text of at most 2000 characters is expected/);
  });

  it('does no harm, whatever is in it', () => {
    const anything = fc.oneof(
      fc.json(),
      fc.string(),
      fc.uint8Array().map((bytes) => String.fromCharCode(...bytes)),
      fc.constant('['.repeat(20_000)),
      fc.constant(`{"type":"step","step":${'['.repeat(5000)}${']'.repeat(5000)}}`),
    );
    const scramble = fc.record({ line: fc.nat(), field: fc.nat(), value: fc.jsonValue() });
    const damaged = scramble.map(({ line, field, value }) => {
      const event = JSON.parse(lines[line % lines.length]) as Record<string, unknown>;
      const names = Object.keys(event);
      event[names[field % names.length]] = value;
      return JSON.stringify(event);
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(anything, damaged), { maxLength: 20 }), fc.boolean(), (bad, begun) => {
        try {
          const { snapshot, faultCount } = read([...(begun ? lines.slice(0, 5) : []), ...bad].join('\n'));
          assert.ok(faultCount >= 0 && structuredClone(snapshot));
        } catch (error) {
          assert.ok(error instanceof RecordError, String(error));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('of very many steps is thinned as a run under way is', () => {
    const [start, , step] = [events[0] as StartEvent, null, steps(events)[0]];
    const reading = new RecordReading(start);
    for (let k = 1; k <= 100_000; k++) reading.take({ ...step, step: k });
    const { snapshot } = reading.finish('id', new RecordEvents('run.jsonl'));
    const rows = decodeFrame(snapshot.steps!);
    assert.ok(rows.rows > 1024 && rows.rows <= 2048);
    assert.deepEqual([rows.data[0], rows.data[(rows.rows - 1) * rows.width]], [1, 100_000]);
  });
});
