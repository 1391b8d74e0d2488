/** Declarations of hyperparameters that stand under each other, in columns: name, default, domain, symbol and other names, meaning. */
import type { Piece } from './scan';
import { lay } from './spacing';
import { parameterParts, type Statement } from './structure';

/** A declaration, part by part; a part that is missing is empty. */
export interface ParameterCells {
  readonly name: string;
  readonly default: string;
  readonly domain: string;
  readonly names: string;
  readonly doc: string;
}

export function parameterCells(statement: Statement): ParameterCells {
  const parts = parameterParts(statement);
  const show = (pieces: readonly Piece[], word: string): string =>
    pieces.length === 0 ? '' : `${word} ${lay(pieces, 0, 'parameter').text}`;
  return {
    name: lay(statement.pieces.slice(0, 2), 0, 'parameter').text,
    default: show(parts.default, '='),
    domain: show(parts.domain, 'in'),
    names: [show(parts.symbol, 'as'), show(parts.aliases, 'also')].filter((part) => part !== '').join(' '),
    doc: parts.doc.map(({ text }) => text).join(' '),
  };
}

/** How many columns a text takes: accents stand over a letter. */
const width = (text: string): number => [...text.replace(/\p{M}/gu, '')].length;
const pad = (text: string, to: number): string => text + ' '.repeat(Math.max(0, to - width(text)));

/** Choices are as long as they need be: no column waits for them. */
const isChoice = ({ domain }: ParameterCells): boolean => domain.startsWith('in {');

/** @returns one line a declaration */
export function inColumns(rows: readonly ParameterCells[]): string[] {
  const widest = (cell: (row: ParameterCells) => string, of = rows): number => Math.max(0, ...of.map((row) => width(cell(row))));
  const name = widest((row) => row.name);
  const value = widest((row) => row.default);
  const plain = rows.some((row) => !isChoice(row)) ? rows.filter((row) => !isChoice(row)) : rows;
  const domain = widest((row) => row.domain, plain);
  const heads = rows.map((row) => {
    const parts = [pad(row.name, name), pad(row.default, value), ...(domain > 0 ? [pad(row.domain, domain)] : []), row.names];
    return parts.join(' ').trimEnd();
  });
  const doc = Math.max(0, ...heads.filter((_, i) => plain.includes(rows[i])).map(width));
  return heads.map((head, i) => `${pad(head, doc)} ${rows[i].doc}`.trimEnd());
}
