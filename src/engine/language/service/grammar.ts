/**
 * The language as a TextMate grammar, for colours: made from the tables that the checker reads, so that a new function is coloured where it is
 * defined. `scripts/generate.mjs` writes it to `syntaxes/optim.tmLanguage.json`. Colours need no valid rule and no look at other lines.
 */
import { constants, elementwise, reductions } from '../functions';
import { operations } from '../operations';
import { given } from '../types';
import { expressionWords, parameterWords, told } from './vocabulary';
import { words } from './words';

type Captures = Readonly<Record<string, { readonly name?: string; readonly patterns?: readonly Pattern[] }>>;

export interface Pattern {
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly captures?: Captures;
  readonly beginCaptures?: Captures;
  readonly patterns?: readonly Pattern[];
  readonly include?: string;
}

const identifier = '[\\p{L}_][\\p{L}\\p{Nd}_]*';
/** One of these names, whole. */
const anyOf = (names: Iterable<string>): string => `(?<![\\p{L}\\p{Nd}_])(?:${[...names].sort().join('|')})(?![\\p{L}\\p{Nd}_])`;

const logical = ['and', 'or', 'not'];
const control = [...expressionWords.keys()].filter((word) => !logical.includes(word) && !['true', 'false', 'all'].includes(word));
/** Names that stand for a value of the step, without brackets. */
const values = ['lr', ...given.keys(), ...[...operations].flatMap(([name, { name: plain }]) => (plain ? [name] : []))];
const functions = new Set([
  ...elementwise.keys(),
  ...reductions.keys(),
  ...[...operations].flatMap(([name, { name: plain }]) => (plain || name === 'matmul' ? [] : [name])),
]);

const include = (name: string): Pattern => ({ include: `#${name}` });
const headers = ['optimizer', 'wrapper'];
const plainWords = [...words.keys()].filter((word) => ![...headers, 'parameter', 'state', 'inner'].includes(word));

const repository: Readonly<Record<string, Pattern>> = {
  comment: { name: 'comment.line.number-sign.optim', match: '#.*$' },
  string: {
    patterns: [
      { name: 'string.quoted.double.optim', match: '"[^"\\n]*"' },
      { name: 'invalid.illegal.unclosed-string.optim', match: '"[^"\\n]*$' },
    ],
  },
  number: { name: 'constant.numeric.optim', match: '(?<![\\p{L}\\p{Nd}_])(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?' },
  header: {
    match: `^\\s*(${headers.join('|')})\\s+(${identifier})`,
    captures: { 1: { name: 'storage.type.optim' }, 2: { name: 'entity.name.type.optim' } },
  },
  parameter: {
    begin: `^\\s*(parameter)\\s+(${identifier})`,
    beginCaptures: { 1: { name: 'storage.type.optim' }, 2: { name: 'variable.parameter.optim' } },
    end: '$',
    patterns: [
      include('comment'),
      include('string'),
      // an interval's ends need not be brackets of one kind: the manifest leaves this scope out of the pairing of brackets
      { name: 'meta.domain.optim', match: '[\\[(]([^\\])"]*)[\\])]', captures: { 1: { patterns: [include('number'), include('bound')] } } },
      { name: 'keyword.other.optim', match: anyOf([...parameterWords.keys()].filter((word) => word !== 'inf')) },
      include('literal'),
      include('number'),
      include('operator'),
    ],
  },
  state: {
    begin: '^\\s*(state)(?![\\p{L}\\p{Nd}_])',
    beginCaptures: { 1: { name: 'storage.type.optim' } },
    end: '$',
    patterns: [
      include('comment'),
      { begin: '=', end: '$', beginCaptures: { 0: { name: 'keyword.operator.optim' } }, patterns: [include('expression')] },
      { match: '\\[([^\\]]*)\\]?', captures: { 1: { patterns: [include('number'), include('value')] } } },
      { name: 'variable.parameter.state.optim', match: identifier },
    ],
  },
  word: { match: `^\\s*(${plainWords.join('|')})(?=\\s|$|\\()`, captures: { 1: { name: 'keyword.other.optim' } } },
  inner: { match: '^\\s*(inner)\\s*(?=$|#)', captures: { 1: { name: 'keyword.control.optim' } } },
  told: { match: `^\\s*(${[...told.keys()].join('|')})\\s*(?==(?!=))`, captures: { 1: { name: 'support.variable.optim' } } },
  target: { match: `^\\s*(?!(?:w|g)\\s*=)(${identifier})\\s*(?==(?!=))`, captures: { 1: { name: 'variable.other.assignment.optim' } } },
  literal: { name: 'constant.language.optim', match: anyOf(['true', 'false', ...constants.keys()]) },
  expression: {
    patterns: [
      include('comment'),
      include('string'),
      include('number'),
      { name: 'keyword.control.optim', match: anyOf(control) },
      { name: 'keyword.operator.logical.optim', match: anyOf(logical) },
      { name: 'constant.language.all.optim', match: anyOf(['all']) },
      { name: 'support.function.optim', match: `${anyOf(functions)}(?=\\s*\\()` },
      include('value'),
      include('literal'),
      { name: 'variable.other.optim', match: identifier },
      include('operator'),
    ],
  },
  value: { name: 'variable.language.optim', match: anyOf(values) },
  bound: { name: 'constant.language.optim', match: anyOf(['inf']) },
  operator: { name: 'keyword.operator.optim', match: '\\*\\*|==|!=|<=|>=|[-+*/^@<>=−·×≤≥≠]' },
};

export interface Grammar {
  readonly name: string;
  readonly scopeName: string;
  readonly fileTypes: readonly string[];
  readonly patterns: readonly Pattern[];
  readonly repository: Readonly<Record<string, Pattern>>;
}

/** The grammar as its file has it. */
export const grammar = (): Grammar => ({
  name: 'Optimizer rule',
  scopeName: 'source.optim',
  fileTypes: ['optim'],
  patterns: ['comment', 'header', 'parameter', 'state', 'word', 'inner', 'told', 'target', 'expression'].map(include),
  repository,
});
