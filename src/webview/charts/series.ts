/** Columns of a history and fields of events, as series for a chart. */
import type { Series } from './decimate';
import { column } from '../../shared/frame';
import type { History } from '../../shared/history';

const NOTHING: Series = { length: 0, x: () => NaN, y: () => NaN };

/** A column of the history over steps. */
export function columnSeries(history: History | null, place: number): Series {
  if (!history) return NOTHING;
  return { length: history.rows, x: (row) => history.at(row, column.step), y: (row) => history.at(row, place) };
}

/** A field of events over steps; null is a gap. */
export function eventSeries<Event extends { readonly step: number }>(
  events: readonly Event[],
  field: (event: Event) => number | null,
): Series {
  return { length: events.length, x: (index) => events[index].step, y: (index) => field(events[index]) ?? NaN };
}
