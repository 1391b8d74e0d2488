/**
 * Cuts a rule's text into pieces for the editor: the lexer's own tokens, with comments, and with what the lexer refuses kept as a piece
 * of its own. It never throws and needs no valid rule. Tokens never span lines, so each line is cut by itself.
 */
import { longestText, tokenize } from '../lexer';
import { LanguageError } from '../rule';
import type { Span } from '../tree';

/** A place in a text; line and column from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Piece {
  /** `open` is a string that does not end on its line; `unknown` is what the language has no use for. */
  readonly kind: 'name' | 'number' | 'string' | 'symbol' | 'comment' | 'open' | 'unknown';
  /** As written. */
  readonly text: string;
  /** As the parser reads it: a string without quotes, `<=` for `≤`. */
  readonly meaning: string;
  readonly at: Span;
}

export interface ScannedLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  readonly pieces: readonly Piece[];
}

/** What a lexer that stops at a fault has passed over: a word, or one character. */
const refused = /^(?:[\p{L}\p{Nd}_.]+|[^])/u;

/** @returns the lines of a text; none where the text is longer than a rule may be */
export function scan(text: string): ScannedLine[] {
  if (text.length > longestText) return [];
  return text.split('\n').map((line, i) => ({ number: i + 1, text: line, pieces: scanLine(line, i + 1) }));
}

function scanLine(text: string, line: number): Piece[] {
  const pieces: Piece[] = [];
  let offset = 0;
  const push = (kind: Piece['kind'], from: number, to: number, meaning = text.slice(from, to)): void => {
    pieces.push({ kind, text: text.slice(from, to), meaning, at: { line, column: from + 1, endLine: line, endColumn: to + 1 } });
  };
  const take = (until: number): void => {
    const from = offset;
    for (const { kind, text: meaning, at } of tokenize(text.slice(from, until), ''))
      if (kind !== 'end' && kind !== 'newline') push(kind, from + at.column - 1, from + at.endColumn - 1, meaning);
    offset = until;
  };
  while (offset < text.length) {
    try {
      take(text.length);
    } catch (error) {
      if (!(error instanceof LanguageError)) throw error;
      take(offset + error.column - 1);
      const rest = text.slice(offset);
      const open = rest.startsWith('"');
      const length = open ? rest.trimEnd().length : (refused.exec(rest)?.[0].length ?? 1);
      push(open ? 'open' : 'unknown', offset, offset + length);
      offset += length;
    }
  }
  const comment = commentStart(text, pieces);
  if (comment !== null) push('comment', comment, text.trimEnd().length);
  return pieces;
}

/** A comment is what the lexer leaves out from a `#` to the end of the line; only blanks may stand before it. */
function commentStart(text: string, pieces: readonly Piece[]): number | null {
  const from = (pieces.at(-1)?.at.endColumn ?? 1) - 1;
  const at = text.indexOf('#', from);
  return at < 0 || pieces.at(-1)?.kind === 'open' ? null : at;
}

/** Is the place within the piece, or at its end? */
export const touches = ({ at }: { readonly at: Span }, { line, column }: Position): boolean =>
  (line > at.line || (line === at.line && column >= at.column)) && (line < at.endLine || (line === at.endLine && column <= at.endColumn));
