/**
 * From the user's code to a specification. What must hold: the framework's defaults and not ours, nothing unknown unasked, and every
 * choice of "Train with…" makes a specification that the engine accepts.
 */
import assert from 'node:assert/strict';
import { findRule, rules } from '../../../src/engine/optimizers';
import { checkSpecification } from '../../../src/engine/run/check';
import { hyperparameterHover, optimizerHover } from '../../../src/host/hoverTexts';
import { chooseCall, chooseRule, describeChoice, parseValue, referenceOf, resolveReference } from '../../../src/host/optimizerChoice';
import { functionChoices, generatorChoices, refusal, specify } from '../../../src/host/problemChoice';
import { parseStart } from '../../../src/host/startText';
import { readPython } from '../../../src/source/python';
import { defaultsOf } from '../../../src/source/frameworks/definition';
import { torch } from '../../../src/source/frameworks/torch';
import type { Measured } from '../../../src/host/measurements';
import type { OptimizerChoice } from '../../../src/host/optimizerChoice';
import type { OptimizerCall } from '../../../src/source/reading';

const uri = 'file:///train.py';
const callsOf = (source: string): readonly OptimizerCall[] => readPython(`import torch\nfrom torch import optim\n${source}`).optimizers;
function choose(source: string): OptimizerChoice {
  const [call] = callsOf(source);
  const choice = chooseCall(call, referenceOf(uri, [call], call));
  assert.ok(choice);
  return choice;
}

describe('the settings of a call', () => {
  it('every hyperparameter of ours that PyTorch has a default for takes that default', () => {
    for (const [name, constructor] of Object.entries(torch.constructors)) {
      const rule = findRule(constructor.rule ?? undefined);
      assert.ok(rule, name);
      const { settings, questions } = choose(`optim.${name}(p)`);
      const standard = defaultsOf(constructor);
      for (const hyperparameter of rule.hyperparameters)
        assert.equal(
          settings[hyperparameter.name],
          standard[hyperparameter.name] ?? hyperparameter.default,
          `${rule.name}.${hyperparameter.name}`,
        );
      assert.deepEqual(questions, []);
    }
  });
  it('known values are taken over', () => {
    const { settings, rule } = choose('optim.RMSprop(p, 0.5, alpha=0.9, momentum=True, centered=1)');
    assert.equal(rule.name, 'rmsprop');
    assert.deepEqual([settings.lr, settings.beta, settings.momentum, settings.centered], [0.5, 0.9, 1, true]);
  });
  it('unknown values are asked for, with what is likely offered', () => {
    const { questions } = choose('def f(p, lr=0.3):\n    optim.SGD(p, lr=lr, momentum=args.m)');
    assert.deepEqual(
      questions.map(({ hyperparameter, source, suggestion }) => [hyperparameter.name, source, suggestion]),
      [
        ['lr', 'lr', 0.3],
        ['momentum', 'args.m', 0],
      ],
    );
  });
  it('values that the rule does not allow are asked for', () => {
    assert.deepEqual(
      choose('optim.Adam(p, lr=-1, eps=None)').questions.map(({ hyperparameter, source }) => [hyperparameter.name, source]),
      [
        ['lr', '-1'],
        ['eps', 'None'],
      ],
    );
  });
  it('what is spread into the call may set anything: all that is not written out is asked for', () => {
    assert.deepEqual(
      choose('optim.Adam(p, lr=0.1, **options)').questions.map(({ hyperparameter }) => hyperparameter.name),
      ['beta1', 'beta2', 'eps', 'weightDecay', 'amsgrad'],
    );
  });
  it('settings that a rule here does not have are told, unless they are off', () => {
    assert.match(choose('optim.Adam(p, maximize=True)').notes.join(), /maximize/);
    assert.deepEqual(choose('optim.Adam(p, maximize=False, foreach=True)').notes, []);
  });
  it('an optimizer without a rule is no choice', () => {
    const [call] = callsOf('optim.Adadelta(p)');
    assert.equal(chooseCall({ ...call, rule: null }, referenceOf(uri, [call], call)), null);
  });
  it('a reference finds its call again after lines have moved', () => {
    const before = callsOf('optim.Adam(a)\noptim.SGD(b)\noptim.Adam(c, lr=0.5)');
    const reference = referenceOf(uri, before, before[2]);
    const after = callsOf('\n\n# more\nx = 1\noptim.Adam(a)\noptim.Adam(c, lr=0.5)');
    assert.equal(resolveReference(after, reference), after[1]);
  });
  it('is described in one line', () => {
    assert.equal(describeChoice(choose('optim.Adam(p, lr=LR, betas=(0.8, 0.99))')), 'lr LR · β₁ 0.8 · β₂ 0.99');
  });
  it('typed values are checked', () => {
    const [lr] = rules()[0].hyperparameters;
    assert.deepEqual(parseValue(' 3e-4 ', lr), { value: 3e-4 });
    for (const wrong of ['', 'fast', '-1', 'NaN']) assert.ok('fault' in parseValue(wrong, lr), wrong);
  });
});

describe('every combination that "Train with…" offers is a valid specification', () => {
  for (const rule of rules())
    it(rule.title, () => {
      for (const problem of generatorChoices()) {
        const suited = problem.networks.filter((network) => refusal(chooseRule(rule), problem, network) === null);
        assert.ok(suited.length > 0, problem.title);
        for (const network of suited) checkSpecification(specify(chooseRule(rule), problem, network));
      }
      for (const problem of functionChoices) checkSpecification(specify(chooseRule(rule), problem, null));
    });
});

describe('starts as typed', () => {
  it('x=-1, y=2e-1', () => assert.deepEqual(parseStart('x=-1, y = 2e-1', ['x', 'y']), { x: -1, y: 0.2 }));
  for (const wrong of ['', 'x=1', 'x=1, z=2', 'x=a, y=1', 'x=1=2, y=1', 'x=Infinity, y=1'])
    it(`“${wrong}” is refused with a sentence`, () => assert.equal(typeof parseStart(wrong, ['x', 'y']), 'string'));
});

describe('hovers', () => {
  const link = (text: string, command: string, argument?: unknown): string => `[${text}](${command} ${JSON.stringify(argument)})`;
  const measured: Measured = {
    step: 1234,
    loss: 0.25,
    lr: 0.5,
    settings: { lr: 0.5 },
    curvature: {
      type: 'curvature',
      step: 1200,
      lambdaMax: 6,
      lambdaMin: -1,
      residualMax: 0,
      residualMin: 0,
      trace: 1,
      traceError: 0,
      negativeFraction: 0.1,
      preconditionedSharpness: 7,
      stabilityLimit: 38,
      gradientNorm: 1,
      verdict: 'saddle',
      reason: '',
      probeSamples: 10,
      products: 20,
    },
    layers: [{ name: 'dense1.weight', gradientNorm: 0.125, rate05: 0.001, rate50: 0.01, rate95: 0.1 }],
    losses: [4, 2, 1],
  };
  const call = callsOf('optim.Adam(p, lr=0.5, betas=(0.8, 0.99))')[0];
  const reference = referenceOf(uri, [call], call);

  it('lr: meaning, value against the default, the rule with the symbol marked, lr·λmax of the last run, links', () => {
    const text = hyperparameterHover(call, [call.arguments[0]], reference, measured, link);
    for (const piece of [
      '**lr** α',
      'learning rate',
      '**0.5** here',
      'PyTorch’s default 0.001',
      '**α**',
      'lr·λmax **3**',
      'step 1,234',
      'Train with this',
      'Open the gradient inspector',
      'arxiv.org/abs/1412.6980',
      'data:image/svg+xml;base64,',
    ])
      assert.ok(text.includes(piece), `“${piece}” in:\n${text}`);
  });
  it('betas: both averages, and how far the effective rates spread', () => {
    const text = hyperparameterHover(call, call.arguments.slice(1), reference, measured, link);
    for (const piece of ['β₁', 'β₂', '**0.8** here', '**0.99** here', 'default 0.9 ', 'default 0.999', '0.001 … **0.01** … 0.1'])
      assert.ok(text.includes(piece), `“${piece}” in:\n${text}`);
  });
  it('a value that is not known is told by its source', () => {
    const [open] = callsOf('optim.SGD(p, lr=args.lr)');
    const text = hyperparameterHover(open, open.arguments, referenceOf(uri, [open], open), null, link);
    assert.ok(text.includes('`args.lr` here, known only when the program runs'), text);
  });
  it('the constructor: summary, rule, table of hyperparameters', () => {
    const text = optimizerHover(call, reference, null, link);
    for (const piece of ['**Adam** — ', 'v̂', '| beta1 | β₁ | 0.8 | 0.9 |', '| weightDecay | λ |  | 0 |', 'See also AdamW'])
      assert.ok(text.includes(piece), `“${piece}” in:\n${text}`);
  });
  it('an optimizer without a rule says so', () => {
    const [call] = callsOf('optim.Adadelta(p)');
    const other = { ...call, rule: null };
    assert.match(optimizerHover(other, referenceOf(uri, [other], other), null, link), /not in this version/);
  });
});
