/** The numbers of lines over steps as a table: a row for each step that any of them was measured at, a column a line. */
import type { Tabular } from './csv';
import { rowFrom, type Series } from './decimate';
import type { Range } from './viewport';

export interface TabulatedLine {
  readonly label: string;
  readonly series: Series;
  readonly quantity?: string;
  readonly layer?: string;
}

/** @param steps only of these steps; all where it is missing */
export function tabulate(caption: string, lines: readonly TabulatedLine[], steps?: Range): Tabular {
  const measured = new Set<number>();
  for (const { series } of lines) {
    const end = steps ? rowFrom(series, steps.max, true) : series.length;
    for (let row = steps ? rowFrom(series, steps.min) : 0; row < end; row++) measured.add(series.x(row));
  }
  const places = Float64Array.from(measured).sort();
  return {
    caption,
    columns: ['step', ...lines.map(({ label }) => label)],
    rows: places.length,
    cell(row, column) {
      if (column === 0) return places[row];
      const { series, quantity } = lines[column - 1];
      const at = rowFrom(series, places[row]);
      if (at >= series.length || series.x(at) !== places[row]) return null;
      const value = series.y(at);
      // of what is derived, NaN says that there is nothing; of what is the record's, that it was measured so
      return Number.isNaN(value) && quantity === undefined ? null : value;
    },
    source(column) {
      const line = lines[column - 1];
      return line?.quantity === undefined ? undefined : { quantity: line.quantity, layer: line.layer };
    },
    step: (row) => places[row],
  };
}
