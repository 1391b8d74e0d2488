/** Rules of the user's own by file, and wrappers round a rule: what a specification may say of them, what runs, and what the record keeps. */
import assert from 'node:assert/strict';
import { findRule } from '../../../src/engine/optimizers';
import { FileError, type Files } from '../../../src/engine/problems/files';
import { prepare } from '../../../src/engine/run/prepare';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { Trainer } from '../../../src/engine/run/trainer';
import { findWrapper } from '../../../src/engine/wrappers';
import { refusedBy } from './preparing';
import { ofFunction, ofNetwork, steps, timeless, toEnd } from './runs';

const textOf = (rule: { kind: string; text?: string } | undefined): string => rule?.text ?? assert.fail('the rule is a text');
const adam = textOf(findRule('adam'));
const texts: Readonly<Record<string, string>> = {
  'my.optim': adam,
  'halved.optim': 'wrapper halved "Halved"\nparameter share = 0.5 in (0, 1]\ng = share*g\ninner\n',
  'broken.optim': 'optimizer broken "Broken"\nparameter lr = 0.1 in (0, inf)\nw = w - lr*gradeint\n',
  'needy.optim': 'optimizer needy "Needy"\nparameter lr = 0.1 in (0, inf)\nrate = lr\nw = w - lr*solve(errorMoment + identity(rows), g)\n',
  'strict.optim':
    'optimizer strict "Strict"\nparameter lr = 0.1 in (0, inf)\nparameter a = 0 in [0, 1]\nparameter b = 0 in [0, 1]\nrequire a + b <= 1 "a and b together are at most 1."\nw = w - lr*g\n',
  'empty.optim': '',
  'long.optim': `# ${'x'.repeat(1_000_000)}\n${adam}`,
};
const asked: [string, number][] = [];
const files: Files = {
  size: (path) => Promise.resolve((texts[path] ?? '').length),
  read: (path) => Promise.reject(new FileError(`${path} is not data.`)),
  text(path, limit) {
    asked.push([path, limit]);
    return path in texts ? Promise.resolve(texts[path]) : Promise.reject(new FileError(`there is no file ${path}.`));
  },
};

const parabola = (other: Partial<RunSpecification> = {}): RunSpecification =>
  ofFunction('x^2 + y^2', { x: 6, y: 8 }, { steps: 5, ...other });
const trainer = async (spec: RunSpecification): Promise<Trainer> => new Trainer(await prepare(spec, files));
const events = async (spec: RunSpecification): Promise<ReturnType<Trainer['begin']>> => {
  const run = await trainer(spec);
  return [...run.begin(), ...toEnd(run)];
};
const refused = refusedBy(files);

describe('a rule of one’s own', () => {
  it('runs as the same text does in the library, step by step', async () => {
    const settings = { lr: 0.01, beta1: 0.8 };
    const own = await events(ofNetwork({ optimizer: { file: 'my.optim', ...settings }, steps: 20 }));
    const known = await events(ofNetwork({ optimizer: { name: 'adam', ...settings }, steps: 20 }));
    assert.deepEqual(timeless(own).slice(1), timeless(known).slice(1));
  });

  it('stands in the record by its file, its hyperparameters complete, and by its text', async () => {
    const { start } = await trainer(
      parabola({ optimizer: { file: 'my.optim', learning_rate: 0.01 }, wrappers: [{ file: 'halved.optim' }] }),
    );
    assert.deepEqual([start.spec.optimizer.file, start.spec.optimizer.lr, start.spec.optimizer.beta2], ['my.optim', 0.01, 0.999]);
    assert(!('name' in start.spec.optimizer));
    assert.deepEqual(start.spec.wrappers, [{ file: 'halved.optim', share: 0.5 }]);
    assert.equal(start.rule, adam);
    assert.deepEqual(start.wrapperRules, [texts['halved.optim']]);
    assert.equal(start.title, 'Adam, halved');
  });

  it('says what is wrong with it by file, line and column', async () => {
    const of = (file: string, more: object = {}): RunSpecification => parabola({ optimizer: { file, ...more } });
    const wrong: [RunSpecification, string, RegExp][] = [
      [of('broken.optim'), 'optimizer.file', /broken\.optim:3:12: There is no `gradeint`/],
      [of('empty.optim'), 'optimizer.file', /empty\.optim:1:1: The text is empty/],
      [of('long.optim'), 'optimizer.file', /long\.optim:1:1: The text has 1,00\d,\d+ characters; at most 1,000,000/],
      [of('none.optim'), 'optimizer.file', /there is no file none\.optim/],
      [of('halved.optim'), 'optimizer.file', /the rule `halved` in halved\.optim is a wrapper.*list it under `wrappers`/],
      [of('my.optim', { lr: -1 }), 'optimizer.lr', /found -1/],
      [of('my.optim', { bta1: 0.9 }), 'optimizer.bta1', /Did you mean `beta1`\?/],
      [of('strict.optim', { a: 0.7, b: 0.7 }), 'optimizer', /a and b together are at most 1\./],
      [
        parabola({ wrappers: [{ file: 'my.optim' }] }),
        'wrappers[0].file',
        /the rule `adam` in my\.optim is an optimizer; give it as `optimizer`/,
      ],
      [parabola({ wrappers: [{ name: 'clipNorm' }, { file: 'none.optim' }] }), 'wrappers[1].file', /there is no file/],
      [parabola({ wrappers: [{ file: 'halved.optim', share: 2 }] }), 'wrappers[0].share', /found 2; .*\(0, 1\]/],
    ];
    for (const [spec, path, message] of wrong) await refused(spec, path, message);
  });

  it('is asked for with a bound on its bytes', async () => {
    asked.length = 0;
    await prepare(parabola({ optimizer: { file: 'my.optim' } }), files);
    assert.deepEqual(asked, [['my.optim', 4_000_000]]);
  });

  it('is read before any data', () =>
    refused(
      ofNetwork({
        optimizer: { file: 'broken.optim' },
        problem: { network: { layers: [{ dense: 2 }] }, data: { csv: { file: 'none.csv', label: 'a' } } },
      }),
      'optimizer.file',
      /broken\.optim:3/,
    ));
});

describe('wrappers', () => {
  it('clip the gradient before the rule sees it', async () => {
    // The gradient at (6, 8) is (12, 16), of norm 20; clipped to norm 5 it is (3, 4).
    const clip = { name: 'clipGlobalNorm', maxNorm: 5, eps: 0 };
    const [first] = steps(await events(parabola({ wrappers: [clip] })));
    assert.deepEqual(first.position, { x: 6 - 0.1 * 3, y: 8 - 0.1 * 4 });
    assert.equal(first.gradientNorm[0], 20);
  });

  it('stand round one another, the first outermost', async () => {
    const clip = { name: 'clipGlobalNorm', maxNorm: 5, eps: 0 };
    const half = { file: 'halved.optim' };
    const x = async (wrappers: RunSpecification['wrappers']): Promise<number> =>
      steps(await events(parabola({ wrappers })))[0].position?.x ?? NaN;
    // Clipped and then halved (1.5), or halved to norm 10 and then clipped (3).
    assert.equal(await x([clip, half]), 6 - 0.1 * 1.5);
    assert.equal(await x([half, clip]), 6 - 0.1 * 3);
  });

  it('keep what they remember in a checkpoint', async () => {
    const spec = ofNetwork({ wrappers: [{ name: 'lookahead' }], steps: 40 });
    const whole = await events(spec);
    const first = await trainer(spec);
    const before = first.begin();
    while (first.step < 23) before.push(...first.advance());
    const second = new Trainer(await prepare(spec, files), { checkpoint: first.checkpoint() });
    assert.deepEqual(timeless([...before, ...toEnd(second)]), timeless(whole));
  });

  it('stand in the complete specification with every hyperparameter', async () => {
    const { spec } = await prepare(parabola({ wrappers: [{ name: 'sam', rho: 0.1 }] }), files);
    const sam = findWrapper('sam');
    assert.deepEqual(spec.wrappers, [
      { name: 'sam', ...Object.fromEntries(sam?.hyperparameters.map((each) => [each.name, each.default]) ?? []), rho: 0.1 },
    ]);
  });

  it('go round texts only', () =>
    refused(parabola({ optimizer: { name: 'lbfgs' }, wrappers: [{ name: 'clipNorm' }] }), 'wrappers', /nothing can be put round it/));
});

describe('what a rule needs', () => {
  it('K-FAC and its like need a network', async () => {
    await refused(parabola({ optimizer: { name: 'kfac' } }), 'optimizer.name', /K-FAC needs a network/);
    await refused(
      parabola({ optimizer: { file: 'needy.optim' } }),
      'optimizer.file',
      /Needy needs a network: it uses moments of the layers/,
    );
    assert.equal((await prepare(ofNetwork({ optimizer: { file: 'needy.optim' } }), files)).title, 'Needy');
  });
});
