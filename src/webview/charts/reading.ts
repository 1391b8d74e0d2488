/**
 * What is read of a chart: the measured number of each line that is nearest to a step. Under the pointer the place stays where the pointer is
 * while the run streams; where the keys have led, the step stays.
 */
import { rowFrom, rowNearest, type Series } from './decimate';
import type { DrawnLine, LineChart } from './lineChart';
import type { Reading } from './readout';
import type { Range } from './viewport';

/** Where one reads: at a place of the chart, CSS pixels, or at a step. */
export type ReadingPlace = { readonly place: number } | { readonly step: number };

/** The numbers of all lines that are read, nearest to `step`. */
export function readingsAt(lines: readonly DrawnLine[], step: number): Reading[] {
  return lines.flatMap(({ silent, series, label, colour, dashed = false, quantity, layer }) => {
    const row = silent ? -1 : rowNearest(series, step);
    return row < 0 ? [] : [{ label, colour, dashed, step: series.x(row), value: series.y(row), quantity, layer }];
  });
}

/** The step of the readings that is nearest to `step`: what the box is headed with. */
export function stepOf(readings: readonly Reading[], step: number): number {
  return readings.reduce((best, { step: at }) => (Math.abs(at - step) < Math.abs(best - step) ? at : best), readings[0].step);
}

/** The lines that are read, as one series of the steps at which any of them was measured. */
const readable = (lines: readonly DrawnLine[]): readonly Series[] =>
  lines.filter(({ silent, series }) => !silent && series.length > 0).map(({ series }) => series);

/**
 * Where reading goes on from `step`: by `distance` steps, and at least to the next step at which a line was measured. Stays where there is none.
 */
export function readOn(lines: readonly DrawnLine[], step: number, distance: number): number {
  const wanted = step + distance;
  let next = step;
  for (const series of readable(lines)) {
    const row = distance > 0 ? rowFrom(series, step, true) : rowFrom(series, step) - 1;
    if (row < 0 || row >= series.length) continue;
    const nearest = series.x(rowNearest(series, wanted));
    const at = distance > 0 ? Math.max(series.x(row), nearest) : Math.min(series.x(row), nearest);
    if (next === step || Math.abs(at - wanted) < Math.abs(next - wanted)) next = at;
  }
  return next;
}

/** The first and the last measured step in a window; null where there is none. */
export function ends(lines: readonly DrawnLine[], window: Range): Range | null {
  let [min, max] = [Infinity, -Infinity];
  for (const series of readable(lines)) {
    const [first, end] = [rowFrom(series, window.min), rowFrom(series, window.max, true)];
    if (end <= first) continue;
    min = Math.min(min, series.x(first));
    max = Math.max(max, series.x(end - 1));
  }
  return min <= max ? { min, max } : null;
}

/** The step at which one reads. */
export const stepOfPlace = (at: ReadingPlace, chart: LineChart): number => ('step' in at ? at.step : chart.stepAt(at.place));
