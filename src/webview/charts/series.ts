/** Columns of a history and fields of events, as series for a chart. */
import { rowFrom, type Series } from './decimate';
import { column } from '../../shared/frame';
import type { History } from '../../shared/history';

const NOTHING: Series = { length: 0, x: () => NaN, y: () => NaN };

/**
 * Series of a history, each made once: who has drawn one knows it again, and looks only at the rows that are new.
 * @param value of a row, for what the index stands for: a column, a layer
 */
export function seriesOf(value: (history: History, row: number, index: number) => number): (history: History, index: number) => Series {
  const made = new WeakMap<History, Series[]>();
  const make = (history: History, index: number): Series => ({
    get length() {
      return history.rows;
    },
    get epoch() {
      return history.epoch;
    },
    x: (row) => history.at(row, column.step),
    y: (row) => value(history, row, index),
  });
  return (history, index) => {
    let all = made.get(history);
    if (!all) made.set(history, (all = []));
    return (all[index] ??= make(history, index));
  };
}

const columnOf = seriesOf((history, row, place) => history.at(row, place));

/** A column of the history over steps. */
export const columnSeries = (history: History | null, place: number): Series => (history ? columnOf(history, place) : NOTHING);

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
