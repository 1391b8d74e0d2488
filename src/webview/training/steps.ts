/**
 * Which steps of a run can be looked at: those that its history keeps. The newest is told as null, "whatever is newest", so that a run goes on
 * being followed. All of it is arithmetic on rows; the scrubber and the buttons share it.
 */
import { column } from '../../shared/frame';
import type { Run } from '../run';

/** The last kept step not after `step`, or the first; null where that is the newest. */
export function snap(run: Run, step: number): number | null {
  return stepOf(run, run.history?.rowOf(step) ?? 0);
}

/** So many kept steps further. @param at the step looked at @param rows negative: earlier */
export function beside(run: Run, at: number | null, rows: number): number | null {
  return stepOf(run, rowAt(run, at) + rows);
}

/** A share of all steps taken further, one kept step at least. @param share of the way from the first step to the newest, negative: earlier */
export function page(run: Run, at: number | null, share: number): number | null {
  const row = rowAt(run, at);
  const from = run.history?.at(Math.max(row, 0), column.step) ?? 0;
  const wanted = run.history?.rowOf(from + share * (run.step - firstStep(run))) ?? 0;
  return stepOf(run, share < 0 ? Math.min(row - 1, wanted) : Math.max(row + 1, wanted));
}

/** The first step that was measured; 0 before it. */
export const firstStep = ({ history }: Run): number => (history && history.rows > 0 ? history.at(0, column.step) : 0);

/** Is there a kept step before the one looked at? */
export const hasEarlier = (run: Run, at: number | null): boolean => rowAt(run, at) > 0;

function rowAt({ history }: Run, at: number | null): number {
  const newest = (history?.rows ?? 0) - 1;
  return at === null ? newest : Math.min(newest, history?.rowOf(at) ?? -1);
}

/** @param row a place in the history, or beyond its ends: then the end */
function stepOf({ history }: Run, row: number): number | null {
  const newest = (history?.rows ?? 0) - 1;
  return !history || row >= newest ? null : history.at(Math.max(0, row), column.step);
}
