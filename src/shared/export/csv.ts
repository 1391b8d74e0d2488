/**
 * Comma-separated values by RFC 4180: fields with a comma, a quote or a line's end stand in quotes, lines end with CR LF. Numbers are written
 * with the fewest digits that read back as the same double; what is not known is an empty field.
 */

export type Cell = number | string | null | undefined;

/** One field. */
export function csvField(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One record, with its line's end. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvField).join(',')}\r\n`;
