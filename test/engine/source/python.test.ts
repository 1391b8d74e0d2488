/**
 * Reading optimizers out of Python. What must hold: every import form leads to the same constructor, a value is reported as known only
 * where the text alone decides it, and no text whatsoever makes the reader throw.
 */
import assert from 'node:assert/strict';
import { losses } from '../../../src/engine/network/losses';
import fc from 'fast-check';
import { readPython } from '../../../src/source/python';
import { checkSettings } from '../../../src/engine/language';
import { findRule } from '../../../src/engine/optimizers';
import { frameworks } from '../../../src/source/frameworks/index.gen';
import { torch } from '../../../src/source/frameworks/torch';
import { defaultsOf } from '../../../src/source/frameworks/definition';
import type { OptimizerCall, Reading, Literal } from '../../../src/source/reading';
import { trainingScript } from './sample';

/** The only call of a program. */
function only(text: string, before?: string): OptimizerCall {
  const { optimizers } = readPython(text, before);
  assert.equal(optimizers.length, 1, `expected one optimizer in:\n${text}`);
  return optimizers[0];
}

/** Known values by our names; unknown ones as `?source` and, with a suggestion, `?source=value`. */
const values = (call: OptimizerCall): Record<string, unknown> =>
  Object.fromEntries(call.arguments.map(({ ours, name, value }) => [ours ?? name, plain(value)]));
const plain = (reading: Reading<Literal>): unknown =>
  'known' in reading
    ? reading.known
    : `?${reading.unknown.source}${reading.unknown.suggestion === undefined ? '' : `=${JSON.stringify(reading.unknown.suggestion)}`}`;

describe('every form of import leads to the constructor', () => {
  const forms: [string, string][] = [
    ['import torch', 'torch.optim.Adam'],
    ['import torch.optim', 'torch.optim.Adam'],
    ['import torch as t', 't.optim.Adam'],
    ['import torch.optim as optim', 'optim.Adam'],
    ['import numpy as np, torch.optim as o', 'o.Adam'],
    ['from torch import optim', 'optim.Adam'],
    ['from torch import nn, optim as o', 'o.Adam'],
    ['from torch.optim import Adam', 'Adam'],
    ['from torch.optim import (\n    SGD,\n    Adam as A,\n)', 'A'],
    ['from torch.optim.adam import Adam', 'Adam'],
    ['import torch.optim.adam as module', 'module.Adam'],
    ['from torch.optim import *', 'Adam'],
    ['from torch import optim\nMine = optim.Adam', 'Mine'],
    ['try:\n    from torch.optim import Adam\nexcept ImportError:\n    from elsewhere import Adam', 'Adam'],
    ['# torch comes from an earlier cell', 'torch.optim.Adam'],
  ];
  for (const [imports, callee] of forms)
    it(`${imports.split('\n').join(' ⏎ ')} → ${callee}(…)`, () => {
      const text = `${imports}\nopt = ${callee}(model.parameters(), lr=0.25)\n`;
      const call = only(text);
      assert.deepEqual([call.constructorName, call.rule, values(call)], ['Adam', 'adam', { lr: 0.25 }]);
      assert.equal(text.slice(call.callee.from, call.callee.to), callee);
      assert.equal(text.slice(call.range.from, call.range.to), `${callee}(model.parameters(), lr=0.25)`);
    });

  it('inside a function, with the import there', () => {
    assert.equal(only('def f(m):\n    from torch import optim as o\n    return o.SGD(m, 0.1)\n').constructorName, 'SGD');
  });

  for (const other of [
    'from elsewhere import Adam\nAdam(p)',
    'import torch\ndef f(torch):\n    torch.optim.Adam(p)',
    'import torch\ntorch.nn.Adam(p)',
  ])
    it(`nothing is found in ${other.split('\n').join(' ⏎ ')}`, () =>
      assert.deepEqual(readPython(`${other}\n# torch.optim`).optimizers, []));
});

describe('arguments', () => {
  const read = (call: string, before = ''): Record<string, unknown> =>
    values(only(`import torch\nfrom torch import optim\n${before}\noptim.${call}\n`));

  it('by position and by keyword are the same', () => {
    assert.deepEqual(read('Adam(p, 0.1, (0.8, 0.9), 1e-7, 0.01, True)'), {
      lr: 0.1,
      beta1: 0.8,
      beta2: 0.9,
      eps: 1e-7,
      weightDecay: 0.01,
      amsgrad: true,
    });
    assert.deepEqual(read('Adam(amsgrad=True, weight_decay=0.01, eps=1e-7, betas=(0.8, 0.9), lr=0.1, params=p)'), {
      lr: 0.1,
      beta1: 0.8,
      beta2: 0.9,
      eps: 1e-7,
      weightDecay: 0.01,
      amsgrad: true,
    });
    assert.deepEqual(read('SGD(p, 0.1, 0.9, 0, 5e-4, True)'), { lr: 0.1, momentum: 0.9, dampening: 0, weightDecay: 5e-4, nesterov: true });
    assert.deepEqual(read('RMSprop(p, alpha=0.9, centered=False)'), { beta: 0.9, centered: false });
    assert.deepEqual(read('Adagrad(p, lr_decay=1e-4, initial_accumulator_value=0.1)'), { lrDecay: 1e-4, initialAccumulator: 0.1 });
  });

  it('each element of betas has its own place', () => {
    const text = 'import torch\ntorch.optim.Adam(p, betas=(0.8, 0.99))';
    const [first, second] = only(text).arguments;
    assert.deepEqual(
      [first, second].map(({ valueRange: { from, to } }) => text.slice(from, to)),
      ['0.8', '0.99'],
    );
    assert.deepEqual(
      [first, second].map(({ nameRange }) => nameRange && text.slice(nameRange.from, nameRange.to)),
      ['betas', 'betas'],
    );
  });

  const arithmetic: [string, number | boolean][] = [
    ['3e-4', 3e-4],
    ['1e-3/2', 5e-4],
    ['1e-3 / 2 ** 3', 1.25e-4],
    ['2**-10', 2 ** -10],
    ['-(-0.5)', 0.5],
    ['+.5', 0.5],
    ['1_000 * 1e-6', 1e-3],
    ['7 // 2', 3],
    ['-7 // 2', -4],
    ['-7 % 3', 2],
    ['0x10', 16],
    ['(1 + 2) * 3', 9],
    ['True + 1', 2],
  ];
  for (const [source, value] of arithmetic)
    it(`lr=${source} is ${value}`, () => assert.deepEqual(read(`SGD(p, lr=${source})`), { lr: value }));
  it('nesterov=not False is True', () => assert.deepEqual(read('SGD(p, nesterov=not False)'), { nesterov: true }));

  const bound: [string, string, unknown][] = [
    ['the latest binding before the call', 'LR = 1\nLR = 3e-4', 3e-4],
    ['an annotated one', 'LR: float = 3e-4', 3e-4],
    ['a chain', 'BASE = 1e-3\nLR = BASE / 2', 5e-4],
    ['a chain keeps the value of its moment', 'BASE = 1\nLR = BASE\nBASE = 2', 1],
    ['several targets', 'LR = X = 0.5', 0.5],
    ['an unpacking', 'LR, X = 0.5, 2', 0.5],
    ['an assignment expression', 'x = (LR := 0.5)', 0.5],
    ['a call', 'LR = compute()', '?LR'],
    ['one branch of two', 'if quick:\n    LR = 0.1\nelse:\n    LR = 0.01', '?LR=0.01'],
    ['an addition in place', 'LR = 1\nLR *= 2', '?LR'],
    ['a loop variable', 'for LR in (1, 2):\n    pass', '?LR'],
    ['a function that sets it', 'LR = 1\ndef f():\n    global LR\n    LR = 2', '?LR=1'],
    ['nothing', '', '?LR'],
  ];
  for (const [what, before, value] of bound)
    it(`a name bound by ${what}: ${value}`, () => assert.deepEqual(read('SGD(p, lr=LR)', before), { lr: value }));

  it('a binding in the same branch is certain', () => {
    assert.deepEqual(values(only('import torch\nif quick:\n    lr = 0.1\n    torch.optim.SGD(p, lr)\n')), { lr: 0.1 });
  });
  it('a name that a loop changes after the call is not', () => {
    assert.deepEqual(values(only('import torch\nlr = 1\nfor i in x:\n    torch.optim.SGD(p, lr)\n    lr = 0.5\n')), { lr: '?lr=1' });
  });
  it('a parameter is unknown, its default a suggestion', () => {
    assert.deepEqual(
      values(only('import torch\nlr = 5\ndef f(p, lr: float = 1e-3, momentum=0.9):\n    torch.optim.SGD(p, lr, momentum)\n')),
      {
        lr: '?lr=0.001',
        momentum: '?momentum=0.9',
      },
    );
  });
  it('a global bound once is known inside a function, whether above or below it', () => {
    assert.deepEqual(values(only('import torch\nLR = 2\ndef f(p):\n    torch.optim.SGD(p, lr=LR)\n')), { lr: 2 });
    assert.deepEqual(values(only('import torch\ndef f(p):\n    torch.optim.SGD(p, lr=LR)\nLR = 2\n')), { lr: 2 });
    assert.deepEqual(values(only('import torch\nLR = 2\ndef f(p):\n    torch.optim.SGD(p, lr=LR)\nLR = 3\n')), { lr: '?LR=2' });
  });
  it('the names of a class are not seen in its methods', () => {
    assert.deepEqual(values(only('import torch\nclass C:\n    lr = 2\n    def f(self):\n        torch.optim.SGD(p, lr=lr)\n')), {
      lr: '?lr',
    });
  });
  it('command-line options are unknown, their defaults suggestions', () => {
    const text =
      'import argparse, torch\np = argparse.ArgumentParser()\np.add_argument("--learning-rate", "-l", type=float, default=1e-2)\nargs = p.parse_args()\ntorch.optim.SGD(w, lr=args.learning_rate, momentum=args.momentum)\n';
    assert.deepEqual(values(only(text)), { lr: '?args.learning_rate=0.01', momentum: '?args.momentum' });
  });
  it('tuples with an unknown element say which', () => {
    assert.deepEqual(read('Adam(p, betas=(b1, 0.99))'), { beta1: '?b1', beta2: '?0.99' });
    assert.deepEqual(read('Adam(p, betas=B)', 'B = (0.5, 0.6)'), { beta1: 0.5, beta2: 0.6 });
    assert.deepEqual(read('Adam(p, betas=B)', 'B = 0.5'), { beta1: '?B', beta2: '?B' });
  });
  it('what is spread into the call is told', () => {
    const call = only('import torch\ntorch.optim.Adam(p, *rest, lr=1, **options)');
    assert.deepEqual(call.spread, ['rest', 'options']);
    assert.deepEqual(values(call), { lr: 1 });
  });
  it('parameter groups with settings of their own are noted', () => {
    const call = only("import torch\ntorch.optim.SGD([{'params': a}, {'params': b, 'lr': 1e-3}], lr=1e-2)");
    assert.match(call.notes.join(), /parameter groups set their own lr/);
    assert.deepEqual(values(call), { lr: 0.01 });
  });
  it('an unknown keyword is noted', () =>
    assert.match(only('import torch\ntorch.optim.SGD(p, learning_rate=1)').notes.join(), /has no argument learning_rate/));
  it('None is the default where the framework takes it for that, and texts are spelt as here', () => {
    assert.deepEqual(read('LBFGS(p, line_search_fn="strong_wolfe", max_eval=None)'), { lineSearch: 'strongWolfe', maxEvaluations: 0 });
    assert.deepEqual(read('LBFGS(p, line_search_fn=None)'), { lineSearch: 'none' });
    assert.deepEqual(read('Adafactor(p, eps=(None, 0.1))'), { eps: 2 ** -23, epsScale: 0.1 });
    assert.deepEqual(read('Muon(p, adjust_lr_fn="match_rms_adamw", ns_coefficients=(2, -1.5, 0.5))'), {
      adjust: 'match_rms_adamw',
      nsA: 2,
      nsB: -1.5,
      nsC: 0.5,
    });
  });
});

describe('every constructor of torch.optim', () => {
  for (const [name, constructor] of Object.entries(torch.constructors))
    it(`${name} has a rule here, with its hyperparameters and a place for its defaults`, () => {
      const rule = findRule(constructor.rule ?? undefined) ?? assert.fail(`no rule ${constructor.rule}`);
      const known = new Set(rule.hyperparameters.map((each) => each.name));
      const named = constructor.parameters.flatMap(({ ours }) => ours ?? []);
      // no rule goes uphill; Adam takes decoupled decay as AdamW
      for (const ours of named) assert.ok(known.has(ours) || ['maximize', 'decoupledWeightDecay'].includes(ours), ours);
      const defaults = Object.entries(defaultsOf(constructor)).filter(([ours]) => known.has(ours));
      checkSettings(rule, Object.fromEntries(defaults));
    });
});

describe('notebooks', () => {
  it('names of earlier cells hold, calls of earlier cells are not reported, places are of this cell', () => {
    const text = 'opt = o.SGD(p, LR)';
    const call = only(text, 'import torch.optim as o\nLR = 0.5\no.Adam(p)\n');
    assert.deepEqual(values(call), { lr: 0.5 });
    assert.equal(text.slice(call.range.from, call.range.to), 'o.SGD(p, LR)');
    const { valueRange } = call.arguments[0];
    assert.equal(text.slice(valueRange.from, valueRange.to), 'LR');
  });
});

describe('what else a program tells', () => {
  it('the batch size and the loss', () => {
    const { batchSizes, losses } = readPython(trainingScript);
    assert.deepEqual([batchSizes, losses], [[64], ['crossEntropy']]);
  });
  it('the tables that calls are given, each once, by name or in place, in functions, too', () => {
    const program = [
      'import torch, pandas as pd',
      'PATH = "data/a.csv"',
      '# load("old.csv")',
      'first = load(PATH)',
      'second = pd.read_csv(filepath_or_buffer="b.CSV", sep=";")',
      'again = load(path=PATH)',
      'def test():',
      '    return load("c.csv")',
      'print("tables end with .csv now", f"{name}.csv", 3)',
    ].join('\n');
    assert.deepEqual(readPython(program).tables, ['data/a.csv', 'b.CSV', 'c.csv']);
    assert.deepEqual(readPython('load(PATH)', 'import torch\nPATH = "a.csv"').tables, ['a.csv']);
  });
  it('every loss that the engine has, by the name that PyTorch gives it', () => {
    for (const { name, written } of losses)
      for (const path of written) assert.deepEqual(readPython(`import torch\nloss = ${path}(y, t)`).losses, [name]);
  });
});

describe('long programs', () => {
  it('definitions in between change nothing but the places', () => {
    const filler = Array.from(
      { length: 200 },
      (_, i) => `def helper${i}(x):\n    """text with 'quotes' and (brackets"""\n    y = [x, {"a": 1}]\n    return y\n\n`,
    ).join('');
    const short = readPython(trainingScript).optimizers;
    const long = readPython(filler + trainingScript).optimizers;
    assert.ok(short.length >= 5);
    assert.deepEqual(long.map(values), short.map(values));
    assert.deepEqual(
      long.map(({ range }) => range.from - filler.length),
      short.map(({ range }) => range.from),
    );
  });
});

describe('half-typed programs', function () {
  this.timeout(60_000); // thousands of programs

  it('a call that is still being typed is found with what is there', () => {
    assert.deepEqual(values(only('import torch\nopt = torch.optim.SGD(p, lr=0.1, mom')), { lr: 0.1 });
    assert.deepEqual(values(only('import torch\nopt = torch.optim.SGD(p, lr=')), {});
  });
  it('an open call does not swallow what follows', () => {
    const { optimizers } = readPython(
      'import torch\nopt = torch.optim.SGD(p, lr=0.1,\n\ndef f():\n    return torch.optim.Adam(p, lr=0.2)\n',
    );
    assert.ok(optimizers.some(({ constructorName }) => constructorName === 'SGD'));
    assert.ok(optimizers.some((call) => call.constructorName === 'Adam' && values(call).lr === 0.2));
  });
  it('no truncation throws, and places stay inside the text', () => {
    for (let end = 0; end <= trainingScript.length; end++) checkPlaces(trainingScript.slice(0, end));
  });
  it('no mutation throws', () => {
    const pieces = [
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '"""',
      '\n',
      '    ',
      ',',
      '=',
      '*',
      '**',
      ':',
      '#',
      '\\',
      'def ',
      'lambda',
      'import ',
      'from torch.optim import *',
      'lr=',
      '.',
      '\u{1F600}',
      '\0',
      '@',
    ];
    const edit = fc.record({
      at: fc.nat(trainingScript.length),
      remove: fc.nat(40),
      insert: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 6, unit: 'binary' })),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
        let text = trainingScript;
        for (const { at, remove, insert } of edits) text = text.slice(0, at) + insert + text.slice(at + remove);
        checkPlaces(text);
      }),
      { numRuns: 300 },
    );
  });
  it('no arbitrary text throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => checkPlaces(`import torch\n${text}`)),
      { numRuns: 300 },
    );
  });
  it('depth does not matter', () => {
    for (const deep of [
      '('.repeat(20_000),
      `x = ${'1+'.repeat(20_000)}1`,
      `x = ${'-'.repeat(20_000)}1`,
      'if a:\n'.repeat(2_000),
      `torch.optim.SGD(p, lr=${'2*'.repeat(5_000)}1)`,
    ])
      checkPlaces(`import torch\n${deep}\ntorch.optim.Adam(p)`);
  });
  it('names that lead to each other end', () => {
    checkPlaces('import torch\ndef f():\n    torch.optim.SGD(p, lr=a)\na = b\nb = a\n');
    checkPlaces('import torch\ndef f():\n    a()\na = b\nb = a\n');
  });
});

function checkPlaces(text: string): void {
  const { optimizers, networks } = readPython(text);
  const places = [
    ...optimizers.flatMap((call) => [
      call.range,
      call.callee,
      ...call.arguments.flatMap(({ valueRange, nameRange }) => [valueRange, nameRange ?? valueRange]),
    ]),
    ...networks.flatMap(({ range, obstacle }) => [range, obstacle?.range ?? range]),
  ];
  for (const { from, to } of places)
    assert.ok(0 <= from && from <= to && to <= text.length, `a place ${from}–${to} outside the text of ${text.length}`);
}

describe('the tables of the frameworks', () => {
  for (const framework of frameworks)
    for (const [name, constructor] of Object.entries(framework.constructors))
      it(`${framework.title}'s ${name}: every parameter is named once, tuples have a name for each element`, () => {
        const names = constructor.parameters.map((parameter) => parameter.name);
        assert.equal(new Set(names).size, names.length);
        for (const { ours, default: value } of constructor.parameters)
          if (Array.isArray(ours)) assert.equal((value as readonly Literal[]).length, ours.length);
        assert.equal(typeof defaultsOf(constructor).lr, 'number');
      });
});
