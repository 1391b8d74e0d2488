/**
 * What a table says, by the slowest and plainest way: all cells as strings, split by one rule of RFC 4180 after the other, then typed column
 * by column. Where line ends are all of one kind, Papa Parse has to split the text alike. The truth that the fuzz holds the engine's reader against.
 */
import { isDeepStrictEqual } from 'node:util';
import Papa from 'papaparse';
import { readHead } from '../../src/engine/problems/csv/header';
import type { CsvSource } from '../../src/engine/run/specification';

export interface ExpectedTable {
  readonly features: readonly string[];
  /** Row after row; NaN where a cell is missing. */
  readonly x: readonly number[];
  /** The class's name, or the numbers to be predicted, row after row. */
  readonly learnt: readonly (string | number)[];
  /** The classes in the order of their numbers; none where numbers are predicted. */
  readonly classes: readonly string[];
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const isNumber = (cell: string): boolean => cell.length <= 1000 && decimal.test(cell);
const isMissing = (cell: string): boolean => ['', 'na', 'n/a', 'nan', 'null', '?'].includes(cell.toLowerCase());
const trim = (cell: string): string => cell.replace(/^[ \t]+|[ \t]+$/g, '');
const size = (cell: string): number => new TextEncoder().encode(cell).length;

/** Bytes as text with one character a byte, so that bad UTF-8 in one cell does not spoil another. */
const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** A cell's text. @throws Error where it is none */
function nameOf(cell: string): string {
  const bytes = Buffer.from(cell, 'latin1');
  if (bytes.length > 1000 || bytes.includes(0)) throw new Error('no name');
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** @returns null where the table must be refused */
export function expectedTable(bytes: Uint8Array, csv: Omit<CsvSource['csv'], 'file'>): ExpectedTable | null {
  try {
    return read(bytes, csv);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return null;
  }
}

const refuse = (): never => {
  throw new Error('refused');
};

function read(bytes: Uint8Array, csv: Omit<CsvSource['csv'], 'file'>): ExpectedTable {
  // How the file is parted, and whether it has a header, is a matter of taste and not of truth: taken as it was found.
  const { delimiter, named, header, at } = readHead(
    bytes,
    'x',
    csv.header,
    [csv.label ?? [], csv.targets ?? [], csv.ignore ?? [], csv.categories ?? []].flat(),
  );
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const text = latin(bytes.subarray(start));
  const all = split(text, String.fromCharCode(delimiter));
  comparePapa(text, String.fromCharCode(delimiter), all);
  const rows = named ? all.slice(1) : all;
  if (named && !isDeepStrictEqual(all[0].map(nameOf), header)) throw new Error('another header');
  if (rows.length === 0 || at < start) refuse();
  if (new Set(header).size !== header.length || header.includes('')) refuse();
  if (rows.some((row) => row.length !== header.length)) refuse();

  const place = (name: string): number => (header.includes(name) ? header.indexOf(name) : refuse());
  const label = csv.label === undefined ? undefined : place(csv.label);
  const targets = (csv.targets ?? []).map(place);
  const ignored = (csv.ignore ?? []).map(place);
  const categories = (csv.categories ?? []).map(place);
  const learnt = [label ?? [], targets].flat();
  if (ignored.some((column) => learnt.includes(column)) || categories.some((column) => learnt.includes(column) || ignored.includes(column)))
    refuse();
  const features = header.map((_, column) => column).filter((column) => !learnt.includes(column) && !ignored.includes(column));
  if (features.length === 0) refuse();

  const { missing = 'refuse' } = csv;
  const lacks = (row: readonly string[], column: number): boolean => (column === label ? row[column] === '' : isMissing(row[column]));
  for (const column of [...features, ...learnt]) {
    const some = rows.some((row) => lacks(row, column));
    if (rows.every((row) => lacks(row, column))) refuse();
    if (some && (missing === 'refuse' || (missing === 'mean' && learnt.includes(column)))) refuse();
  }
  const encode = features.map((column) => encoder(header[column], rows.map((row) => row[column]).filter((cell) => !isMissing(cell)), categories.includes(column))); // prettier-ignore
  for (const column of targets) checkNumbers(rows.map((row) => row[column]).filter((cell) => !isMissing(cell)));
  if (label !== undefined && new Set(rows.map((row) => row[label]).filter((cell) => cell !== '').map(nameOf)).size > 1000) refuse(); // prettier-ignore
  const kept = missing === 'drop' ? rows.filter((row) => ![...features, ...learnt].some((column) => lacks(row, column))) : rows;
  if (kept.length === 0) refuse();
  const wanted = kept.flatMap((row): (string | number)[] =>
    label === undefined ? targets.map((column) => Number(row[column]) + 0) : [nameOf(row[label])],
  );
  return {
    features: encode.flatMap(({ names }) => names),
    x: kept.flatMap((row) => features.flatMap((column, i) => (isMissing(row[column]) ? encode[i].names.map(() => NaN) : encode[i].numbers(row[column])))), // prettier-ignore
    learnt: wanted,
    classes: label === undefined ? [] : [...new Set(wanted.map(String))].sort(),
  };
}

function checkNumbers(cells: readonly string[]): void {
  if (!cells.every((cell) => isNumber(cell) && Number.isFinite(Math.fround(Number(cell))))) refuse();
}

/** How the cells of a column become features. */
function encoder(name: string, cells: readonly string[], isCategory: boolean): { names: string[]; numbers(cell: string): number[] } {
  if (!isCategory && cells.every(isNumber)) {
    checkNumbers(cells);
    return { names: [name], numbers: (cell) => [Math.fround(Number(cell)) + 0] };
  }
  if (!isCategory && cells.some(isNumber)) refuse();
  if (!isCategory && cells.every((cell) => /^(?:true|false)$/i.test(cell)))
    return { names: [name], numbers: (cell) => [cell.toLowerCase() === 'true' ? 1 : 0] };
  const categories = [...new Set(cells.map(nameOf))].sort();
  if (categories.length > 256) refuse();
  return {
    names: categories.map((category) => `${name} = ${category}`),
    numbers: (cell) => categories.map((category) => (category === nameOf(cell) ? 1 : 0)),
  };
}

/** Splits a text into rows of cells, character by character; blank lines are none. */
function split(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let i = 0;
  while (i < text.length) {
    if (row.length === 0) {
      const blank = (delimiter === '\t' ? /^ *(?:\r\n|\r|\n|$)/ : /^[ \t]*(?:\r\n|\r|\n|$)/).exec(text.slice(i, i + 400_000));
      if (blank) {
        i += blank[0].length;
        continue;
      }
    }
    while (text[i] === ' ' || (text[i] === '\t' && delimiter !== '\t')) i++;
    let cell = '';
    if (text[i] === '"') {
      for (i++; text[i] !== '"' || text[i + 1] === '"'; i += text[i] === '"' ? 2 : 1) {
        if (i >= text.length) refuse();
        cell += text[i];
      }
      i++;
      while (text[i] === ' ' || (text[i] === '\t' && delimiter !== '\t')) i++;
      if (i < text.length && ![delimiter, '\r', '\n'].includes(text[i])) refuse();
    } else
      for (; i < text.length && ![delimiter, '\r', '\n'].includes(text[i]); i++) {
        if (text[i] === '"') refuse();
        cell += text[i];
      }
    row.push(trim(cell));
    if (row.length > 65_536) refuse();
    if (text[i] === delimiter) {
      i++;
      if (i < text.length) continue;
      row.push('');
    }
    rows.push(row);
    row = [];
    i += text[i] === '\r' && text[i + 1] === '\n' ? 2 : 1;
  }
  return rows;
}

/** Papa Parse splits alike: only where no cell is quoted but as a whole, and line ends are all of one kind, as it expects them. */
function comparePapa(text: string, delimiter: string, rows: readonly (readonly string[])[]): void {
  const bare = text.replace(/"(?:[^"]|"")*"/g, '');
  const newlines = new Set(bare.match(/\r\n|\r|\n/g) ?? []);
  const spaced = /[ \t]"|"[ \t]/.test(text);
  if (newlines.size > 1 || spaced || size(text) > 100_000) return;
  const [newline = '\n'] = newlines;
  const { data } = Papa.parse<string[]>(text, { delimiter, newline: newline as '\n' | '\r\n' | '\r' });
  const cells = data.map((row) => row.map(trim));
  const kept = cells.filter((row) => row.length > 1 || row[0] !== '');
  const own = rows.filter((row) => row.length > 1 || row[0] !== '');
  if (!isDeepStrictEqual(kept, own)) throw new RangeError(`Papa Parse reads ${JSON.stringify(kept)}, not ${JSON.stringify(own)}`);
}
