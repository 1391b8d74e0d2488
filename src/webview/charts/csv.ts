/**
 * What a picture shows, as rows and columns: for the clipboard as comma-separated values (RFC 4180), with every digit that the record has, and
 * for the table that can stand in a picture's place.
 */

/** Where the numbers of a column stand in the record. */
export interface ColumnSource {
  /** As in the record: `loss`, `effectiveRate.q50`. */
  readonly quantity: string;
  readonly layer?: string;
}

export type Cell = number | string | null;

/** A picture's numbers. Rows and cells are asked for only when they are wanted. */
export interface Tabular {
  /** What it is, in a few words: `Loss, cross-entropy`. */
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: number;
  cell(row: number, column: number): Cell;
  /** Where a column's numbers are from, if they are the record's. */
  source?(column: number): ColumnSource | undefined;
  /** The step at which a row was measured, if it is one. */
  step?(row: number): number;
}

/** A number with all its digits: read back, it is the same. */
export const exact = (cell: Cell): string => (cell === null ? '' : String(cell));

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Comma-separated values: a row of names, then all rows. */
export function toCsv({ columns, rows, cell }: Tabular): string {
  const lines = [columns.map(quoted).join(',')];
  for (let row = 0; row < rows; row++) lines.push(columns.map((_, column) => quoted(exact(cell(row, column)))).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

/** At most `most` of `count` places, evenly spread, the first and the last among them. */
export function evenly(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index);
  if (most < 2) return [0].slice(0, most);
  return Array.from({ length: most }, (_, index) => Math.round((index * (count - 1)) / (most - 1)));
}
