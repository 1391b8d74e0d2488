/** What hovers say: everything that the text and the language's own tables know of a name, and nothing of what has none. */
import assert from 'node:assert/strict';
import { constants, elementwise, reductions } from '../../../../src/engine/language/functions';
import { operations } from '../../../../src/engine/language/operations';
import { declarations } from '../../../../src/engine/language/parser';
import { hover } from '../../../../src/engine/language/service/hover';
import { told } from '../../../../src/engine/language/service/vocabulary';
import { words } from '../../../../src/engine/language/service/words';
import { given } from '../../../../src/engine/language/types';
import { at, builtIn, library, onMine, read, textAt } from './texts';

/** The hover without what Markdown escapes. */
const said = ({ rule, position }: ReturnType<typeof at>): string => hover(rule, position, library)?.markdown.replace(/\\/g, '') ?? '';

const has = (text: string, ...parts: readonly string[]): void => {
  for (const part of parts) assert.ok(text.includes(part), `“${part}” is missing in: ${text}`);
};

describe('hovers', () => {
  it('a hyperparameter: symbol, meaning, default, domain, other names, wherever it stands', () => {
    for (const nth of [1, 2]) has(said(onMine('lr', nth)), '**η**', 'how far', 'default `0.1`', 'in `(0, inf)`', 'also `learning_rate`');
    has(said(onMine('form', 1)), '`"fast"`', 'one of `{"fast", "slow"}`');
    has(said(onMine('beta*m')), '**β**', 'hyperparameter `beta`', 'how long it remembers');
  });
  it('a state: shape and initial value', () => {
    has(said(onMine('state R', 1, 6)), '**R** — state, of shape `[rows]`, `1` at the start');
    has(said(onMine('state m', 1, 6)), 'a value for each weight, 0 at the start');
  });
  it('the left side of a line: the line as papers write it', () => {
    has(said(onMine('m = beta')), 'm ← β·m + (1 − β)·g');
    has(said(onMine('step = ')), 'step =', 'βᵗ');
    has(said(onMine('rate = ')), 'rate = η', 'effective learning rate');
    has(said(onMine('w = w')), 'w ← w − rate·step', 'the weights');
  });
  it('a computed name: the line that gave it, and what it is', () => {
    has(said(onMine('step', 2)), 'step =', 'a number for each weight');
    has(said(onMine('rate', 2)), 'numbers [rows, 1]');
    has(said(at('optimizer x\nparameter lr = 1\nn = |norm(g)\nk = lr/t\nw = w - k*n*g')), 'L2 norm');
    const text = 'optimizer x\nparameter lr = 1\nn = norm(g)\nk = lr/t\nb = n > k\nw = w - (if b then k else n)*g\nrate = k';
    has(said(at(text.replace('n = ', '|n = '))), 'one number for each layer');
    has(said(at(text.replace('k = ', '|k = '))), 'one number');
    has(said(at(text.replace('b = ', '|b = '))), 'true or false for each layer');
  });
  it('of every built-in rule: what each line computes', () => {
    for (const text of builtIn) {
      const rule = read(text);
      for (const { kind, name, at: place } of rule.structure.sketches)
        if (kind === 'line') assert.ok(hover(rule, place, library), `${rule.rule?.name}: ${name}`);
    }
  });
  it('the optimizer’s own name, its relatives, words, aliases', () => {
    has(said(onMine('mine')), '**My own**', 'Averages the gradient and steps.');
    has(said(onMine('adam')), '**Adam**', 'Steps by the average gradient.');
    has(said(onMine('nobody')), 'No built-in optimizer is called `nobody`');
    has(said(onMine('learning_rate')), 'Another name for `lr`');
    has(said(onMine('parameter')), words.get('parameter')?.doc ?? '?');
  });
  it('is about just the name', () => {
    const { rule, position } = onMine('rowSum', 1, 3);
    const found = hover(rule, position, library);
    assert.equal(found && textAt(rule.text, found.at), 'rowSum');
  });
  it('nothing for comments, numbers and texts', () => {
    assert.equal(said(onMine('# the average', 1, 4)), '');
    assert.equal(said(onMine('0.1')), '');
    assert.equal(said(onMine('"how far', 1, 3)), '');
  });
  it('works in a text half typed', () => {
    has(said(at('parameter beta = 0.5 "kept"\nstate m\nm = be|ta*(m + ')), 'kept', 'default `0.5`');
    has(said(at('x = no|rm(')), 'L2 norm');
  });

  it('every name of the language, with the meaning that its table gives', () => {
    const documented: readonly [name: string, doc: string][] = [
      ...[...elementwise, ...reductions, ...operations, ...given].map(([name, { doc }]): [string, string] => [name, doc]),
      ...[...constants].map(([name, value]): [string, string] => [name, String(value)]),
      ...told,
    ];
    for (const [name, doc] of documented) {
      const text = name === 'matmul' ? 'x = g |@ w' : `x = |${name}(`;
      has(said(at(text)), doc.replace(/\\/g, ''));
    }
  });
  it('every word of a declaration', () =>
    assert.deepEqual([...words.keys()].filter((word) => word !== 'inner').sort(), [...declarations].sort()));
});
