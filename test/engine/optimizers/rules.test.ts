/** The built-in rules themselves: worked examples with every digit checkable by hand, rates, stability limits, the forms that torch lacks. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { referenceBackend } from '../../../src/engine/backends/reference';
import { checkSettings, type Rule } from '../../../src/engine/language/index';
import { findRule, rules } from '../../../src/engine/optimizers/index';
import { functionModel } from '../../../src/engine/problems/function';
import { wrappers } from '../../../src/engine/wrappers';
import { plainModel } from '../language/models';
import { plainProblem, problems, rowsOf } from './problems';

const ruleOf = (name: string): Rule => findRule(name) ?? assert.fail(`no rule ${name}`);
const rows = new Uint32Array(1);
const seed = 0;

/** Positions of a function after each step. */
function descend(text: string, start: Record<string, number>, name: string, given: Record<string, unknown>, steps: number): number[][] {
  const rule = ruleOf(name);
  const settings = checkSettings(rule, given);
  const model = functionModel(text, start);
  const updater = referenceBackend.updater(rule, settings, model, seed);
  return Array.from({ length: steps }, (_, k) => {
    const loss = model.gradient(rows);
    updater.step(k + 1, Number(settings.lr), 'rates', { rows, loss });
    return [...model.weights[0]];
  });
}

describe('worked examples', () => {
  const examples: readonly (readonly [text: string, start: Record<string, number>, lr: number, expected: number[][]])[] = [
    ['x^2', { x: 70 }, 0.1, [[56], [44.8], [35.84], [28.672]]],
    [
      'x^2 + y^2',
      { x: 6, y: 9 },
      0.1,
      [
        [4.8, 7.2],
        [3.84, 5.76],
        [3.072, 4.608],
        [2.4576, 3.6864],
      ],
    ],
    ['9*x^2', { x: 70 }, 0.1, [[-56], [44.8], [-35.84], [28.672]]],
  ];
  for (const [text, start, lr, expected] of examples)
    it(`${text} from ${JSON.stringify(start)} with SGD, lr ${lr}`, () =>
      descend(text, start, 'sgd', { lr }, expected.length).forEach((position, k) =>
        position.forEach((x, i) => assert.ok(Math.abs(x - expected[k][i]) <= 1e-12, `step ${k + 1}: ${x}, expected ${expected[k][i]}`)),
      ));

  it('x^2 from 99 with SGD, lr 1.1 diverges, being past the stability limit', () => {
    const sizes = descend('x^2', { x: 99 }, 'sgd', { lr: 1.1 }, 50).map(([x]) => Math.abs(x));
    sizes.forEach((size, k) => assert.ok(Math.abs(size / (k === 0 ? 99 : sizes[k - 1]) - 1.2) < 1e-12));
    assert.ok(
      (referenceBackend.updater(ruleOf('sgd'), checkSettings(ruleOf('sgd'), {}), plainModel([1]), seed).stabilityLimit(1, 1.1) ?? 0) < 2,
    );
  });

  it('an exponentially weighted average, seeded with its first value, is momentum with dampening 1 − rho', () => {
    // SGD's buffer with momentum 0.5 and dampening 0.5 is the average of the gradients seen.
    const series = [3, 8, 6, 5, 1, 7, 9, 0, 8, 4];
    const sgd = ruleOf('sgd');
    const model = plainModel([1]);
    const updater = referenceBackend.updater(sgd, checkSettings(sgd, { momentum: 0.5, dampening: 0.5 }), model, seed);
    const averages = series.map((value, k) => {
      model.gradients[0][0] = value;
      updater.step(k + 1, 1, 'nothing', { rows, loss: value });
      return updater.state.b[0][0];
    });
    const expected = [3.0, 5.5, 5.8, 5.4, 3.2, 5.1, 7.0, 3.5, 5.8, 4.9];
    averages.forEach((average, k) => assert.ok(Math.abs(average - expected[k]) <= 0.05 + 1e-12, `${average}, expected ${expected[k]}`));
  });
});

describe('the stability limit of a rule', () => {
  const rateOf = (name: string, given: Record<string, unknown>): number => {
    const rule = ruleOf(name);
    const settings = checkSettings(rule, given);
    return referenceBackend.updater(rule, settings, plainModel([1]), seed).stabilityLimit(10, Number(settings.lr)) ?? NaN;
  };

  it('is the published one', () => {
    assert.equal(rateOf('sgd', { lr: 0.1 }), 20);
    assert.ok(Math.abs(rateOf('sgd', { lr: 0.1, momentum: 0.9 }) - 38) < 1e-12);
    assert.ok(Math.abs(rateOf('sgd', { lr: 0.1, momentum: 0.9, nesterov: true }) - 3.8 / 0.28) < 1e-12);
    assert.ok(Math.abs(rateOf('adam', { lr: 1 }) - 38) < 1e-12);
    assert.ok(Math.abs(rateOf('adamw', { lr: 0.5 }) - 76) < 1e-12);
    assert.equal(rateOf('adagrad', { lr: 0.5 }), 4);
    assert.equal(rateOf('rmsprop', { lr: 0.5, momentum: 0.5 }), 6);
  });

  const forms: readonly Record<string, unknown>[] = [
    { lr: 0.1 },
    { lr: 0.1, weightDecay: 3 },
    { lr: 0.1, momentum: 0.9 },
    { lr: 0.1, momentum: 0.9, dampening: 0.6 },
    { lr: 0.1, dampening: 0.6 },
    { lr: 0.1, momentum: 0.9, nesterov: true },
    { lr: 0.1, momentum: 0.6, nesterov: true, weightDecay: 1 },
  ];
  for (const given of forms)
    it(`separates converging from diverging: sgd ${JSON.stringify(given)}`, () => {
      const limit = rateOf('sgd', given);
      const last = (sharpness: number): number => Math.abs(descend(`${sharpness}*x^2/2`, { x: 1 }, 'sgd', given, 2000)[1999][0]);
      assert.ok(last(limit * 0.99) < 1e-2, `below: ${last(limit * 0.99)}`);
      assert.ok(last(limit * 1.01) > 1e2, `above: ${last(limit * 1.01)}`);
    });
});

describe('the forms that texts write and torch does not', () => {
  it('Adam without bias correction begins with small averages', () => {
    const first = (biasCorrection: string): number => 1 - descend('x', { x: 1 }, 'adam', { lr: 1, eps: 0, biasCorrection }, 1)[0][0];
    assert.ok(Math.abs(first('both') - 1) < 1e-12);
    assert.ok(Math.abs(first('first') - 1 / Math.sqrt(0.001)) < 1e-10);
    assert.ok(Math.abs(first('none') - 0.1 / Math.sqrt(0.001)) < 1e-10);
  });

  it('eps under the root', () => {
    assert.ok(Math.abs(1 - descend('x', { x: 1 }, 'adagrad', { lr: 1, eps: 3, epsInside: true }, 1)[0][0] - 1 / 2) < 1e-15);
    assert.ok(Math.abs(1 - descend('x', { x: 1 }, 'rmsprop', { lr: 1, eps: 3, beta: 0, epsInside: true }, 1)[0][0] - 1 / 2) < 1e-15);
  });

  it('AdamW’s paper form decays by the schedule alone', () => {
    const adamw = ruleOf('adamw');
    const decayed = (decayForm: string, lr: number): number => {
      const model = plainModel([1]);
      model.weights[0][0] = 1;
      const settings = checkSettings(adamw, { lr: 0.5, weightDecay: 0.2, decayForm });
      referenceBackend.updater(adamw, settings, model, seed).step(1, lr, 'nothing', { rows, loss: 1 });
      return model.weights[0][0];
    };
    assert.ok(Math.abs(decayed('paper', 0.5) - 0.8) < 1e-15);
    assert.ok(Math.abs(decayed('paper', 0.25) - 0.9) < 1e-15);
    assert.ok(Math.abs(decayed('torch', 0.5) - 0.9) < 1e-15);
    assert.ok(Math.abs(decayed('torch', 0.25) - 0.95) < 1e-15);
  });

  it('coupled and decoupled decay agree for SGD and differ for Adam', () => {
    const [coupled] = descend('3*x', { x: 1 }, 'sgd', { lr: 0.1, weightDecay: 0.5 }, 1)[0];
    assert.ok(Math.abs(coupled - ((1 - 0.1 * 0.5) * 1 - 0.1 * 3)) < 1e-15);
    const [adam] = descend('3*x', { x: 1 }, 'adam', { lr: 0.1, weightDecay: 0.5 }, 1)[0];
    const [adamw] = descend('3*x', { x: 1 }, 'adamw', { lr: 0.1, weightDecay: 0.5 }, 1)[0];
    assert.ok(Math.abs(adam - adamw) > 0.04);
  });
});

describe('every built-in rule', () => {
  it('is a file of the folder, named as the rule', () => {
    const files = readdirSync('src/engine/optimizers').filter((file) => /^(?!index\.).*\.(optim|ts)$/.test(file));
    assert.deepEqual(
      rules()
        .map(({ file }) => file)
        .sort(),
      files.sort(),
    );
    for (const { name, file } of rules()) assert.ok(file === `${name}.optim` || file === `${name}.ts`);
  });

  const known = new Set([...rules(), ...wrappers()].map(({ name }) => name));
  for (const rule of [...rules(), ...wrappers()])
    it(`${rule.title} says what it is, when to use it, what is near it, where it comes from, and what each hyperparameter means`, () => {
      assert.ok(rule.summary.length > 60 && rule.use.length > 40 && rule.source.length > 20);
      assert.ok(rule.relatives.length > 0);
      for (const name of rule.relatives) assert.ok(known.has(name) && name !== rule.name, `there is no ${name}`);
      for (const { doc, symbol } of rule.hyperparameters) assert.ok(doc.length > 10 && symbol.length > 0);
    });

  it('has a learning rate first, and is found by its name', () => {
    for (const rule of rules()) {
      assert.equal(rule.hyperparameters[0].name, 'lr');
      assert.equal(findRule(rule.name), rule);
    }
  });

  for (const rule of rules())
    it(`${rule.title} gives every weight a positive rate`, () => {
      const { network } = problems;
      const model = plainProblem(network, Float64Array);
      model.weights.forEach((w, layer) => w.set(network.start[layer]));
      const updater = referenceBackend.updater(rule, checkSettings(rule, {}), model, seed);
      for (let t = 1; t <= 3; t++) updater.step(t, 0.001, 'rates', { rows: rowsOf(t), loss: model.gradient(rowsOf(t)) });
      for (const layer of model.layers.keys()) {
        const rate = updater.rate(layer);
        for (const each of typeof rate === 'number' ? [rate] : rate) assert.ok(each > 0 && Number.isFinite(each), String(each));
      }
    });

  it('is found by its name only', () => {
    assert.equal(findRule('Adam'), undefined);
    assert.equal(findRule(undefined), undefined);
    assert.equal(findRule('constructor'), undefined);
  });
});
