/** The command line as a person runs it: `scripts/cli.mjs` in a process of its own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Ajv from 'ajv';
import { replaced } from '../../../src/node/commandLine/replace';
import { ofFunction, ofNetwork } from '../run/runs';

interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

const script = resolve('scripts/cli.mjs');

describe('the command line', function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'optimizer-debugger-cli-'));
    const write = (name: string, content: unknown): Promise<void> =>
      writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    await write('x.json', ofFunction('x^2', { x: 70 }, { steps: 4 }));
    await write('network.json', ofNetwork({ steps: 30, measure: { curvatureEvery: 20 } }));
    await write('broken.json', '{ "problem": ');
    await write('comments.json', `// the start\n${JSON.stringify(ofFunction('x^2', { x: 1 }, { steps: 1 }))}`);
    await write('missing.json', { ...ofNetwork(), problem: { ...ofNetwork().problem, data: { csv: { file: 'none.csv', label: 'y' } } } });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Runs it in the test's folder. @param meanwhile gets the process, to do something to it */
  const run = (args: readonly string[], meanwhile?: (child: ReturnType<typeof spawn>) => void): Promise<Finished> =>
    new Promise((done, fail) => {
      const child = spawn(process.execPath, [script, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
      let [out, error] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
      child.on('error', fail);
      child.on('close', (code) => done({ code, out, error }));
      meanwhile?.(child);
    });
  const events = ({ out }: Finished): { type: string; [field: string]: unknown }[] =>
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });

  it('prints the record, valid against its schema, and the same bytes again but for the seconds', async () => {
    const [first, second] = [await run(['train', 'network.json']), await run(['train', 'network.json'])];
    assert.deepEqual([first.code, first.error], [0, '']);
    const timeless = (text: string): string => text.replace(/"seconds":.*/, '');
    assert.equal(timeless(first.out), timeless(second.out));
    const schema = async (name: string): Promise<object> => JSON.parse(await readFile(join('schemas', name), 'utf8')) as object;
    const valid = new Ajv({ strict: false })
      .addSchema(await schema('run.schema.json'), 'run.schema.json')
      .compile(await schema('record.schema.json'));
    for (const event of events(first)) assert.ok(valid(event), `${event.type}: ${JSON.stringify(valid.errors)}`);
    assert.deepEqual(new Set(events(first).map(({ type }) => type)), new Set(['start', 'evaluation', 'step', 'curvature', 'end']));
  });

  it('trains a record’s own specification to the same record', async () => {
    const first = await run(['train', 'network.json']);
    await writeFile(join(folder, 'again.json'), JSON.stringify(events(first)[0].spec));
    const again = await run(['train', 'again.json']);
    assert.deepEqual(events(again).slice(0, -1), events(first).slice(0, -1));
  });

  it('replaces values by --set, and ends with 1 where the run diverges', async () => {
    const { code, out, error } = await run(['train', 'x.json', '--set', 'optimizer.lr=1.1', '--set', 'steps=1000']);
    assert.equal(code, 1);
    assert.match(out.trimEnd().split('\n').at(-1) ?? '', /"reason":"diverged"/);
    assert.match(error, /The value rose from 4900/);
  });

  it('writes the final weights, and goes on from them', async () => {
    await run(['train', 'network.json', '--weights-out', 'weights.json']);
    const weights = JSON.parse(await readFile(join(folder, 'weights.json'), 'utf8')) as { weight: number[][]; bias: number[] }[];
    assert.deepEqual(weights.map(({ weight, bias }) => [weight.length, weight[0].length, bias.length]), [[8, 2, 8], [2, 8, 2]]); // prettier-ignore
    const first = events(await run(['train', 'network.json']));
    const next = events(await run(['train', 'network.json', '--set', 'initialWeights=weights.json']));
    const loss = (record: typeof first, at: number): unknown => record.filter(({ type }) => type === 'evaluation').at(at)?.trainLoss;
    assert.equal(loss(next, 0), loss(first, -1));
    await run(['train', 'x.json', '--weights-out', 'place.json']);
    assert.ok(Math.abs((JSON.parse(await readFile(join(folder, 'place.json'), 'utf8')) as { x: number }).x - 28.672) < 1e-12);
  });

  it('ends with 2 and names the place for whatever is wrong with a specification', async () => {
    const wrong: [string[], RegExp][] = [
      [['train', 'broken.json'], /broken\.json:1:14/],
      [['train', 'none.json'], /none\.json/],
      [['train', 'missing.json'], /none\.csv/],
      [['train', 'x.json', '--set', 'optimizer.lr=-1'], /optimizer\.lr: found -1/],
      [['train', 'x.json', '--set', 'optimizer.nmae=sgd'], /nmae/],
      [['train', 'x.json', '--set', 'problem.function=x^'], /\S/],
      [['train', 'x.json', '--set', 'steps.a=1'], /a would be inside 4/],
      [['train', 'x.json', '--set', 'steps'], /PATH=VALUE is expected/],
      [['train', 'x.json', '--weights-out', 'no/such/folder/w.json'], /the folder .* is missing/],
      [['train', 'x.json', '--fast'], /Unknown option '--fast'.* Known here: --set, --weights-out/],
      [['train'], /takes one specification/],
      [['walk'], /no command walk/],
    ];
    for (const [args, message] of wrong) {
      const { code, out, error } = await run(args);
      assert.deepEqual([code, out], [2, ''], args.join(' '));
      assert.match(error, message);
    }
  });

  it('reads a specification with comments', async () => {
    assert.equal((await run(['train', 'comments.json'])).code, 0);
  });

  it('says what it can do', async () => {
    const { code, out } = await run(['--help']);
    assert.equal(code, 0);
    assert.match(out, /--set optimizer\.lr=0\.1/);
    assert.equal((await run([])).code, 2);
  });

  it('finishes the record on Ctrl-C', async () => {
    const finished = await run(['train', 'x.json', '--set', 'steps=10000000', '--set', 'optimizer.lr=1e-9'], (child) =>
      child.stdout?.once('data', () => child.kill('SIGINT')),
    );
    assert.equal(finished.code, 130);
    assert.match(finished.out.trimEnd().split('\n').at(-1) ?? '', /"reason":"stopped"/);
  });

  it('ends quietly when its reader goes', async () => {
    const finished = await run(['train', 'x.json', '--set', 'steps=10000000', '--set', 'optimizer.lr=1e-9'], (child) =>
      child.stdout?.once('data', () => child.stdout?.destroy()),
    );
    assert.deepEqual([finished.code, finished.error], [0, '']);
  });

  it('lists optimizers, wrappers and schedules, for a person and as JSON', async () => {
    interface Entry {
      name: string;
      aliases?: string[];
      hyperparameters: { name: string; default: unknown; ofRun?: true; aliases: string[] }[];
    }
    const { optimizers, wrappers, schedules } = JSON.parse((await run(['optimizers', '--json'])).out) as Record<string, Entry[]>;
    const named = (entries: Entry[], name: string): Entry => entries.find((entry) => entry.name === name) ?? assert.fail(name);
    assert.deepEqual(named(optimizers, 'adam').hyperparameters.slice(0, 4).map(({ name }) => name), ['lr', 'beta1', 'beta2', 'eps']); // prettier-ignore
    assert.deepEqual(named(wrappers, 'clipGlobalNorm').hyperparameters[0].name, 'maxNorm');
    for (const name of ['constant', 'linear', 'stepDecay', 'milestones', 'exponential', 'inverseTime', 'polynomial', 'cosine', 'warmRestarts', 'oneCycle', 'cyclic', 'warmupStableDecay', 'inverseSquareRoot', 'reduceOnPlateau']) named(schedules, name); // prettier-ignore
    const [steps, lrMin] = named(schedules, 'cosine').hyperparameters;
    assert.deepEqual([steps.name, steps.default, steps.ofRun, lrMin.default], ['steps', null, true, 0]);
    assert(named(schedules, 'cosine').aliases?.includes('CosineAnnealingLR'));
    const { out } = await run(['optimizers']);
    assert.match(out, /Kingma & Ba 2015[^]*beta1 +0\.9[^]*WRAPPERS[^]*maxNorm[^]*SCHEDULES[^]*cosine[^]*steps +of the run[^]*at +required/);
  });

  it('takes wrappers and a rule in a file, and replaces their settings', async () => {
    await writeFile(join(folder, 'half.optim'), 'optimizer half "Half"\nparameter lr = 0.1 in (0, inf)\nrate = lr/2\nw = w - rate*g\n');
    const wrapped = JSON.stringify([{ name: 'clipGlobalNorm', maxNorm: 1, eps: 0 }]);
    const set = (...values: string[]): string[] => ['train', 'x.json', ...values.flatMap((value) => ['--set', value])];
    const x = async (...values: string[]): Promise<unknown> => {
      const told = events(await run(set('steps=1', ...values)));
      return (told.find(({ type }) => type === 'step')?.position as { x: number }).x;
    };
    // x² from 70 has the slope 140.
    assert.equal(await x('optimizer={"file":"half.optim"}'), 70 - 0.05 * 140);
    assert.equal(await x('optimizer={"file":"half.optim"}', 'optimizer.lr=0.2'), 70 - 0.1 * 140);
    assert.equal(await x(`wrappers=${wrapped}`), 70 - 0.1);
    assert.equal(await x(`wrappers=${wrapped}`, 'wrappers.0.maxNorm=30'), 70 - 0.1 * 30);
    const { code, out, error } = await run(set('optimizer={"file":"half.optim"}', 'optimizer.lt=1'));
    assert.deepEqual([code, out], [2, '']);
    assert.match(error, /optimizer\.lt: half has no such hyperparameter\. Did you mean `lr`\?/);
  });
});

describe('--set', () => {
  it('replaces one value and leaves the rest', () => {
    const given = { optimizer: { lr: 1, name: 'adam' }, layers: [{ dense: 3 }, { dense: 2 }] };
    assert.deepEqual(replaced(given, 'layers.1.dense=5'), { ...given, layers: [{ dense: 3 }, { dense: 5 }] });
    assert.deepEqual(replaced(given, 'measure.every=10'), { ...given, measure: { every: 10 } });
    assert.deepEqual(replaced(given, 'function=a=b'), { ...given, function: 'a=b' });
    assert.deepEqual(replaced(given, 'x={"y":[1]}'), { ...given, x: { y: [1] } });
    assert.equal(given.layers[1].dense, 2);
    assert.throws(() => replaced(given, 'layers.2.dense=5'), /2 is no entry of the list; it has 2/);
    assert.throws(() => replaced(given, '=5'), /PATH=VALUE/);
  });

  it('takes `__proto__` as a name like any other', () => {
    const made = replaced({}, '__proto__.lr=1') as object;
    assert.equal(Object.getPrototypeOf(made), Object.prototype);
    assert.ok(Object.hasOwn(made, '__proto__'));
  });
});
