/**
 * A rule's text as statements, half-typed ones included: what the outline, completion, hovers and references stand on. It asks much less of the
 * text than the parser does, and where both read a text they agree on what is declared where.
 */
import { scan, type Piece, type ScannedLine } from './scan';
import { isWord, type WordName } from './words';
import type { Span } from '../tree';

export interface Statement {
  /** The word that begins it; `line` is a line of the rule, `other` what begins nothing that is known. */
  readonly kind: WordName | 'line' | 'other';
  /** Without comments; the first is the word or the name on the left. */
  readonly pieces: readonly Piece[];
  readonly at: Span;
}

export interface NamedPart {
  readonly name: string;
  readonly at: Span;
}

export interface ParameterSketch extends NamedPart {
  readonly kind: 'parameter';
  readonly aliases: readonly string[];
  /** As written. */
  readonly default: string;
  readonly domain: string;
  /** Where it is one of several texts, these. */
  readonly choices: readonly string[];
  readonly symbol: string;
  readonly doc: string;
  readonly statement: Statement;
}

export interface StateSketch extends NamedPart {
  readonly kind: 'state';
  /** As written: `rows, 1`; empty where it is the shape of the weights. */
  readonly shape: string;
  /** As written; empty for 0. */
  readonly initial: string;
  readonly statement: Statement;
}

export interface LineSketch extends NamedPart {
  readonly kind: 'line';
  readonly statement: Statement;
}

export interface HeaderSketch extends NamedPart {
  readonly kind: 'optimizer' | 'wrapper';
  readonly title: string;
  readonly statement: Statement;
}

/** Everything of a rule that has a name. */
export type Sketch = HeaderSketch | ParameterSketch | StateSketch | LineSketch;

/** A text with what can be seen in it. */
export interface Structure {
  readonly lines: readonly ScannedLine[];
  readonly statements: readonly Statement[];
  /** In the order of the text. */
  readonly sketches: readonly Sketch[];
}

export function structure(text: string): Structure {
  const lines = scan(text);
  const statements = split(lines);
  return { lines, statements, sketches: statements.flatMap((statement) => sketchesOf(statement)) };
}

const isSymbol = (piece: Piece | undefined, text: string): boolean => piece?.kind === 'symbol' && piece.meaning === text;

/** Is it an opening, or a closing, bracket of any kind? The ends of an interval are of either. */
export const opens = ({ kind, meaning }: Piece): boolean => kind === 'symbol' && '([{'.includes(meaning);
export const closes = ({ kind, meaning }: Piece): boolean => kind === 'symbol' && ')]}'.includes(meaning);

/** What a line begins; null where it goes on with what stands before it. An expression never has a name and `=`, or a word and a name. */
function begins([first, second]: readonly Piece[], open: boolean): Statement['kind'] | null {
  if (first?.kind !== 'name') return open ? null : 'other';
  if (isSymbol(second, '=')) return 'line';
  if (isWord(first.meaning) && (second === undefined || second.kind !== 'symbol' || isSymbol(second, '(') || isSymbol(second, '-')))
    return first.meaning;
  return open ? null : 'other';
}

const goesOn: ReadonlySet<string> = new Set(['then', 'else', 'and', 'or', 'not', 'if']);

/** Does more have to follow this piece: is it an operator, a comma, an opening bracket, a word within an expression? */
export const waits = (piece: Piece): boolean =>
  (piece.kind === 'symbol' && !closes(piece)) || (piece.kind === 'name' && goesOn.has(piece.meaning));

/** Does a line that ends with `last` go on with the line that begins with `first`? */
function continues(last: Piece | undefined, first: Piece, statement: Statement['kind'], depth: number): boolean {
  if (depth > 0) return true;
  if (first.kind === 'string') return statement === 'summary' || statement === 'use' || statement === 'source';
  if (first.kind === 'name' && (first.meaning === 'then' || first.meaning === 'else')) return true;
  return last !== undefined && waits(last);
}

function split(lines: readonly ScannedLine[]): Statement[] {
  const statements: { kind: Statement['kind']; pieces: Piece[] }[] = [];
  let depth = 0;
  for (const { pieces: all } of lines) {
    const pieces = all.filter(({ kind }) => kind !== 'comment');
    if (pieces.length === 0) continue;
    const before = statements.at(-1);
    const open = before !== undefined && continues(before.pieces.at(-1), pieces[0], before.kind, depth);
    const kind = begins(pieces, open);
    if (kind === null && before) before.pieces.push(...pieces);
    else {
      statements.push({ kind: kind ?? 'other', pieces });
      depth = 0;
    }
    for (const piece of pieces) depth = Math.max(0, depth + Number(opens(piece)) - Number(closes(piece)));
    // a hyperparameter is declared on one line
    if (statements.at(-1)?.kind === 'parameter') depth = 0;
  }
  return statements.map(({ kind, pieces }) => ({ kind, pieces, at: spanOf(pieces) }));
}

const spanOf = (pieces: readonly Piece[]): Span => {
  const first = pieces[0].at;
  const last = pieces[pieces.length - 1].at;
  return { line: first.line, column: first.column, endLine: last.endLine, endColumn: last.endColumn };
};

function sketchesOf(statement: Statement): Sketch[] {
  const [first, second] = statement.pieces;
  switch (statement.kind) {
    case 'optimizer':
    case 'wrapper': {
      if (second?.kind !== 'name') return [];
      const title = statement.pieces.find(({ kind }) => kind === 'string')?.meaning ?? second.meaning;
      return [{ kind: statement.kind, name: second.meaning, at: second.at, title, statement }];
    }
    case 'parameter':
      return second?.kind === 'name' ? [parameter(second, statement)] : [];
    case 'state':
      return states(statement);
    case 'line':
      return [{ kind: 'line', name: first.meaning, at: first.at, statement }];
    default:
      return [];
  }
}

/** As written, with single spaces where there was anything between. */
export function written(pieces: readonly Piece[]): string {
  return pieces
    .map((piece, i) => {
      const before = pieces[i - 1];
      const apart = before !== undefined && (before.at.endLine !== piece.at.line || before.at.endColumn !== piece.at.column);
      return (apart ? ' ' : '') + piece.text;
    })
    .join('');
}

/** The parts of a declaration of a hyperparameter. */
export type ParameterParts = Readonly<Record<'default' | 'domain' | 'symbol' | 'aliases' | 'doc', readonly Piece[]>>;

const partBegunBy: ReadonlyMap<string, keyof ParameterParts> = new Map([
  ['=', 'default'],
  ['in', 'domain'],
  ['as', 'symbol'],
  ['also', 'aliases'],
]);

/** A declaration of a hyperparameter by the words and signs that begin its parts; these themselves are left out. */
export function parameterParts({ pieces }: Statement): ParameterParts {
  const parts: Record<keyof ParameterParts, Piece[]> = { default: [], domain: [], symbol: [], aliases: [], doc: [] };
  let part: keyof ParameterParts = 'doc';
  let depth = 0;
  for (const piece of pieces.slice(2)) {
    const begun = depth === 0 && piece.kind !== 'string' ? partBegunBy.get(piece.meaning) : undefined;
    if (begun !== undefined) {
      part = begun;
      continue;
    }
    if (opens(piece)) depth++;
    // a text behind a part that is whole is the meaning
    const whole = part === 'aliases' || (depth === 0 && parts[part].length > 0);
    if (piece.kind === 'string' && whole) part = 'doc';
    parts[part].push(piece);
    if (closes(piece)) depth = Math.max(0, depth - 1);
  }
  return parts;
}

function parameter(name: Piece, statement: Statement): ParameterSketch {
  const parts = parameterParts(statement);
  const texts = (pieces: readonly Piece[]): string[] => pieces.filter(({ kind }) => kind === 'string').map(({ meaning }) => meaning);
  return {
    kind: 'parameter',
    name: name.meaning,
    at: name.at,
    aliases: parts.aliases.filter(({ kind }) => kind === 'name').map(({ meaning }) => meaning),
    default: written(parts.default),
    domain: written(parts.domain),
    choices: texts(parts.domain),
    symbol: texts(parts.symbol)[0] ?? name.meaning,
    doc: texts(parts.doc).join(' '),
    statement,
  };
}

function states(statement: Statement): StateSketch[] {
  const pieces = statement.pieces.slice(1);
  const equals = pieces.findIndex((piece) => isSymbol(piece, '='));
  const declared = equals < 0 ? pieces : pieces.slice(0, equals);
  const initial = equals < 0 ? '' : written(pieces.slice(equals + 1));
  const found: { name: Piece; shape: Piece[] }[] = [];
  let depth = 0;
  for (const piece of declared) {
    if (isSymbol(piece, ']')) depth = 0;
    else if (depth > 0) found.at(-1)?.shape.push(piece);
    else if (isSymbol(piece, '[')) depth = 1;
    else if (piece.kind === 'name') found.push({ name: piece, shape: [] });
  }
  return found.map(({ name, shape }) => ({
    kind: 'state',
    name: name.meaning,
    at: name.at,
    shape: written(shape),
    initial,
    statement,
  }));
}
