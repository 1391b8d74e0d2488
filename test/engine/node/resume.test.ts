/** Checkpoints on the command line, as a person uses them: stop, go on, go back, and what is said where that cannot be. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { CheckpointError, decodeCheckpoint } from '../../../src/engine/run/checkpoint';
import { chooseCheckpoint, nameOfStep, readCheckpoint, stepsIn, writeCheckpoint } from '../../../src/node/checkpointFile';
import { Output } from '../../../src/node/commandLine/output';
import { train } from '../../../src/node/commandLine/train';
import { UsageError } from '../../../src/node/commandLine/usage';
import { ofFunction, ofNetwork, trainer } from '../run/runs';

interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

const home = process.cwd();
const script = resolve('scripts/cli.mjs');

/** A record but for the time it took. */
const timeless = (text: string): string => text.replace(/"seconds":.*/g, '');

describe('checkpoints on the command line', function () {
  this.timeout(60_000);
  let folder: string;
  const at = (...names: string[]): string => join(folder, ...names);
  const csv = (rows: number): string =>
    ['a,b,kind', ...Array.from({ length: rows }, (_, i) => `${(i * 7) % 11},${(i * 5) % 13},${i % 2 === 0 ? 'x' : 'y'}`)].join('\n');

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'optimizer-debugger-resume-'));
    process.chdir(folder); // a command line's paths are relative to where the person is
    await mkdir(at('sub'));
    const dropout = {
      network: { layers: [{ dense: 6, activation: 'tanh' }, { dense: 2 }], loss: 'crossEntropy' },
      data: { csv: { file: 'data.csv', label: 'kind' } },
    };
    await writeFile(at('sub', 'data.csv'), csv(60));
    await writeFile(
      at('rule.optim'),
      'optimizer own "Own"\nparameter lr = 0.1 in (0, inf)\nstate m\nm = 0.5*m + g\nrate = lr\nw = w - lr*m\n',
    );
    const plateau = { name: 'reduceOnPlateau', patience: 0, decay: 0.8, threshold: 0.5 };
    const measure = { curvatureEvery: 20, evaluateEvery: 5 };
    await writeFile(at('a.json'), JSON.stringify(ofNetwork({ steps: 90, schedule: plateau, measure })));
    await writeFile(at('sub', 'b.json'), JSON.stringify(ofNetwork({ problem: dropout, optimizer: { file: '../rule.optim' }, steps: 40 })));
    await writeFile(at('x.json'), JSON.stringify(ofFunction('x^2', { x: 99 }, { optimizer: { name: 'sgd', lr: 1.1 }, steps: 100 })));
  });
  after(() => {
    process.chdir(home);
    return rm(folder, { recursive: true, force: true });
  });

  /** `train` in this process. */
  const run = async (args: string): Promise<Finished> => {
    const [stream, told]: [PassThrough, string[]] = [new PassThrough(), []];
    let out = '';
    stream.setEncoding('utf8').on('data', (text: string) => (out += text));
    try {
      const code = await train(args.split(' '), new Output(stream), (text) => told.push(text));
      return { code, out, error: told.join('\n') };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return { code: 2, out, error: error.message }; // as `cli.ts` does
    }
  };
  const succeeds = async (args: string): Promise<string> => {
    const { code, out, error } = await run(args);
    assert.deepEqual([code, error], [0, ''], args);
    return out;
  };
  const refused = async (args: string, message: RegExp): Promise<void> => {
    const { code, out, error } = await run(args);
    assert.deepEqual([code, out], [2, ''], `${args}\n${error}`);
    assert.match(error, message);
  };
  /** What a checkpoint holds but for the time that the run took. */
  const content = async (name: string): Promise<unknown> => {
    const { header, tensors } = (await readCheckpoint(at(name))).checkpoint;
    return { ...header, milliseconds: 0, tensors };
  };

  it('the two parts of a run put together are the whole run, byte for byte, and so are its weights', async () => {
    const whole = await succeeds('a.json --weights-out whole.json --checkpoint-out whole.ckpt');
    for (const step of [0, 37, 89, 90]) {
      const first = await succeeds(`a.json --to-step ${step} --checkpoint-out part.ckpt`);
      const second = await succeeds('--resume-from part.ckpt --weights-out again.json --checkpoint-out again.ckpt');
      if (step < 90) assert.equal(timeless(first + second), timeless(whole), `at step ${step}`);
      else
        assert.deepEqual([timeless(first), second.split('"')[3]], [timeless(whole), 'end'], 'a run that is over tells its end once more');
      assert.deepEqual(await readFile(at('again.json')), await readFile(at('whole.json')));
      assert.deepEqual(await content('again.ckpt'), await content('whole.ckpt'));
    }
  });

  it('goes on with its data and its rule from wherever the checkpoint lies, and beside its specification', async () => {
    const whole = await succeeds('sub/b.json');
    const first = await succeeds('sub/b.json --to-step 21 --checkpoint-out b.ckpt');
    assert.equal(timeless(first + (await succeeds('--resume-from b.ckpt'))), timeless(whole));
    assert.equal(timeless(first + (await succeeds('--resume-from b.ckpt sub/b.json'))), timeless(whole));
  });

  it('names what has changed since: a field of the specification, the rule, the data', async () => {
    await succeeds('sub/b.json --to-step 5 --checkpoint-out changed.ckpt');
    await refused(
      '--resume-from changed.ckpt sub/b.json --set optimizer.lr=0.5 --set seed=2',
      /optimizer\.lr is 0\.5 here and 0\.1 in the checkpoint; seed is 2 here and 1 in the checkpoint\. Start the run anew/,
    );
    const rule = await readFile(at('rule.optim'), 'utf8');
    await writeFile(at('rule.optim'), rule.replace('0.5*m', '0.6*m'));
    await refused('--resume-from changed.ckpt sub/b.json', /another text of \.\.\/rule\.optim/);
    await succeeds('--resume-from changed.ckpt'); // it has the text itself
    await writeFile(at('rule.optim'), rule);
    const data = await readFile(at('sub', 'data.csv'), 'utf8');
    await writeFile(at('sub', 'data.csv'), data.replace('7,5,', '7,6,'));
    await refused(
      '--resume-from changed.ckpt',
      /The data have changed since this checkpoint: they were \d+ bytes, checksum [0-9a-f]{8}, and are/,
    );
    await rename(at('sub', 'data.csv'), at('sub', 'other.csv'));
    await refused('--resume-from changed.ckpt', /there is no file .*data\.csv/);
    await writeFile(at('sub', 'data.csv'), data);
  });

  it('goes back: from the beginning, or from a folder’s nearest checkpoint before the step', async () => {
    const whole = await succeeds('a.json --checkpoints all --checkpoint-every 20');
    assert.deepEqual(await stepsIn(at('all')), [0, 20, 40, 60, 80, 90]);
    await succeeds('a.json --to-step 57 --weights-out 57.json --checkpoint-out 57.ckpt');
    const { code, out, error } = await run(
      `--resume-from all/${nameOfStep(80)} --to-step 57 --weights-out back.json --checkpoint-out back.ckpt`,
    );
    assert.equal(code, 0);
    assert.match(error, /step-000000080\.ckpt stands at step 80, behind step 57: the run begins anew and comes there again\./);
    assert.ok(whole.startsWith(out) && out.includes('"step":57,') && !out.includes('"step":58,'));
    assert.deepEqual(await content('back.ckpt'), await content('57.ckpt'));
    const nearest = await succeeds('--resume-from all --to-step 57 --weights-out near.json --checkpoint-out near.ckpt');
    assert.match(nearest.split('\n')[0], /"step":41,/);
    assert.ok(whole.includes(nearest));
    assert.deepEqual(await content('near.ckpt'), await content('57.ckpt'));
    for (const name of ['back.json', 'near.json']) assert.deepEqual(await readFile(at(name)), await readFile(at('57.json')));
  });

  it('changes hyperparameters on its way, and goes on from checkpoints of such a run, or back in it, byte for byte', async () => {
    const changes = '--change 30:lr=0.002 --change 60:beta1=0.5 --change 60:lr=0.02';
    const whole = await succeeds(`a.json ${changes} --checkpoints changed --checkpoint-every 20 --weights-out changed.json`);
    assert.match(whole, /"type":"settings","step":30,"changed":{"lr":0\.002}/);
    assert.match(whole, /"type":"settings","step":60,"changed":{"lr":0\.02,"beta1":0\.5}/);
    const stepsOf = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('{"type":"step"'));
    const plain = stepsOf(await succeeds('a.json'));
    assert.deepEqual(stepsOf(whole).slice(0, 30), plain.slice(0, 30), 'nothing is other before it');
    assert.notEqual(stepsOf(whole)[30], plain[30]);
    for (const step of [30, 45, 60]) {
      const first = await succeeds(`a.json ${changes} --to-step ${step} --checkpoint-out part.ckpt`);
      const second = await succeeds(`--resume-from part.ckpt ${changes} --weights-out again.json`); // those that it has are not made again
      assert.equal(timeless(first + second), timeless(whole), `at step ${step}`);
      assert.deepEqual(await readFile(at('again.json')), await readFile(at('changed.json')));
      if (step >= 60)
        assert.equal(timeless(await succeeds('--resume-from part.ckpt a.json')), timeless(second), 'the checkpoint knows of all');
    }
    // anew from the beginning, with what the checkpoint says was changed up to there
    const { out, error } = await run(`--resume-from changed/${nameOfStep(80)} --to-step 45 --checkpoint-out back.ckpt`);
    assert.match(error, /the run begins anew/);
    assert.equal(out, await succeeds(`a.json ${changes} --to-step 45 --checkpoint-out 45.ckpt`));
    assert.deepEqual(await content('back.ckpt'), await content('45.ckpt'));
    await refused('a.json --change 30:lr=-1', /optimizer\.lr: found -1/);
    await refused('a.json --change 30:learnrate=1', /has no such hyperparameter\..* It has lr/);
    await refused('a.json --change 90:lr=1', /the run has 90 steps; none follows that one/);
    await refused('a.json --change lr=1', /STEP:NAME=VALUE is expected/);
    await refused(`--resume-from changed/${nameOfStep(80)} --change 40:lr=1`, /the run goes on from step 80, which is later/);
  });

  it('goes back to the beginning only with the weights that it began with', async () => {
    await succeeds('a.json --weights-out start.json');
    await succeeds('a.json --set initialWeights=start.json --to-step 30 --checkpoint-out started.ckpt');
    await succeeds('a.json --set seed=5 --weights-out start.json');
    await succeeds('--resume-from started.ckpt --to-step 40');
    await refused('--resume-from started.ckpt --to-step 10', /The weights in start\.json have changed since this checkpoint/);
  });

  it('thins a folder to its budget, refuses to mix runs in one, and goes on in it', async () => {
    await succeeds('a.json --checkpoints kept --checkpoint-every 7 --to-step 50');
    assert.deepEqual(await stepsIn(at('kept')), [0, 7, 14, 21, 28, 35, 42, 49, 50]);
    await refused('a.json --checkpoints kept', /kept has checkpoints already, perhaps of another run/);
    await succeeds('--resume-from kept --checkpoints kept');
    assert.deepEqual(await stepsIn(at('kept')), [0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 90]);
    assert.equal((await readdir(at('kept'))).length, 14, 'nothing half written is left');
    await succeeds('a.json --checkpoints few'); // twenty parts
    assert.equal((await stepsIn(at('few'))).length, 19);
  });

  it('keeps what is needed to go on when it is stopped', async () => {
    const start = (args: string): ChildProcess =>
      spawn(process.execPath, [script, 'train', ...args.split(' ')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const long = 'a.json --set steps=100000 --set measure.every=1000';
    const child = start(`${long} --checkpoint-out stopped.ckpt --checkpoint-every 500`);
    let out = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stdout?.once('data', () => child.kill('SIGINT'));
    assert.deepEqual(await once(child, 'close'), [130, null]);
    const { step } = (await readCheckpoint(at('stopped.ckpt'))).checkpoint.header;
    assert.ok(out.includes(`"reason":"stopped","step":${step},`));
    // in processes of their own, too: the arithmetic that they choose need not be this one's
    for (const args of [`${long} --checkpoint-out whole.ckpt`, '--resume-from stopped.ckpt --checkpoint-out again.ckpt']) {
      const other = start(`${args} --to-step ${step + 20}`);
      other.stdout?.resume();
      assert.deepEqual(await once(other, 'close'), [0, null]);
    }
    assert.deepEqual(await content('again.ckpt'), await content('whole.ckpt'));
  });

  it('of a run that diverged tells its end again', async () => {
    const first = await run('x.json --checkpoint-out x.ckpt');
    const second = await run('--resume-from x.ckpt');
    assert.deepEqual([first.code, second.code], [1, 1]);
    assert.match(second.error, /the run diverged/);
    assert.equal(timeless(second.out), timeless(first.out.trimEnd().split('\n').at(-1) ?? '') + '\n');
    assert.equal((await run('--resume-from x.ckpt --to-step 30')).code, 0);
  });

  it('ends with 2 for whatever is no checkpoint, and for what makes no sense', async () => {
    await writeFile(at('text.ckpt'), 'this is a text and no checkpoint at all');
    await succeeds('a.json --to-step 3 --checkpoint-out good.ckpt');
    const good = await readFile(at('good.ckpt'));
    await writeFile(at('short.ckpt'), good.subarray(0, good.length - 100));
    await writeFile(
      at('bad.ckpt'),
      good.map((byte, i) => (i === good.length - 9 ? byte ^ 4 : byte)),
    );
    await writeFile(
      at('newer.ckpt'),
      good.map((byte, i) => (i === 4 ? 99 : byte)),
    );
    await mkdir(at('empty'));
    for (const [args, message] of [
      ['--resume-from none.ckpt', /There is no file none\.ckpt\./],
      ['--resume-from text.ckpt', /text\.ckpt: This is no checkpoint: it begins with/],
      ['--resume-from short.ckpt', /short\.ckpt: This checkpoint is cut short: [\d,]+ of [\d,]+ bytes/],
      ['--resume-from bad.ckpt', /bad\.ckpt: This checkpoint is damaged/],
      ['--resume-from newer.ckpt', /newer\.ckpt: This checkpoint has format 99.*newer/],
      ['--resume-from empty', /The folder empty has no checkpoints/],
      [
        '--resume-from good.ckpt x.json',
        /belongs to a run with another specification: problem\.function is "x\^2" here and not given in the checkpoint/,
      ],
      ['--resume-from good.ckpt --to-step 91', /--to-step 91: the run has 90 steps/],
      ['a.json --to-step 1.5', /--to-step 1\.5: a whole number, at least 0/],
      ['a.json --checkpoint-every 5', /--checkpoint-every needs --checkpoints FOLDER or --checkpoint-out FILE/],
      ['a.json --checkpoint-out no/such/folder.ckpt', /--checkpoint-out: the folder .* is missing/],
      ['a.json --checkpoints a.json/folder', /--checkpoints: the folder .* cannot be made/],
    ] as const)
      await refused(args, message);
  });
});

describe('a checkpoint’s file', () => {
  let folder: string;
  let good: ArrayBuffer;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'optimizer-debugger-checkpoint-'));
    const run = await trainer(ofNetwork());
    run.begin();
    run.advance();
    good = run.checkpoint();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is the bytes again, and replaced as a whole or not at all', async () => {
    const file = join(folder, 'a.ckpt');
    await writeFile(file, 'before');
    await writeCheckpoint(file, good);
    assert.deepEqual((await readCheckpoint(file)).bytes, good);
    await mkdir(join(folder, 'taken', 'inside'), { recursive: true });
    await assert.rejects(writeCheckpoint(join(folder, 'taken'), good), /taken cannot be written/);
    assert.deepEqual((await readdir(folder)).sort(), ['a.ckpt', 'taken']);
  });

  it('is found in a folder by the step', async () => {
    for (const step of [0, 70, 500]) await writeFile(join(folder, nameOfStep(step)), '');
    await writeFile(join(folder, 'step-7.ckpt'), '');
    assert.deepEqual(await stepsIn(folder), [0, 70, 500]);
    const chosen = async (upTo?: number): Promise<string> => (await chooseCheckpoint(folder, upTo)).slice(folder.length + 1);
    assert.deepEqual([await chosen(), await chosen(499), await chosen(69)], [500, 70, 0].map(nameOfStep));
  });

  it('with any byte changed, lost or added is refused, and nothing else happens', () => {
    fc.assert(
      fc.property(
        fc.nat(good.byteLength - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.constantFrom('change', 'cut', 'add'),
        (place, by, how) => {
          const bytes = Array.from(new Uint8Array(good));
          if (how === 'change') bytes[place] ^= by;
          else if (how === 'cut') bytes.splice(place, by);
          else bytes.splice(place, 0, by);
          assert.throws(() => decodeCheckpoint(Uint8Array.from(bytes).buffer), CheckpointError);
        },
      ),
      { numRuns: 500 },
    );
  });
});
