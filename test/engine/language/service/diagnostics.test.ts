/** Faults and the stretch of text that each is about. */
import assert from 'node:assert/strict';
import { diagnostics } from '../../../../src/engine/language/service/diagnostics';
import { mine, read, textAt } from './texts';

const faults = (text: string): string[] => diagnostics(read(text)).map(({ at, message }) => `${at.line} “${textAt(text, at)}” ${message}`);
const changed = (from: string, to: string): string => {
  assert.ok(mine.includes(from), from);
  return mine.replace(from, to);
};

describe('faults', () => {
  it('none in a rule', () => assert.deepEqual(faults(mine), []));
  it('a misspelt name: the whole word', () => assert.match(faults(changed('lr / sqrt', 'lrr / sqrt'))[0], /“lrr” There is no `lrr`.*`lr`/));
  it('a bracket too few: where it opens', () => assert.match(faults(changed('(1 - beta)*g', '(1 - beta*g'))[0], /“\(” `\(` is not closed/));
  it('nothing where something is expected: what stands before', () =>
    assert.match(faults(changed('rate*step', 'rate*'))[0], /^17 “\*” Found the end of the line after `\*`/));
  it('a line that ends with an operator is told there, not where the next one begins, and once', () => {
    const found = faults(changed('(1 - beta)*g', '(1 - beta)*'));
    assert.equal(found.length, 1);
    assert.match(found[0], /^13 “\*” Found the end of the line/);
    assert.deepEqual(
      faults(changed('+ (1 - beta)*g', '+').replace('lr / sqrt', 'lr sqrt')).map((fault) => fault.split(' ').slice(0, 2).join(' ')),
      ['13 “+”', '16 “sqrt”'],
    );
  });
  it('all that the grammar refuses, not only the first', () => {
    const text = changed('m = beta*m + (1 - beta)*g', 'm = beta m')
      .replace('rate = lr / sqrt(R)', 'rate = lr / sqrt(R))')
      .replace('state m', 'stat m');
    const found = faults(text);
    assert.deepEqual(
      found.map((fault) => fault.split(' ')[1]),
      ['“stat”', '“m”', '“)”'],
    );
  });
  it('what names and shapes say, once the grammar is right', () => {
    assert.match(faults(changed('m = beta*m', 'm = bet*m'))[0], /“bet” There is no `bet`/);
    assert.equal(faults(changed('m = beta*m', 'm = bet*m')).length, 1);
  });
  it('a text that is no rule at all has one', () => {
    assert.equal(faults('').length, 1);
    assert.equal(faults('hello').length, 1);
    assert.equal(faults('x'.repeat(1_000_001)).length, 1);
  });
});
