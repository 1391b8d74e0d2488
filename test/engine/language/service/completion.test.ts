/** What is offered at a place: all that may stand there, and nothing else. The cursor is the `|`. */
import assert from 'node:assert/strict';
import { constants, elementwise, reductions } from '../../../../src/engine/language/functions';
import { operations } from '../../../../src/engine/language/operations';
import { completions } from '../../../../src/engine/language/service/completion';
import { words } from '../../../../src/engine/language/service/words';
import { given } from '../../../../src/engine/language/types';
import { at, library, mine, textAt } from './texts';

const offered = (marked: string): string[] => {
  const { rule, position } = at(marked);
  return completions(rule, position, library).map(({ label }) => label.replace(/\(.*/, ''));
};
const typing = (line: string, before = mine): string => `${before}${line}`;
const includes = (found: readonly string[], ...wanted: readonly string[]): void => {
  for (const name of wanted) assert.ok(found.includes(name), `${name} is offered (offered: ${found.join(' ')})`);
};
const lacks = (found: readonly string[], ...unwanted: readonly string[]): void => {
  for (const name of unwanted) assert.ok(!found.includes(name), `${name} is not offered`);
};

describe('completion', () => {
  it('an empty text: a header', () => assert.deepEqual(offered('|'), ['optimizer', 'wrapper']));
  it('the beginning of a line: declarations that may still come, and names to assign', () => {
    const found = offered(typing('|'));
    includes(found, 'parameter', 'state', 'require', 'source', 'use', 'w', 'g', 'm', 'R', 'limit', 'step');
    lacks(found, 'optimizer', 'wrapper', 'summary', 'relatives', 'inner', 'rate', 'sqrt', 'lr');
    assert.deepEqual(offered(typing('par|')), found);
  });
  it('`inner` in a wrapper only, once', () => {
    includes(offered('wrapper a "A"\n|'), 'inner');
    lacks(offered('wrapper a "A"\ninner\n|'), 'inner');
  });
  it('an expression: hyperparameters, states, what is computed above, and every name of the language', () => {
    const found = offered(typing('x = |'));
    includes(found, 'lr', 'beta', 'form', 'm', 'R', 'step', 'rate', 'if', 'not', 'true');
    const language = [...given.keys(), ...constants.keys(), ...elementwise.keys(), ...reductions.keys(), ...operations.keys()];
    includes(found, ...language.filter((name) => name !== 'matmul'));
    lacks(found, 'parameter', 'matmul', 'x', 'limit', 'learning_rate');
  });
  it('the same behind an operator, within brackets, in the middle of a word, and on a line that goes on', () => {
    const found = offered(typing('x = |')).sort();
    for (const text of ['x = m + |', 'x = m + s|', 'x = sqrt(|', 'x = (m +\n  |', 'x = m *\n|', 'x = if t == 1 then |'])
      assert.deepEqual(offered(typing(text)).sort(), found, text);
  });
  it('not what is computed further down', () => {
    const [above, below] = mine.split('R = R');
    lacks(offered(`${above}x = |\nR = R${below}`), 'step');
  });
  it('`all` behind the value of a reduction', () => {
    includes(offered(typing('x = norm(g, |')), 'all');
    lacks(offered(typing('x = solve(g, |')), 'all');
    lacks(offered(typing('x = norm(|')), 'all');
  });
  it('what is settled before the first step uses less', () => {
    const require = offered(typing('require |'));
    includes(require, 'beta', 'form', 'sqrt', 'not', 'pi');
    lacks(require, 'lr', 'm', 'g', 'w', 't', 'norm', 'step', 'hessian');
    const state = offered(typing('state x = |'));
    includes(state, 'beta', 'lr0', 'w', 'identity', 'rows');
    lacks(state, 'lr', 'g', 't', 'm', 'hessian');
  });
  it('the choices of a hyperparameter behind a comparison, in its quotes', () => {
    for (const text of ['x = if form == "|', 'x = if form == "f|"', 'x = if form != "|" then m else g'])
      assert.deepEqual(offered(typing(text)), ['fast', 'slow'], text);
    assert.deepEqual(offered(typing('x = if beta == "|')), []);
    assert.deepEqual(offered('optimizer a "|"'), []);
  });
  it('a choice replaces what stands in the quotes, a name the whole word', () => {
    for (const [marked, replaced] of [
      ['x = if form == "fa|st" then m else g', 'fast'],
      ['x = if form == "fa|', 'fa'],
      ['x = be|ta*m', 'beta'],
      ['x = |', ''],
    ]) {
      const { rule, position } = at(typing(marked));
      const [first] = completions(rule, position, library);
      assert.equal(textAt(rule.text, first.replace), replaced, marked);
    }
  });
  it('shapes, domains, parts of a declaration, relatives', () => {
    assert.deepEqual(offered(typing('state x[|')), ['rows', 'columns']);
    assert.deepEqual(offered(typing('state x[rows, |')), ['rows', 'columns']);
    assert.deepEqual(offered('parameter x = 1 |'), ['in', 'as', 'also']);
    assert.deepEqual(offered('parameter x = 1 i|'), ['in', 'as', 'also']);
    includes(
      completions(...spread(at('parameter x = 1 in |')), library).map(({ label }) => label),
      '[0, 1)',
      '(0, inf)',
    );
    assert.deepEqual(offered('relatives |'), ['adam', 'adamw']);
    assert.deepEqual(offered('relatives adam, a|'), ['adam', 'adamw']);
  });
  it('nothing in comments, texts, numbers and new names', () => {
    for (const text of ['# w|', 'x = 1|', 'summary "|', 'parameter |', 'state |', 'parameter x = 1 as "|'])
      assert.deepEqual(offered(typing(text)), [], text);
  });
  it('declarations come as snippets, functions with places for their operands', () => {
    const { rule, position } = at(typing('|'));
    const snippets = new Map(completions(rule, position, library).map(({ label, snippet }) => [label, snippet]));
    for (const word of ['parameter', 'state', 'require']) assert.equal(snippets.get(word), words.get(word)?.snippet);
    const inside = at(typing('x = |'));
    const found = new Map(completions(inside.rule, inside.position, library).map(({ label, snippet }) => [label, snippet]));
    assert.equal(found.get('solve(S, B)'), 'solve(${1:S}, ${2:B})');
  });
});

const spread = ({ rule, position }: ReturnType<typeof at>): [typeof rule, typeof position] => [rule, position];
