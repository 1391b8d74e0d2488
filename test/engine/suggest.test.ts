/** The nearest name for a misspelt one. */
import assert from 'node:assert/strict';
import { nearest, suggestion } from '../../src/engine/suggest';

const known = ['momentum', 'weightDecay', 'beta1', 'beta2', 'eps', 'lr', 'nesterov'];

describe('the nearest name', () => {
  const cases: readonly (readonly [word: string, expected: string | undefined])[] = [
    ['momentun', 'momentum'],
    ['weight_decay', 'weightDecay'],
    ['WEIGHTDECAY', 'weightDecay'],
    ['wieghtDecay', 'weightDecay'],
    ['beta', 'beta1'],
    ['bta2', 'beta2'],
    ['esp', 'eps'],
    ['rl', 'lr'],
    ['nestrov', 'nesterov'],
    ['dropout', undefined],
    ['xyz', undefined],
    ['', undefined],
    ['m'.repeat(100_000), undefined],
  ];
  for (const [word, expected] of cases)
    it(`of “${word.slice(0, 20)}” is ${expected ?? 'none'}`, () => assert.equal(nearest(word, known), expected));

  it('becomes a question, or nothing', () => {
    assert.equal(suggestion('momentun', known), ' Did you mean `momentum`?');
    assert.equal(suggestion('dropout', known), '');
  });
});
