/**
 * CSV: a header row with the columns' names, then one sample a row. One column is the class (`label`) or some are the numbers to be
 * predicted (`targets`); all others are features and must be numbers. The delimiter (comma, semicolon, tab, bar) is found out.
 * Papa Parse splits the text; what a cell may hold is decided here, and every fault is told by line and column.
 */
import Papa from 'papaparse/papaparse.js';
import { SpecificationError, type CsvSource } from '../run/specification';
import { suggestion } from '../suggest';
import type { Dataset, Labels, Targets } from './dataset';
import { baseName, FileError } from './files';
import { Floats64 } from './floats64';

/** The most bytes of a CSV file: one JavaScript string has to hold its text. */
export const largestCsv = 2 ** 28;
/** More classes than this are numbers, not classes. */
const mostClasses = 1000;

/** A decimal number as every language writes it. `Number` alone would also take "", "0x10" and "Infinity". */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

const quote = (text: string): string => `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;

/** One row of cells and the line on which it begins, from 1. */
type Visit = (cells: readonly string[], line: number) => void;

/**
 * Reads a table.
 * @param text the file's content @param source what the specification says of it
 * @throws FileError where the file is at fault, SpecificationError where a column that the specification names is not there
 */
export function parseCsv(text: string, source: CsvSource['csv']): Dataset {
  const name = baseName(source.file);
  let header: readonly string[] | undefined;
  let columns: Columns | undefined;
  const features = new Floats64();
  const targets = new Floats64();
  const classOf = new Map<string, number>();
  const classes: number[] = [];
  let samples = 0;

  eachRow(text, name, (cells, line) => {
    if (!header || !columns) {
      header = checkHeader(cells, name, line);
      columns = chooseColumns(header, source);
      return;
    }
    if (cells.length !== header.length)
      throw new FileError(
        `${name}:${line}: this row has ${count(cells.length, 'cell')}; the header has ${count(header.length, 'column')} (${header.map(quote).join(', ')}).`,
      );
    const place = (column: number): string => `${name}:${line}, column ${column + 1} (${header?.[column]})`;
    for (const column of columns.features) features.push(readNumber(cells[column], () => place(column), columns.label !== undefined));
    for (const column of columns.targets) targets.push(readNumber(cells[column], () => place(column), false));
    if (columns.label !== undefined) classes.push(readClass(cells[columns.label], classOf, () => place(columns?.label ?? 0)));
    samples++;
  });

  if (!columns) throw new FileError(`${name} is empty; a header row with the names of the columns is expected, then one sample a row.`);
  if (samples === 0) throw new FileError(`${name} has a header but no rows below it: there is nothing to learn from.`);
  const y: Labels | Targets =
    columns.label === undefined
      ? { kind: 'targets', outputs: columns.targets.length, values: targets.take() }
      : sortedClasses(classOf, classes);
  return { name, samples, inputs: columns.features.length, x: features.take(), scale: 1, y };
}

/** Splits the text into rows, skipping empty lines. Papa Parse tells where a row ends; the lines up to there are counted here. */
function eachRow(text: string, name: string, visit: Visit): void {
  const content = text.replace(/^\uFEFF/, '');
  let line = 1;
  let end = 0;
  Papa.parse(content, {
    step({ data, errors, meta }) {
      // Papa Parse also reports that one column alone leaves the delimiter open: that is no fault.
      const fault = errors.find(({ type }) => type === 'Quotes');
      if (fault) {
        const unclosed = fault.code === 'MissingQuotes';
        throw new FileError(
          `${name}:${line}: ${unclosed ? 'a quote is opened here and never closed' : 'a quoted cell goes on after its closing quote; a quote within one is written twice ("")'}.`,
        );
      }
      if (data.some((cell) => cell.trim() !== '')) visit(data, line);
      else if (data.length > 1) visit(data, line); // a row of empty cells is a fault, not an empty line
      line += newlines(content, end, meta.cursor);
      end = meta.cursor;
    },
  });
}

/** Line ends (\n, \r\n or \r) between two positions. */
function newlines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let i = from; i < to; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 10 || (unit === 13 && text.charCodeAt(i + 1) !== 10)) lines++;
  }
  return lines;
}

function checkHeader(cells: readonly string[], name: string, line: number): readonly string[] {
  const header = cells.map((cell) => cell.trim());
  const empty = header.indexOf('');
  if (empty >= 0)
    throw new FileError(
      `${name}:${line}: column ${empty + 1} of ${header.length} has no name. The first row must name every column; ` +
        `remove a delimiter at the end of the lines if there is one.`,
    );
  const twice = header.findIndex((column, at) => header.indexOf(column) !== at);
  if (twice >= 0)
    throw new FileError(
      `${name}:${line}: columns ${header.indexOf(header[twice]) + 1} and ${twice + 1} are both called ${quote(header[twice])}. Rename one.`,
    );
  if (header.every((cell) => decimal.test(cell)))
    throw new FileError(`${name}:${line}: the first row holds only numbers; it must name the columns. Add a header row.`);
  return header;
}

interface Columns {
  readonly features: readonly number[];
  readonly label?: number;
  readonly targets: readonly number[];
}

/** Which column is what. */
function chooseColumns(header: readonly string[], source: CsvSource['csv']): Columns {
  const find = (column: string, path: string): number => {
    const at = header.indexOf(column);
    if (at >= 0) return at;
    throw new SpecificationError(
      path,
      `${baseName(source.file)} has no column ${quote(column)}; it has ${header.slice(0, 20).map(quote).join(', ')}${header.length > 20 ? ', …' : ''}.` +
        suggestion(column, header),
    );
  };
  const label = source.label === undefined ? undefined : find(source.label, 'problem.data.csv.label');
  const targets = (source.targets ?? []).map((column, i) => find(column, `problem.data.csv.targets[${i}]`));
  const features = header.map((_, column) => column).filter((column) => column !== label && !targets.includes(column));
  if (features.length === 0)
    throw new SpecificationError(
      'problem.data.csv',
      `${baseName(source.file)} has no column besides ${header.map(quote).join(', ')}: none is left to learn from.`,
    );
  return { features, label, targets };
}

function readNumber(cell: string, place: () => string, feature: boolean): number {
  const text = cell.trim();
  const value = decimal.test(text) ? Number(text) : NaN;
  if (Number.isFinite(value)) return value;
  if (text === '') throw new FileError(`${place()}: the cell is empty; a number is expected. Fill it in or leave the row out.`);
  if (decimal.test(text)) throw new FileError(`${place()}: ${quote(text)} is beyond the range of a double (1.8e308).`);
  if (/^[+-]?(?:nan|inf|infinity|na|n\/a|null)$/i.test(text))
    throw new FileError(`${place()}: found ${quote(text)}; a finite number is expected. Fill it in or leave the row out.`);
  if (/^[+-]?\d*,\d+$/.test(text))
    throw new FileError(`${place()}: found ${quote(text)}; a number is expected, with a point before its decimals.`);
  throw new FileError(
    `${place()}: found ${quote(text)}; a number is expected. Every column but the ${feature ? 'label' : 'label or targets'} is a feature and must be numeric: ` +
      `columns of categories are not encoded in this version; replace them by numbers or remove them.`,
  );
}

function readClass(cell: string, known: Map<string, number>, place: () => string): number {
  const name = cell.trim();
  if (name === '') throw new FileError(`${place()}: the cell is empty; the name of a class is expected.`);
  const seen = known.get(name);
  if (seen !== undefined) return seen;
  if (known.size === mostClasses)
    throw new FileError(
      `${place()}: more than ${mostClasses} classes. If the column holds numbers to be predicted, name it in \`targets\` instead of \`label\`.`,
    );
  known.set(name, known.size);
  return known.size - 1;
}

/** Numbers the classes by the sorted order of their names. @param found class of each sample, numbered as they came */
function sortedClasses(known: ReadonlyMap<string, number>, found: readonly number[]): Labels {
  const names = [...known.keys()].sort();
  const number = new Int32Array(names.length);
  names.forEach((name, at) => (number[known.get(name) ?? 0] = at));
  return { kind: 'classes', classes: names.length, names, labels: Int32Array.from(found, (label) => number[label]) };
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
