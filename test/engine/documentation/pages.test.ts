/** The pages of documentation: nothing is missing, every link leads somewhere, and the examples in the page of the language are rules. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { networksPage } from '../../../src/engine/documentation/networks';
import { optimizersPage } from '../../../src/engine/documentation/optimizers';
import { schedulesPage } from '../../../src/engine/documentation/schedules';
import { withTables } from '../../../src/engine/documentation/language';
import { anchor, plain } from '../../../src/engine/documentation/markdown';
import { formula, LanguageError, readRule } from '../../../src/engine/language';
import { lineFormula } from '../../../src/engine/language/formula';
import { elementwise, reductions } from '../../../src/engine/language/functions';
import { operations } from '../../../src/engine/language/operations';
import { layerKinds } from '../../../src/engine/network/layers';
import { rules } from '../../../src/engine/optimizers';
import { prepare } from '../../../src/engine/run/prepare';
import type { NetworkProblem } from '../../../src/engine/run/specification';
import { schedules } from '../../../src/engine/schedules';
import { wrappers } from '../../../src/engine/wrappers';
import { noFiles } from '../run/runs';

const headings = (page: string): Set<string> => new Set([...page.matchAll(/^#+ (.*)$/gm)].map(([, text]) => anchor(text)));

/** Links within the page that lead to no heading. */
const broken = (page: string): string[] =>
  [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, to]) => to).filter((to) => !headings(page).has(to));

describe('the page of optimizers', () => {
  const page = optimizersPage(rules(), wrappers());

  it('has an entry with formula, settings, use and source for every rule and wrapper', () => {
    const entries = page.split(/^## /m).slice(1);
    assert.equal(entries.length, rules().length + wrappers().length);
    for (const rule of [...rules(), ...wrappers()]) {
      const entry = entries.find((text) => text.startsWith(`${rule.title} (${rule.name})\n`)) ?? assert.fail(rule.name);
      assert.match(entry, /```text\n[^]+\n```/);
      assert.ok(
        rule.hyperparameters.every(({ name }) => entry.includes(`\`${name}\``)),
        rule.name,
      );
      assert.ok(entry.includes('**When to use it.**') && entry.includes('**Source.**'), rule.name);
    }
  });

  it('links to headings that are there', () => assert.deepEqual(broken(page), []));

  it('never prints two names of a rule alike', () => {
    for (const rule of [...rules(), ...wrappers()]) {
      if (rule.kind === 'code') continue;
      const at = { line: 1, column: 1, endLine: 1, endColumn: 1 } as const;
      const lines = rule.tree.lines.map(({ target }) => target);
      const names = [...new Set(['w', 'g', 't', ...rule.hyperparameters.map(({ name }) => name), ...rule.states, ...lines])];
      const printed = names.map((name) => lineFormula(rule, { target: 'x', targetAt: at, at, value: { kind: 'name', name, at } }));
      assert.equal(new Set(printed).size, names.length, `${rule.name}: ${printed.join(', ')}`);
    }
  });

  it('puts a fraction in brackets where it is multiplied or divided on', () => {
    const adamw = rules().find(({ name }) => name === 'adamw') ?? assert.fail();
    assert.equal(formula(adamw)[0], 'decay = α·λ if form = torch, else (α/α₀)·λ');
  });

  it('takes what stands between backticks for code, and nothing else for markup', () =>
    assert.equal(plain('for `max_steps` steps, a_b*c and a lone `'), 'for `max_steps` steps, a\\_b\\*c and a lone \\`'));

  it('shows of a wrapper where the wrapped rule stands', () => {
    const clip = page.split('## Clip by global norm')[1] ?? page.split('(clipGlobalNorm)')[1];
    assert.match(clip, /… inner …/);
  });
});

describe('the page of schedules', () => {
  const page = schedulesPage(schedules);

  it('has an entry with its settings for every schedule', () => {
    const entries = page.split(/^## /m).slice(1);
    assert.equal(entries.length, schedules.length);
    for (const { title, name, settings } of schedules) {
      const entry = entries.find((text) => text.startsWith(`${title} (${name})\n`)) ?? assert.fail(name);
      for (const setting of Object.keys(settings)) assert.ok(entry.includes(`\`${setting}\``), `${name}.${setting}`);
    }
  });

  it('links to headings that are there', () => assert.deepEqual(broken(page), []));
});

describe('the page of the rule language', () => {
  const page = readFileSync('docs/rule-language.md', 'utf8');

  it('names every function and operation', () => {
    for (const name of [...elementwise.keys(), ...reductions.keys(), ...operations.keys()])
      assert.match(page, new RegExp(`\`${name}[(\`]`), name);
  });

  it('is up to date', () => assert.equal(withTables(page), page));

  it('shows rules that can be read', () => {
    const examples = [...page.matchAll(/```text\n((?:#.*\n)?(?:optimizer|wrapper) [^]*?)```/g)].map(([, text]) => text);
    assert.equal(examples.length, 2);
    for (const text of examples) readRule(text, 'example.optim');
  });

  it('quotes errors as they are', () => {
    const rule = (line: string): string =>
      `optimizer my "My"\nparameter lr = 0.1 in (0, inf) "η"\nparameter beta2 = 0.9 in [0, 1) "β"\nstate v, R[rows], C[1, columns]\nC = columnMean(g)\n${line}\nrate = lr\nw = w - lr*v*R*C`;
    assert.throws(() => readRule(rule('v = beta3*g\nR = rowMean(g)'), 'my.optim'), {
      message: 'my.optim:6:5: There is no `beta3`. Did you mean `beta2`?',
    });
    assert.throws(
      () => readRule(rule('v = beta2*g\nR = C'), 'my.optim'),
      (error) => error instanceof LanguageError && error.problem === '`R` has the shape [rows, 1], and this is [1, columns].',
    );
    assert.ok(
      page.includes('There is no `beta3`. Did you mean `beta2`?') &&
        page.includes('`R` has the shape [rows, 1], and this is [1, columns].'),
    );
  });
});

describe('the page of networks', () => {
  const page = networksPage();

  it('has an entry with formula and every field for each kind of layer', () => {
    const entries = page.split(/^## /m).slice(1);
    assert.equal(entries.length, layerKinds.length);
    for (const { title, name, fields } of layerKinds) {
      const entry = entries.find((text) => text.startsWith(`${title} (${name})\n`)) ?? assert.fail(name);
      assert.match(entry, /```text\n[^]+\n```/);
      assert.ok(
        Object.keys(fields).every((field) => entry.includes(`\`${field}\``)),
        name,
      );
      assert.ok(entry.includes('**When to use it.**'), name);
    }
  });

  it('links to headings that are there', () => assert.deepEqual(broken(page), []));

  it('shows a network that can be trained', async () => {
    const text = /```json\n([^]*?)```/.exec(page)?.[1] ?? assert.fail('there is no example');
    const { network } = JSON.parse(text) as Pick<NetworkProblem, 'network'>;
    const last = { ...network.layers[network.layers.length - 1], dense: 4 };
    const problem = {
      network: { ...network, layers: [...network.layers.slice(0, -1), last] },
      data: { generator: 'shapes', side: 28, samples: 20 },
    };
    const { details } = await prepare({ problem, optimizer: { name: 'adam' } }, noFiles);
    assert.match(details, /1 × 28 × 28 → conv 6 → max pool → conv 16 → max pool → dense 120 → dropout 0.2 → dense 4, ReLU/);
  });
});
