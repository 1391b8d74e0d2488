/** The future that a run leaves by going back: what it had measured after that step, with what an older such future had beyond. Knows nothing of the editor. */
import type { CurvatureEvent, EvaluationEvent } from '../engine/run/record';
import { column, decodeFrame, encodeFrame } from '../shared/frame';
import type { History } from '../shared/history';
import type { Branch } from '../shared/protocol';
import { MOST_EVENTS } from '../shared/series';

/** What a run has measured. */
export interface Measured {
  readonly history: History | null;
  readonly evaluations: readonly EvaluationEvent[];
  readonly curvatures: readonly CurvatureEvent[];
}

/** The most rows of a branch; thinned evenly, the last is always there. */
const ROWS = 2048;

/**
 * @param from the step that is gone back to @param older the future left before, which the run has followed or not
 * @returns the older one where nothing lies after the step
 */
export function branchOff(from: number, { history, evaluations, curvatures }: Measured, older: Branch | null): Branch | null {
  if (history === null || !(history.last(column.step) > from)) return older;
  const reached = history.last(column.step);
  const beyond = older?.steps ? decodeFrame(older.steps) : null;
  const rows: Float64Array[] = [];
  for (let row = history.rowOf(from) + 1; row < history.rows; row++) rows.push(rowOf(history, row));
  for (let row = 0; beyond !== null && row < beyond.rows; row++) {
    const numbers = beyond.data.subarray(row * beyond.width, (row + 1) * beyond.width);
    if (numbers[column.step] > reached) rows.push(numbers);
  }
  const kept = thinned(rows, ROWS);
  const data = new Float64Array(kept.length * history.width);
  kept.forEach((numbers, i) => data.set(numbers, i * history.width));
  const joined = <Event extends { readonly step: number }>(own: readonly Event[], others: readonly Event[] = []): Event[] =>
    thinned([...own.filter(({ step }) => step > from), ...others.filter(({ step }) => step > reached)], MOST_EVENTS);
  return {
    from,
    steps: encodeFrame(history.layers, data, kept.length),
    evaluations: joined(evaluations, older?.evaluations),
    curvatures: joined(curvatures, older?.curvatures),
  };
}

const rowOf = (history: History, row: number): Float64Array =>
  Float64Array.from({ length: history.width }, (_, number) => history.at(row, number));

/** At most so many, evenly, the last among them. */
function thinned<Item>(items: readonly Item[], most: number): Item[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, i) => items[Math.floor(((i + 1) * items.length) / most) - 1]);
}
