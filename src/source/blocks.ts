/**
 * Makes reading a long file cheap: functions and classes at the top level that mention nothing of interest are not given to the
 * parser at all. Only strings, comments, brackets and lines need to be told apart
 * for that, which takes one pass.
 */
import type { Range } from './reading';

/** One logical line at the top level with all that is indented below it. */
export interface Block extends Range {
  /** A function or a class, its decorators included: nothing in it binds a name of the module but its own. */
  readonly definition: boolean;
}

const blank = 32;
const tab = 9;
const feed = 10;
const carriage = 13;
const hash = 35;
const backslash = 92;
const singleQuote = 39;
const doubleQuote = 34;
const at = 64;

const definitions = ['def ', 'class ', 'async def '];
/** Words that cannot stand at the start of a line inside brackets: there an open bracket is one still to be closed by the person typing. */
const statements = [...definitions, 'import ', 'from ', 'return ', 'with ', 'while ', 'try:', '@'];

/** Divides a program into its top-level blocks. Every character belongs to exactly one, but for those before the first. */
export function blocks(text: string): Block[] {
  const found: Block[] = [];
  let depth = 0;
  let start = -1;
  let definition = false;
  let decorated = false;
  const close = (end: number): void => {
    if (start >= 0 && end > start) found.push({ from: start, to: end, definition });
  };
  const begins = (words: readonly string[], index: number): boolean => words.some((word) => text.startsWith(word, index));

  for (let i = 0; i < text.length; i++) {
    const lineStart = i === 0 || text.charCodeAt(i - 1) === feed;
    const c = text.charCodeAt(i);
    if (lineStart) {
      if (depth > 0 && begins(statements, i)) depth = 0;
      if (depth === 0 && c !== blank && c !== tab && c !== feed && c !== carriage && c !== hash) {
        if (!decorated) {
          close(i);
          start = i;
        }
        decorated = c === at;
        definition = decorated || begins(definitions, i);
      }
    }
    if (c === hash) {
      while (i + 1 < text.length && text.charCodeAt(i + 1) !== feed) i++;
    } else if (c === singleQuote || c === doubleQuote) {
      i = endOfString(text, i, c);
    } else if (c === 40 || c === 91 || c === 123) depth++;
    else if (c === 41 || c === 93 || c === 125) depth = Math.max(0, depth - 1);
    else if (c === backslash) i++;
  }
  close(text.length);
  return found;
}

/** The index of the last character of the string that begins at `from`; an unfinished one ends with its line. */
function endOfString(text: string, from: number, quote: number): number {
  const triple = text.charCodeAt(from + 1) === quote && text.charCodeAt(from + 2) === quote;
  for (let i = from + (triple ? 3 : 1); i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === backslash) i++;
    else if (c === quote && (!triple || (text.charCodeAt(i + 1) === quote && text.charCodeAt(i + 2) === quote))) return triple ? i + 2 : i;
    else if (c === feed && !triple) return i - 1;
  }
  return text.length - 1;
}

/** The stretches of the blocks that `keep` keeps, neighbours joined: what the parser is to read. */
export function kept(all: readonly Block[], keep: (block: Block) => boolean): Range[] {
  const ranges: { from: number; to: number }[] = [];
  for (const block of all) {
    if (!keep(block)) continue;
    const last = ranges[ranges.length - 1];
    if (last && last.to === block.from) last.to = block.to;
    else ranges.push({ from: block.from, to: block.to });
  }
  return ranges;
}
