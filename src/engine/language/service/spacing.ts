/**
 * Where the canonical layout puts a space: `beta1*m + (1 - beta1)*g^2`, as `print.ts` writes a tree. A fraction may breathe, `m / (1 - beta1^t)`,
 * where its writer has let it.
 */
import { closes, opens, type Statement } from './structure';
import type { Piece } from './scan';

const tight: ReadonlySet<string> = new Set(['*', '/', '^']);
/** Words after which an expression begins. */
const before: ReadonlySet<string> = new Set(['if', 'then', 'else', 'and', 'or', 'not', 'in', 'require']);

/** A piece in a laid-out line: what stands before it, and its text. */
export interface Laid {
  readonly piece: Piece;
  /** The column at which it begins, from 0. */
  readonly column: number;
}

export interface LaidLine {
  readonly text: string;
  readonly pieces: readonly Laid[];
}

/** Is this a sign rather than a difference? */
function isSign(previous: Piece | undefined, piece: Piece): boolean {
  if (piece.kind !== 'symbol' || piece.meaning !== '-') return false;
  if (previous === undefined) return true;
  return previous.kind === 'symbol' ? !closes(previous) : previous.kind === 'name' && before.has(previous.meaning);
}

/** Had the writer put a space there? */
const spaced = (a: Piece | undefined, b: Piece | undefined): boolean => a === undefined || b === undefined || a.at.endColumn < b.at.column;

/** @param from the column at which the line begins @param statement what the pieces belong to */
export function lay(pieces: readonly Piece[], from: number, statement: Statement['kind']): LaidLine {
  let text = ' '.repeat(from);
  const laid = pieces.map((piece, i) => {
    if (i > 0 && gap(pieces, i, statement)) text += ' ';
    const column = text.length;
    text += piece.text;
    return { piece, column };
  });
  return { text, pieces: laid };
}

/** Is there a space before piece `i`? */
function gap(pieces: readonly Piece[], i: number, statement: Statement['kind']): boolean {
  const [previous, piece, next] = [pieces[i - 1], pieces[i], pieces[i + 1] as Piece | undefined];
  if (opens(previous) || closes(piece) || is(piece, ',')) return false;
  if (isSign(pieces[i - 2], previous)) return false;
  if (piece.kind === 'symbol' && tight.has(piece.meaning)) return breathes(previous, piece, next);
  if (previous.kind === 'symbol' && tight.has(previous.meaning)) return breathes(pieces[i - 2], previous, piece);
  if (is(piece, '(')) return previous.kind !== 'name' || before.has(previous.meaning);
  if (is(piece, '[')) return statement !== 'state' || previous.kind !== 'name';
  return true;
}

const is = (piece: Piece, meaning: string): boolean => piece.kind === 'symbol' && piece.meaning === meaning;

const breathes = (left: Piece | undefined, operator: Piece, right: Piece | undefined): boolean =>
  operator.meaning === '/' && spaced(left, operator) && spaced(operator, right) && (left ?? right) !== undefined;
