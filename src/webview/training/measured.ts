/** A number with the step at which it was measured, null where there is none: what a `Quantity` is set to. */
import type { EvaluationEvent } from '../../engine/run/record';
import type { Quantity } from '../quantity';
import type { Run } from '../run';

export type Measured = readonly [value: number, step: number] | null;

/** A column of the step that is looked at. */
export const looked = (run: Run, place: number): Measured => (run.row < 0 ? null : [run.value(place), run.looked]);

/** A field of an evaluation. */
export function evaluated(event: EvaluationEvent | undefined, field: Exclude<keyof EvaluationEvent, 'type' | 'step'>): Measured {
  const value = event?.[field] ?? null;
  return event === undefined || value === null ? null : [value, event.step];
}

/** Shows it, or that there is none. */
export function put(quantity: Quantity, measured: Measured): void {
  if (measured) quantity.set(...measured);
  else quantity.clear();
}
