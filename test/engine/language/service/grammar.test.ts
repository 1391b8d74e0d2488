/**
 * The grammar for colours, tried with a small reader of its own: of all patterns the earliest match wins, of those that begin alike the first, as TextMate
 * has it. Rules of the grammar end with their line, so a line at a time is enough.
 */
import assert from 'node:assert/strict';
import { constants, elementwise, reductions } from '../../../../src/engine/language/functions';
import { operations } from '../../../../src/engine/language/operations';
import { grammar, type Pattern } from '../../../../src/engine/language/service/grammar';
import { told } from '../../../../src/engine/language/service/vocabulary';
import { words } from '../../../../src/engine/language/service/words';
import { given } from '../../../../src/engine/language/types';

const { patterns, repository } = grammar();

const resolved = (all: readonly Pattern[]): Pattern[] =>
  all.flatMap((pattern) => {
    const meant = pattern.include === undefined ? pattern : repository[pattern.include.slice(1)];
    return meant.match === undefined && meant.begin === undefined ? resolved(meant.patterns ?? []) : [meant];
  });

/** The pieces of a line with the innermost scope of each; what no pattern takes has none. */
function scopes(line: string, all: readonly Pattern[] = patterns, from = 0, to = line.length): [text: string, scope: string][] {
  const found: [string, string][] = [];
  for (let at = from; at < to;) {
    let best: { readonly pattern: Pattern; readonly match: RegExpExecArray } | undefined;
    for (const pattern of resolved(all)) {
      const regex = new RegExp(pattern.match ?? pattern.begin ?? '', 'dgu');
      regex.lastIndex = at;
      const match = regex.exec(line.slice(0, to));
      if (match && match[0] !== '' && (!best || match.index < best.match.index)) best = { pattern, match };
    }
    if (!best) break;
    const { pattern, match } = best;
    const captures = Object.entries(pattern.captures ?? pattern.beginCaptures ?? {});
    if (captures.length === 0) found.push([match[0], pattern.name ?? '']);
    for (const [group, { name, patterns: inner }] of captures) {
      const [start, end] = match.indices?.[Number(group)] ?? [0, 0];
      if (inner) found.push(...scopes(line, inner, start, end));
      else found.push([line.slice(start, end), name ?? '']);
    }
    at = match.index + match[0].length;
    if (pattern.begin !== undefined) {
      found.push(...scopes(line, pattern.patterns ?? [], at, to));
      at = to;
    }
  }
  return found;
}
const short = (line: string): string[] => scopes(line).map(([text, scope]) => `${text}: ${scope.replace('.optim', '')}`);

describe('the grammar for colours', () => {
  it('a header, a hyperparameter, a state', () => {
    assert.deepEqual(short('wrapper sam "SAM" # why'), [
      'wrapper: storage.type',
      'sam: entity.name.type',
      '"SAM": string.quoted.double',
      '# why: comment.line.number-sign',
    ]);
    assert.deepEqual(short('parameter beta = -1e-3 in [0, inf) as "β" also b1 "in # it"'), [
      'parameter: storage.type',
      'beta: variable.parameter',
      '=: keyword.operator',
      '-: keyword.operator',
      '1e-3: constant.numeric',
      'in: keyword.other',
      '0: constant.numeric',
      'inf: constant.language',
      'as: keyword.other',
      '"β": string.quoted.double',
      'also: keyword.other',
      '"in # it": string.quoted.double',
    ]);
    assert.deepEqual(short('state R[rows, 1], ü = eps*identity(rows)'), [
      'state: storage.type',
      'R: variable.parameter.state',
      'rows: variable.language',
      '1: constant.numeric',
      'ü: variable.parameter.state',
      '=: keyword.operator',
      'eps: variable.other',
      '*: keyword.operator',
      'identity: support.function',
      'rows: variable.language',
    ]);
  });
  it('lines of a rule', () => {
    assert.deepEqual(short('rate = if t == 1 then lr else norm(g, all)'), [
      'rate: support.variable',
      '=: keyword.operator',
      'if: keyword.control',
      't: variable.language',
      '==: keyword.operator',
      '1: constant.numeric',
      'then: keyword.control',
      'lr: variable.language',
      'else: keyword.control',
      'norm: support.function',
      'g: variable.language',
      'all: constant.language.all',
    ]);
    assert.deepEqual(short('mHat = not normal and m_t ≤ 2.5e3'), [
      'mHat: variable.other.assignment',
      '=: keyword.operator',
      'not: keyword.operator.logical',
      'normal: variable.other',
      'and: keyword.operator.logical',
      'm_t: variable.other',
      '≤: keyword.operator',
      '2.5e3: constant.numeric',
    ]);
    assert.deepEqual(short('  inner'), ['inner: keyword.control']);
    assert.deepEqual(short('x = "open'), ['x: variable.other.assignment', '=: keyword.operator', '"open: invalid.illegal.unclosed-string']);
  });
  it('every name of the language and every word has a colour of its own', () => {
    const scopeOf = (line: string, name: string): string => scopes(line).find(([text]) => text === name)?.[1] ?? '';
    for (const name of [...elementwise.keys(), ...reductions.keys(), ...operations.keys()]) {
      const plain = operations.get(name)?.name;
      if (name !== 'matmul') assert.match(scopeOf(`x = ${name}(g)`, name), plain ? /^variable\.language/ : /^support\.function/, name);
    }
    for (const name of given.keys()) assert.match(scopeOf(`x = ${name}`, name), /^variable\.language/, name);
    for (const name of constants.keys()) assert.match(scopeOf(`x = ${name}`, name), /^constant\.language/, name);
    for (const name of told.keys()) assert.match(scopeOf(`${name} = 1`, name), /^support\.variable/, name);
    for (const word of words.keys()) assert.match(scopeOf(`${word} x`.replace('inner x', 'inner'), word), /^(storage\.type|keyword)/, word);
  });
});
