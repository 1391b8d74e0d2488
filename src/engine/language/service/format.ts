/**
 * The canonical layout of a rule: declarations of hyperparameters in columns, one way to put spaces, lines that go on indented under what they
 * go on with. Comments stay, and blank lines stay as one. It never changes what a rule says: a text that is not grammatical is left as
 * it is, and so is one whose tree the layout would change.
 */
import { parseRule } from '../parser';
import { LanguageError } from '../rule';
import type { RuleTree } from '../tree';
import { inColumns, parameterCells, type ParameterCells } from './columns';
import { lay, type LaidLine } from './spacing';
import { closes, opens, structure, type Statement } from './structure';

/** @returns the text in its canonical layout; the text itself where it cannot be laid out */
export function format(text: string): string {
  const before = tree(text);
  if (before === null) return text;
  const laid = layout(text).join(text.includes('\r\n') ? '\r\n' : '\n');
  return tree(laid) === before ? laid : text;
}

/** The tree without the places of its nodes, to compare; null where the text has none. */
function tree(text: string): string | null {
  let read: RuleTree;
  try {
    read = parseRule(text, '');
  } catch (error) {
    if (error instanceof LanguageError) return null;
    throw error;
  }
  return JSON.stringify(read, (key, value: unknown) => (key === 'at' || key.endsWith('At') ? undefined : value));
}

/** One line of the result; a declaration of a hyperparameter waits for its columns. */
type Row = { readonly cells: ParameterCells; readonly comment: string } | { readonly text: string };

function layout(text: string): string[] {
  const { lines, statements } = structure(text);
  const beginning = new Map(statements.map((statement) => [statement.pieces[0], statement]));
  const rows: Row[] = [];
  let current: Statement | null = null;
  let indents: number[] = [];
  for (const { number, pieces: all } of lines) {
    const comment = all.find(({ kind }) => kind === 'comment')?.text ?? '';
    const pieces = all.filter(({ kind }) => kind !== 'comment');
    if (pieces.length === 0) {
      const within = current !== null && comment !== '' && number < current.at.endLine;
      rows.push({ text: within ? ' '.repeat(indents.at(-1) ?? 0) + comment : comment });
      continue;
    }
    const begun = beginning.get(pieces[0]);
    if (begun?.kind === 'parameter') {
      rows.push({ cells: parameterCells(begun), comment });
      current = begun;
      continue;
    }
    current = begun ?? current;
    const kind = current?.kind ?? 'other';
    const laid = lay(pieces, begun ? 0 : (indents.at(-1) ?? 0), kind);
    indents = nextIndents(laid, begun ? [hanging(laid, kind)] : indents);
    rows.push({ text: comment === '' ? laid.text : `${laid.text}  ${comment}` });
  }
  return tidy(settle(rows));
}

/** Where the lines stand that a statement goes on with, outside all brackets: under what follows its `=` or its word. */
function hanging({ pieces }: LaidLine, kind: Statement['kind']): number {
  const equals =
    kind === 'line' || kind === 'state' ? pieces.find(({ piece }) => piece.kind === 'symbol' && piece.meaning === '=') : undefined;
  return equals ? equals.column + 2 : pieces[0].piece.text.length + 1;
}

/** Within brackets a line goes on under what follows the innermost. @param indents the columns to go on at, the innermost last */
function nextIndents({ pieces }: LaidLine, indents: readonly number[]): number[] {
  const next = [...indents];
  for (const { piece, column } of pieces) {
    if (opens(piece)) next.push(column + 1);
    if (closes(piece) && next.length > 1) next.pop();
  }
  return next;
}

/** Puts each run of declarations in columns: a blank line ends a run, a comment does not. */
function settle(rows: readonly Row[]): string[] {
  const settled: string[] = [];
  for (let from = 0; from < rows.length;) {
    let to = from;
    while (to < rows.length && isInRun(rows[to])) to++;
    const run = rows.slice(from, to);
    const laid = inColumns(run.flatMap((row) => ('cells' in row ? [row.cells] : [])));
    for (const row of run) {
      if ('text' in row) settled.push(row.text);
      else settled.push([laid.shift() ?? '', row.comment].filter((part) => part !== '').join('  '));
    }
    if (to === from) {
      const row = rows[to++];
      if ('text' in row) settled.push(row.text);
    }
    from = to;
  }
  return settled;
}

const isInRun = (row: Row): boolean => 'cells' in row || row.text.startsWith('#');

/** Without blank lines at the ends and with at most one elsewhere; the last line ends like the others. */
function tidy(lines: readonly string[]): string[] {
  const kept = lines.filter((line, i) => line !== '' || (i > 0 && lines[i - 1] !== ''));
  while (kept[0] === '') kept.shift();
  while (kept.at(-1) === '') kept.pop();
  return [...kept, ''];
}
