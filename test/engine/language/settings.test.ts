/** What somebody gives an optimizer becomes complete settings, or an error that names the field. */
import assert from 'node:assert/strict';
import { checkSettings, type Rule } from '../../../src/engine/language/index';
import { findRule } from '../../../src/engine/optimizers/index';
import { SpecificationError } from '../../../src/engine/run/specification';

const rule = (name: string): Rule => findRule(name) ?? assert.fail(`no rule ${name}`);

describe('settings of an optimizer', () => {
  it('are PyTorch’s defaults where nothing is given, lr first', () => {
    assert.deepEqual(Object.entries(checkSettings(rule('sgd'), { name: 'sgd' })), [
      ['lr', 0.001],
      ['momentum', 0],
      ['dampening', 0],
      ['nesterov', false],
      ['weightDecay', 0],
    ]);
    assert.deepEqual(checkSettings(rule('adagrad'), {}), {
      lr: 0.01,
      lrDecay: 0,
      weightDecay: 0,
      initialAccumulator: 0,
      eps: 1e-10,
      epsInside: false,
    });
    assert.deepEqual(checkSettings(rule('rmsprop'), {}), {
      lr: 0.01,
      beta: 0.99,
      eps: 1e-8,
      weightDecay: 0,
      momentum: 0,
      centered: false,
      epsInside: false,
      lrInside: false,
      nesterov: false,
      initialAccumulator: 0,
      biasCorrection: false,
    });
    assert.deepEqual(checkSettings(rule('adam'), {}), {
      lr: 0.001,
      beta1: 0.9,
      beta2: 0.999,
      eps: 1e-8,
      weightDecay: 0,
      biasCorrection: 'both',
      epsRoot: 0,
      nesterov: false,
      amsgrad: false,
    });
    assert.equal(checkSettings(rule('adamw'), {}).weightDecay, 0.01);
  });

  it('may be called by their other names', () => {
    assert.equal(checkSettings(rule('adam'), { weight_decay: 0.1 }).weightDecay, 0.1);
    assert.equal(checkSettings(rule('adam'), { b1: 0.5, epsilon: 1 }).beta1, 0.5);
    assert.equal(checkSettings(rule('rmsprop'), { alpha: 0.5 }).beta, 0.5);
    assert.equal(checkSettings(rule('rmsprop'), { rho: 0.5 }).beta, 0.5);
    assert.equal(checkSettings(rule('sgd'), { mu: 0.5 }).momentum, 0.5);
  });

  const faults: readonly (readonly [name: string, given: Record<string, unknown>, path: string, problem: RegExp])[] = [
    ['adam', { lr: -1 }, 'optimizer.lr', /found -1; a number in \(0, inf\) is expected/],
    ['adam', { lr: NaN }, 'optimizer.lr', /found NaN; a number in \(0, inf\) is expected/],
    ['adam', { lr: '0.1' }, 'optimizer.lr', /found "0.1"; a number in \(0, inf\)/],
    ['adam', { lr: null }, 'optimizer.lr', /found null; a value such as 0.001 is expected/],
    ['adam', { beta1: 1 }, 'optimizer.beta1', /found 1; a number in \[0, 1\) is expected \(how long/],
    ['adam', { beta3: 1 }, 'optimizer.beta3', /adam has no such hyperparameter\. Did you mean `beta1`\? It has lr, beta1/],
    ['adam', { wieghtDecay: 1 }, 'optimizer.wieghtDecay', /Did you mean `weightDecay`\?/],
    ['adam', { momentum: 1 }, 'optimizer.momentum', /no such hyperparameter\. It has/],
    ['adam', { weightDecay: 0, decay: 0 }, 'optimizer.decay', /same hyperparameter as optimizer\.weightDecay/],
    ['adam', { biasCorrection: 'frist' }, 'optimizer.biasCorrection', /found "frist"; one of "both", "first", "none" is expected/],
    ['sgd', { nesterov: 1 }, 'optimizer.nesterov', /found 1; true or false is expected/],
    ['sgd', { nesterov: true }, 'optimizer', /Nesterov's form needs momentum above 0 and dampening 0/],
    ['sgd', { nesterov: true, momentum: 0.9, dampening: 0.1 }, 'optimizer', /Nesterov's form/],
    ['adam', { ['__proto__x']: 1 }, 'optimizer.__proto__x', /no such hyperparameter/],
  ];
  for (const [name, given, path, problem] of faults)
    it(`${name} ${JSON.stringify(given)} is refused`, () =>
      assert.throws(
        () => checkSettings(rule(name), given),
        (error) => error instanceof SpecificationError && error.path === path && problem.test(error.message),
      ));

  it('are checked one by one through the rule’s hyperparameters', () => {
    const beta1 = rule('adam').hyperparameters.find(({ name }) => name === 'beta1') ?? assert.fail();
    assert.equal(beta1.check(0.5), null);
    assert.equal(beta1.check(1), 'a number in [0, 1)');
    assert.deepEqual([beta1.domain, beta1.symbol, beta1.default, beta1.aliases], ['[0, 1)', 'β₁', 0.9, ['b1', 'beta_1']]);
  });
});
