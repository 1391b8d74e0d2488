/**
 * Cuts a rule or a function into tokens. Safe for hostile text: it looks at each character a bounded number of times, and text beyond
 * the limits is refused before it is read.
 */
import { LanguageError } from './rule';
import type { Span } from './tree';

export class Token {
  constructor(
    readonly kind: 'number' | 'name' | 'string' | 'symbol' | 'newline' | 'end',
    /** As written; a string's text without its quotes. */
    readonly text: string,
    /** Of a number. */
    readonly value: number,
    private readonly line: number,
    private readonly column: number,
    private readonly length: number,
  ) {}

  /** Where it stands; made when it is asked for, which it is of few. */
  get at(): Span {
    const { line, column } = this;
    return { line, column, endLine: line, endColumn: column + this.length };
  }
}

/** The most characters of a text. */
export const longestText = 1_000_000;
/** The most characters of a name. */
const longestName = 100;

const blank: ReadonlySet<string> = new Set([' ', '\t', '\r', '\u00a0']);
const space = /[ \t\r\u00a0]+/y;
const comment = /#[^\n]*/y;
const number = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const name = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const string = /"[^"\n]*"/y;
const symbol = /\*\*|==|!=|<=|>=|[-+*/^@<>=()[\]{},−·×≤≥≠]/y;

/** What a character may begin, told without a regular expression: most characters are one of these. */
const mayBegin = {
  name: (c: string): boolean => (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c === '_' || c > '\u007f',
  number: (c: string): boolean => (c >= '0' && c <= '9') || c === '.',
};

/** Ways to write the same symbol, as papers, Python and keyboards do. */
const spellings: ReadonlyMap<string, string> = new Map([
  ['**', '^'],
  ['−', '-'],
  ['·', '*'],
  ['×', '*'],
  ['≤', '<='],
  ['≥', '>='],
  ['≠', '!='],
]);

/**
 * @param text a rule or a function
 * @param file its name, for errors
 * @returns the tokens, without comments; the last is `end`
 */
export function tokenize(text: string, file: string): Token[] {
  if (text.length > longestText)
    throw new LanguageError(
      file,
      1,
      1,
      `The text has ${text.length.toLocaleString('en')} characters; at most ${longestText.toLocaleString('en')} are read.`,
    );
  const tokens: Token[] = [];
  let offset = 0;
  let line = 1;
  let lineStart = 0;
  /** The end of what `pattern` matches here; no further than here where it does not match. */
  const end = (pattern: RegExp): number => {
    pattern.lastIndex = offset;
    return pattern.test(text) ? pattern.lastIndex : offset;
  };
  const fail = (problem: string): never => {
    throw new LanguageError(file, line, offset - lineStart + 1, problem);
  };
  const push = (kind: Token['kind'], to: number, shown: string, value = NaN): void => {
    tokens.push(new Token(kind, shown, value, line, offset - lineStart + 1, to - offset));
    offset = to;
  };
  while (offset < text.length) {
    const first = text[offset];
    let to: number;
    if (first === '\n') {
      push('newline', offset + 1, first);
      line++;
      lineStart = offset;
    } else if (first === '#' || blank.has(first)) {
      offset = end(first === '#' ? comment : space);
    } else if (mayBegin.name(first) && (to = end(name)) > offset) {
      if (to - offset > longestName) fail(`This name has ${to - offset} letters; at most ${longestName} are allowed.`);
      push('name', to, text.slice(offset, to));
    } else if (mayBegin.number(first) && (to = end(number)) > offset) {
      const written = text.slice(offset, to);
      const value = Number(written);
      if (!Number.isFinite(value)) fail(`The number ${written.slice(0, 20)} is too large for a double; the largest is about 1.8e308.`);
      push('number', to, written, value);
    } else if ((to = end(symbol)) > offset) {
      const written = text.slice(offset, to);
      push('symbol', to, spellings.get(written) ?? written);
    } else if ((to = end(string)) > offset) {
      push('string', to, text.slice(offset + 1, to - 1));
    } else if (first === '"') {
      fail('This string does not end on its line; a closing " is expected.');
    } else {
      fail(`Found ${describeCharacter(text, offset)}, which means nothing here.`);
    }
  }
  push('end', offset, '');
  return tokens;
}

function describeCharacter(text: string, offset: number): string {
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}]/u.test(character)
    ? `the character U+${(text.codePointAt(offset) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
    : `\`${character}\``;
}
