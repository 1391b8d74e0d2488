/** The outline, where names are declared and used, and changing them. */
import assert from 'node:assert/strict';
import { definition, references, rename, renameable } from '../../../../src/engine/language/service/references';
import { symbols } from '../../../../src/engine/language/service/symbols';
import { at, mine, onMine, read, textAt } from './texts';

describe('outline', () => {
  it('lists hyperparameters, states and lines with what they are', () => {
    assert.deepEqual(
      symbols(read(mine)).map(({ kind, name, detail }) => [kind, name, detail]),
      [
        ['optimizer', 'mine', 'My own'],
        ['parameter', 'lr', '0.1 in (0, inf)'],
        ['parameter', 'beta', '0.9 in [0, 1)'],
        ['parameter', 'form', '"fast" in {"fast", "slow"}'],
        ['state', 'm', ''],
        ['state', 'R', '[rows] = 1'],
        ['line', 'm', 'beta*m + (1 - beta)*g'],
        ['line', 'R', 'R + rowSum(g^2)'],
        ['line', 'step', 'if form == "fast" then m / (1 - beta^t) else m'],
        ['line', 'rate', 'lr / sqrt(R)'],
        ['line', 'w', 'w - rate*step'],
      ],
    );
  });
  it('each with the place of its name, within all of it', () => {
    for (const { name, at: place, extent } of symbols(read(mine))) {
      assert.equal(textAt(mine, place), name);
      assert.ok(textAt(mine, extent).includes(name));
    }
  });
  it('of a text half typed: what is there', () => {
    const text = 'optimizer x\nparameter lr = \nstate m[rows\nm = (m +\nparameter b = 0.5 in [0\nw = w - $ lr*m\nstate';
    assert.deepEqual(
      symbols(read(text)).map(({ kind, name }) => `${kind} ${name}`),
      ['optimizer x', 'parameter lr', 'state m', 'line m', 'parameter b', 'line w'],
    );
  });
});

describe('names', () => {
  const found = (nth: ReturnType<typeof onMine>): string[] =>
    references(nth.rule, nth.position).map((place) => `${place.line}:${place.column}`);

  it('every use of a hyperparameter, its declaration among them', () => {
    const places = found(onMine('beta*m'));
    assert.equal(places.length, 5);
    assert.deepEqual(found(onMine('beta')), places);
    for (const place of references(...pair(onMine('beta')))) assert.equal(textAt(mine, place), 'beta');
  });
  it('go to the declaration, or to the line above that computes it', () => {
    const place = definition(...pair(onMine('step', 2)));
    assert.deepEqual(place && [place.line, place.column], [mine.split('\n').findIndex((line) => line.startsWith('step')) + 1, 1]);
    const state = definition(...pair(onMine('m + (1')));
    assert.deepEqual(state && textAt(mine, { ...state, column: 1, endColumn: 8 }), 'state m');
  });
  it('rename changes each of them and nothing else', () => {
    const { rule, position } = onMine('beta');
    const places = rename(rule, position, 'decay');
    assert.ok(typeof places !== 'string' && places.length === 5);
  });
  it('a name that is taken, or that everybody has, is refused with a reason', () => {
    const { rule, position } = onMine('beta');
    for (const [to, reason] of [
      ['m', /name of this rule/],
      ['learning_rate', /name of this rule/],
      ['sqrt', /means something/],
      ['hessian', /means something/],
      ['w', /means something/],
      ['if', /means something/],
      ['state', /means something/],
      ['1x', /is no name/],
    ] as const)
      assert.match(String(rename(rule, position, to)), reason, to);
    for (const name of ['w = w', 'lr', 'rate = ', 'sqrt', '0.1']) assert.equal(typeof renameable(...pair(onMine(name))), 'string', name);
  });
  it('texts, comments and other names stay as they are', () => {
    const { rule, position } = at('parameter |m = 1 also m2 "m"\n# m\nstate v[m]\nv = m*v + mm\nsummary "m"');
    assert.deepEqual(
      references(rule, position).map(({ line }) => line),
      [1, 3, 4],
    );
  });
});

const pair = ({ rule, position }: ReturnType<typeof onMine>): [typeof rule, typeof position] => [rule, position];
