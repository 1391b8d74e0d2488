/**
 * Why there is no measurement to show: curvature is off in the run, the first measurement is still to come, or the step looked at lies before
 * the first.
 */
import { integer } from '../format';
import type { Run } from '../run';

/** One sentence; empty where there is a measurement. */
export function whyNothing(run: Run): string {
  if (run.curvature) return '';
  const [first] = run.curvatures;
  if (first) return `No measurement up to step ${integer(run.at ?? 0)}: the first is of step ${integer(first.step)}.`;
  const every = run.start?.spec.measure.curvatureEvery;
  if (run.state === 'failed' && every === undefined) return 'The run could not start. The Training panel tells why, and starts it again.';
  if (every === undefined) return 'The run is about to begin; its first measurement is of the initial weights.';
  if (every === 0) return 'Curvature is off in this run: the field measure.curvatureEvery of its specification is 0.';
  if (run.state === 'ended' || run.state === 'failed' || run.state === 'lost')
    return `The run ended before its first measurement was complete; it was to measure every ${integer(every)} steps.`;
  return `Measured every ${integer(every)} steps, one Hessian-vector product beside each step of training; the first is under way.`;
}
