/** The beginning of a CSV file: its encoding, its delimiter, and whether its first row names the columns. */
import { FileError } from '../files';
import { quote, Rows } from './rows';

/** What may stand between cells. */
const delimiters = [',', ';', '\t', '|'].map((character) => character.charCodeAt(0));
/** What is looked at for the delimiter: so many bytes, so many rows. */
const bytesLookedAt = 2 ** 16;
const rowsLookedAt = 10;

export interface Head {
  readonly header: readonly string[];
  /** Whether the header is the file's first row; otherwise the columns are called `column 1`, `column 2`, …. */
  readonly named: boolean;
  readonly delimiter: number;
  /** Where the samples begin, and on which line. */
  readonly at: number;
  readonly line: number;
}

/**
 * Reads the beginning of a file.
 * @param asked whether there is a header row; undefined: found out by looking
 * @param wanted columns that are named elsewhere: where the first row has one that is not a number, it is a header
 * @throws FileError
 */
export function readHead(bytes: Uint8Array, name: string, asked: boolean | undefined, wanted: readonly string[]): Head {
  const at = skipMark(bytes, name);
  const delimiter = findDelimiter(bytes, name, at);
  const rows = new Rows(bytes, delimiter, name, at);
  const count = rows.next();
  if (count === 0) throw new FileError(`${name} is empty; a header row with the names of the columns is expected, then one sample a row.`);
  const columns = Array.from({ length: count }, (_, column) => column);
  const isName = (column: number): boolean => Number.isNaN(rows.values[column]) && !rows.isEmpty(column);
  const named =
    asked ??
    (columns.every((column) => Number.isNaN(rows.values[column])) ||
      columns.some((column) => isName(column) && wanted.includes(rows.text(column))));
  if (!named) return { header: columns.map((column) => `column ${column + 1}`), named, delimiter, at, line: 1 };
  const header = columns.map((column) => rows.text(column));
  checkHeader(header, name, rows.line);
  return { header, named, delimiter, at: rows.rest.at, line: rows.rest.line };
}

/** Passes over the mark of UTF-8. */
function skipMark(bytes: Uint8Array, name: string): number {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw new FileError(`${name} is not text in UTF-8 but in UTF-16. Save it as UTF-8.`);
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** The delimiter that parts the first rows into the most cells, all into equally many; where none does, the one that parts the first row most. */
function findDelimiter(bytes: Uint8Array, name: string, at: number): number {
  const head = bytes.subarray(0, at + bytesLookedAt);
  let best = delimiters[0];
  let most = 0;
  for (const delimiter of delimiters) {
    const counts = countCells(new Rows(head, delimiter, name, at));
    if (head.length < bytes.length && counts.length > 1) counts.pop(); // it may be cut off
    const even = counts.every((count) => count === counts[0]);
    const cells = (counts[0] ?? 1) > 1 ? counts[0] + (even ? 2 ** 20 : 0) : 0;
    if (cells > most) {
      most = cells;
      best = delimiter;
    }
  }
  return best;
}

/** Cells of each of the first rows, up to a fault: that is told when all is read with the right delimiter. */
function countCells(rows: Rows): number[] {
  const counts: number[] = [];
  try {
    while (counts.length < rowsLookedAt) {
      const count = rows.next();
      if (count === 0) break;
      counts.push(count);
    }
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
  return counts;
}

function checkHeader(header: readonly string[], name: string, line: number): void {
  const empty = header.indexOf('');
  if (empty >= 0)
    throw new FileError(
      `${name}:${line}: column ${empty + 1} of ${header.length} has no name. The first row must name every column; ` +
        (empty === 0
          ? 'pandas leaves the row numbers out with to_csv(index=False).'
          : 'remove a delimiter at the end of the lines if there is one.'),
    );
  const places = new Map<string, number>();
  header.forEach((column, at) => {
    const before = places.get(column);
    if (before !== undefined)
      throw new FileError(`${name}:${line}: columns ${before + 1} and ${at + 1} are both called ${quote(column)}. Rename one.`);
    places.set(column, at);
  });
}
