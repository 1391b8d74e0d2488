/** The runs on disk: they survive restarts and crashes, stay within their budget, and the one under way is never touched. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { toLine } from '../../../src/engine/run/line';
import type { RecordEvent } from '../../../src/engine/run/record';
import { parseAbout, type About } from '../../../src/host/library/about';
import { makingWay } from '../../../src/host/library/budget';
import { Catalogue } from '../../../src/host/library/catalogue';
import { shortName } from '../../../src/host/library/name';
import { ago, describeRun, size } from '../../../src/host/library/runText';
import { end, evaluations, ofNetwork, record, steps } from '../run/runs';

const textOf = (events: readonly RecordEvent[]): string => events.map((event) => `${toLine(event)}\n`).join('');

const about = (run: string, other: Partial<About> = {}): About => ({
  version: 1,
  run,
  name: null,
  title: 'Adam',
  details: 'lr 0.001 · β₁ 0.9 · β₂ 0.999 · 2-8-2 tanh',
  folder: '/data',
  origin: null,
  began: 1000,
  written: 2000,
  outcome: 'completed',
  message: null,
  step: 10,
  steps: 10,
  loss: 0.5,
  lowest: { step: 5, loss: 0.25, heldOut: true },
  process: null,
  ...other,
});

describe('the catalogue of runs', () => {
  let folder: string;
  let events: RecordEvent[];
  let changes: number;
  const around = { count: 100, bytes: 2 ** 30, live: null as string | null, spared: [] as string[], alive: new Set<number>() };
  const open = (): Catalogue =>
    new Catalogue(folder, {
      budget: () => around,
      live: () => around.live,
      spared: () => around.spared,
      isAlive: (process) => around.alive.has(process),
      changed: () => changes++,
    });
  const at = (name: string): string => join(folder, name);
  const keep = async (catalogue: Catalogue, run: string, other: Partial<About> = {}): Promise<void> => {
    writeFileSync(await catalogue.fileFor(run), textOf(events));
    await catalogue.note(about(run, other));
  };
  const runs = (catalogue: Catalogue): string[] => catalogue.entries.map(({ run }) => run);

  before(async () => {
    events = await record(ofNetwork({ steps: 20 }));
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'optimizer-debugger-runs-'));
    changes = 0;
    Object.assign(around, { count: 100, bytes: 2 ** 30, live: null, spared: [], alive: new Set() });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('has after a restart what it had before, the newest first', async () => {
    const before = open();
    await keep(before, 'a', { began: 1 });
    await keep(before, 'b', { began: 3, origin: { uri: 'file:///x.py', constructorName: 'Adam', ordinal: 1 } });
    await keep(before, 'c', { began: 2 });
    await before.rename('c', '  The good one ');
    const after = open();
    await after.refresh();
    assert.deepEqual(after.entries, before.entries);
    assert.deepEqual(runs(after), ['b', 'c', 'a']);
    assert.equal(after.entry('c')?.name, 'The good one');
    assert.ok(changes > 0);
    assert.ok(
      readdirSync(folder).every((name) => /^[abc]\.(jsonl|about\.json)$/.test(name)),
      readdirSync(folder).join(),
    );
  });

  it('keeps a name, whatever is taken down of the run later, until it is taken away', async () => {
    const catalogue = open();
    await keep(catalogue, 'a');
    await catalogue.rename('a', 'mine');
    await catalogue.note(about('a', { step: 11 }));
    assert.deepEqual([catalogue.entry('a')?.name, catalogue.entry('a')?.step], ['mine', 11]);
    await catalogue.rename('a', '');
    assert.equal(catalogue.entry('a')?.name, null);
    await assert.rejects(catalogue.rename('x', 'y'), /no longer there/);
  });

  it('lists a record that has nothing beside it, from its own lines', async () => {
    writeFileSync(at('old.jsonl'), textOf(events));
    const catalogue = open();
    await catalogue.refresh();
    const found = catalogue.entry('old');
    const start = events[0];
    assert.ok(found && start.type === 'start');
    assert.deepEqual(
      [found.title, found.details, found.outcome, found.step, found.steps],
      [start.title, start.details, 'completed', 20, 20],
    );
    assert.equal(found.loss, steps(events).at(-1)?.loss);
    assert.equal(found.lowest?.loss, evaluations(events).at(-1)?.heldOutLoss);
    assert.ok(existsSync(at('old.about.json')), 'the next time it is read from there');
  });

  it('knows a run whose program ended without a word, and one that ended after its last word', async () => {
    const before = open();
    await keep(before, 'crashed', { outcome: 'under way', process: 4711, folder: '/there', step: 3 });
    await keep(before, 'ended', { outcome: 'under way', process: 4711 });
    writeFileSync(at('crashed.jsonl'), textOf(events.slice(0, -2)));
    appendFileSync(at('crashed.jsonl'), '{"type":"st');
    const after = open();
    const told = await after.refresh();
    const { outcome, folder: there, step } = after.entry('crashed')!;
    assert.deepEqual([outcome, there, step], ['cut off', '/there', steps(events.slice(0, -2)).at(-1)?.step]);
    assert.equal(after.entry('ended')?.outcome, end(events).reason);
    assert.deepEqual(told, [after.entry('crashed')], 'it is told once');
    assert.deepEqual([...(await after.refresh()), ...(await open().refresh())], []);
  });

  it('lists what is no record, with what is wrong with it, and what is damaged beside a record is made anew', async () => {
    writeFileSync(at('bad.jsonl'), 'no record\n');
    writeFileSync(at('good.jsonl'), textOf(events));
    writeFileSync(at('good.about.json'), '{"version":1,"run":"good","title":17');
    writeFileSync(at('empty.jsonl'), '');
    const catalogue = open();
    await catalogue.refresh();
    assert.deepEqual(runs(catalogue).sort(), ['bad', 'good']);
    assert.match(catalogue.entry('bad')?.message ?? '', /bad\.jsonl is not a run record/);
    assert.equal(catalogue.entry('good')?.outcome, 'completed');
    await catalogue.remove(['bad']);
    assert.ok(!existsSync(at('bad.jsonl')));
  });

  it('makes room: the oldest go first, those with a name last, and never one that is under way, here or in another window, shown or pinned', async () => {
    const catalogue = open();
    around.count = 1000;
    for (let k = 0; k < 8; k++) await keep(catalogue, `run${k}`, { began: k });
    await catalogue.rename('run1', 'kept');
    await catalogue.note(about('run2', { began: 2, outcome: 'under way', process: 4711 }));
    around.alive.add(4711);
    around.live = 'run0';
    around.spared = ['run3'];
    around.count = 5;
    await catalogue.makeWay();
    assert.deepEqual(runs(catalogue).sort(), ['run0', 'run1', 'run2', 'run3', 'run7']);
    around.count = 1;
    await catalogue.makeWay();
    assert.deepEqual(runs(catalogue).sort(), ['run0', 'run2', 'run3']);
    await assert.rejects(catalogue.remove(['run3', 'run0']), /Adam is under way\. Stop it/);
    await catalogue.remove(['run3']);
    assert.deepEqual(readdirSync(folder).sort(), ['deleted', 'run0.about.json', 'run0.jsonl', 'run2.about.json', 'run2.jsonl']);
  });

  it('brings back what was deleted, with its name and every byte, also after a restart and in another window', async () => {
    const catalogue = open();
    for (const [k, run] of ['a', 'b', 'c'].entries()) await keep(catalogue, run, { began: k, message: null });
    await catalogue.rename('b', 'mine');
    const [all, bytes] = [catalogue.entries, readFileSync(at('b.jsonl'))];
    await catalogue.remove(['a', 'b', 'gone before']);
    assert.deepEqual(runs(catalogue), ['c']);
    assert.ok(!existsSync(at('b.jsonl')) && !existsSync(at('b.about.json')));
    const later = open();
    await later.refresh();
    assert.deepEqual(runs(later), ['c'], 'they are not in the list');
    assert.deepEqual((await later.deleted()).map(({ about: { run } }) => run).sort(), ['a', 'b']);
    await later.bringBack(['a', 'b']);
    assert.deepEqual(later.entries, all);
    assert.deepEqual(readFileSync(at('b.jsonl')), bytes);
    assert.deepEqual(await later.deleted(), []);
    await assert.rejects(catalogue.bringBack(['b']), /no longer there: its room was needed, or it was brought back before/);
    await catalogue.refresh();
    assert.deepEqual(catalogue.entries, all);
  });

  it('a run with a damaged record, or none any more, is deleted and brought back like any other', async () => {
    writeFileSync(at('bad.jsonl'), 'no record\n');
    const catalogue = open();
    await catalogue.refresh();
    await keep(catalogue, 'lost');
    rmSync(at('lost.jsonl'));
    await catalogue.remove(['bad', 'lost']);
    assert.deepEqual(runs(catalogue), []);
    assert.deepEqual(
      (await catalogue.deleted()).map(({ about: { run } }) => run),
      ['bad'],
    );
    await catalogue.bringBack(['bad']);
    assert.match(catalogue.entry('bad')?.message ?? '', /bad\.jsonl is not a run record/);
  });

  it('deleted runs take only the room that the budget leaves, go before any other, the first deleted first, and after a month', async () => {
    const catalogue = open();
    for (let k = 0; k < 4; k++) await keep(catalogue, `run${k}`, { began: k });
    const { bytes } = catalogue.entry('run0')!;
    const inTrash = async (): Promise<string[]> => (await catalogue.deleted()).map(({ about: { run } }) => run);
    for (const [seconds, run] of ['run3', 'run2', 'run1'].entries()) {
      await catalogue.remove([run]);
      utimesSync(at(`deleted/${run}.about.json`), 1e9, Date.now() / 1000 - 100 + seconds);
    }
    around.bytes = 3.5 * bytes;
    await catalogue.makeWay();
    assert.deepEqual([runs(catalogue), await inTrash()], [['run0'], ['run1', 'run2']]);
    await keep(catalogue, 'run4', { began: 4 });
    await catalogue.makeWay();
    assert.deepEqual([runs(catalogue), await inTrash()], [['run4', 'run0'], ['run1']]);
    // brought back it counts again: another makes way where there are too many, not the one that was asked for
    around.count = 2;
    await catalogue.bringBack(['run1']);
    assert.deepEqual([runs(catalogue), await inTrash()], [['run4', 'run1'], []]);
    await catalogue.remove(['run1']);
    utimesSync(at('deleted/run1.about.json'), 1e9, Date.now() / 1000 - 31 * 24 * 3600);
    await catalogue.makeWay();
    assert.deepEqual(readdirSync(at('deleted')), []);
  });

  it('makes room before a run that begins, so that there are not more than are kept', async () => {
    const catalogue = open();
    around.count = 2;
    for (let k = 0; k < 5; k++) {
      await keep(catalogue, `run${k}`, { began: k });
      await catalogue.settled();
      assert.ok(runs(catalogue).length <= 2);
    }
    assert.deepEqual(runs(catalogue), ['run4', 'run3']);
  });

  it('clears away what a crash has left, once nobody can be writing it any more', async () => {
    const old = Date.now() / 1000 - 7200;
    for (const name of ['gone.about.json', 'x.about.json.1234.partial', 'young.about.json.1.partial']) {
      writeFileSync(at(name), '{}');
      if (!name.startsWith('young')) utimesSync(at(name), old, old);
    }
    await open().refresh();
    assert.deepEqual(readdirSync(folder), ['young.about.json.1.partial']);
  });

  it('lists hundreds of runs without reading a record, a few at a time', async function () {
    this.timeout(20_000);
    for (let k = 0; k < 400; k++) {
      writeFileSync(at(`${k}.jsonl`), 'x'); // no record: it would be told if it were looked at
      writeFileSync(at(`${k}.about.json`), JSON.stringify(about(String(k), { began: k })));
    }
    const catalogue = open();
    let turns = 0;
    const turning = setInterval(() => turns++, 0);
    await catalogue.refresh();
    clearInterval(turning);
    assert.equal(catalogue.entries.length, 400);
    assert.ok(catalogue.entries.every(({ message }) => message === null));
    assert.ok(turns > 10, `others had ${turns} turns meanwhile`);
  });

  it('takes no file beside a record at its word', () => {
    const good = about('a');
    assert.deepEqual(parseAbout(JSON.stringify(good), 'a'), good);
    assert.equal(parseAbout(JSON.stringify(good), 'b'), null);
    const field = fc.constantFrom(...(Object.keys(good) as (keyof About)[]));
    fc.assert(
      fc.property(field, fc.jsonValue(), (name, value) => {
        const read = parseAbout(JSON.stringify({ ...good, [name]: value }), 'a');
        if (read) assert.ok(describeRun(read, 1, 3000).label !== undefined);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => assert.equal(parseAbout(text, 'a'), null)));
  });
});

describe('the budget of records', () => {
  const run = fc.record({ name: fc.option(fc.string()), began: fc.nat(1000), bytes: fc.nat(1000) });
  it('holds where it can, and what goes is older or has no name where what stays has', () => {
    fc.assert(
      fc.property(fc.array(run, { maxLength: 20 }), fc.nat(20), fc.nat(10_000), fc.array(fc.nat(19)), (list, count, bytes, spare) => {
        const all = list.map((kept, i) => ({ ...kept, run: String(i) }));
        const spared = new Set(spare.map(String));
        const going = new Set(makingWay(all, { count, bytes }, spared));
        const [gone, stay] = [all.filter((it) => going.has(it.run)), all.filter((it) => !going.has(it.run))];
        assert.ok(gone.every((it) => !spared.has(it.run)));
        const room = stay.reduce((sum, it) => sum + it.bytes, 0);
        const within = stay.length <= count && room <= bytes;
        assert.ok(within || stay.every((it) => spared.has(it.run)));
        for (const kept of stay.filter((it) => !spared.has(it.run)))
          for (const it of gone)
            assert.ok((it.name === null && kept.name !== null) || ((it.name === null) === (kept.name === null) && it.began <= kept.began));
      }),
    );
  });
});

describe('a run in the list', () => {
  it('is told by its name, what came of it, how far it came and when', () => {
    const { label, description, told } = describeRun(about('a', { written: 0 }), 3 * 2 ** 20, 300_000);
    assert.equal(label, 'Adam · lr 0.001 · β₁ 0.9');
    assert.equal(description, '0.25 held out · 10 steps · 5 min ago');
    assert.ok(told.includes('Lowest held-out loss 0.25 at step 5'));
    assert.match(told.at(-1) ?? '', /record 3\.0 MiB$/);
    const stopped = describeRun(about('a', { name: 'mine', outcome: 'stopped', step: 1234, steps: 5000, lowest: null, written: 0 }), 10, 0);
    assert.deepEqual([stopped.label, stopped.description], ['mine', 'loss 0.5 · 1,234 of 5,000 steps · just now']);
    assert.equal(shortName('SGD', ''), 'SGD');
  });
  it('in round times and sizes', () => {
    assert.deepEqual([0, 59_999, 60_000, 3_600_000, 90_000_000].map(ago), ['just now', 'just now', '1 min ago', '1 h ago', '1 d ago']);
    assert.deepEqual([0, 1, 1025, 2 ** 20, 1.5 * 2 ** 20].map(size), ['0 KiB', '1 KiB', '2 KiB', '1.0 MiB', '1.5 MiB']);
  });
});
