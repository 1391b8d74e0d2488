/** Columns of a history and fields of events, as series for a chart. */
import { rowFrom, type Series } from './decimate';
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

/** A future that was left, from the last number on that `past` has up to the step where they part: so its line begins where the other runs. */
export function joined(past: Series, future: Series, parting: number): Series {
  const row = rowFrom(past, parting, true) - 1;
  if (row < 0 || future.length === 0) return future;
  return {
    length: future.length + 1,
    x: (index) => (index === 0 ? past.x(row) : future.x(index - 1)),
    y: (index) => (index === 0 ? past.y(row) : future.y(index - 1)),
  };
}
