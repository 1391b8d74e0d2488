/** What “Around this network” says where there is no slice to show: why, what one would see, and what can be done. */
import { integer } from '../format';
import type { Run } from '../run';

/** What can be done about it. */
export type Way = 'train' | 'look' | 'replay' | 'none';

interface Lesson {
  readonly headline: string;
  readonly text: string;
  readonly way: Way;
}

const WHAT =
  'A network’s loss has as many directions as it has weights. Here you see the two in which it curves most, around the weights where the run stands: the training loss on that plane as contours, and the way that the run took, projected on it.';

/** @param run null where there is none */
export function lessonOf(run: Run | null): Lesson {
  if (!run) return { headline: 'No run yet', text: `${WHAT} Train a network, then look around.`, way: 'train' };
  const { spec } = run.start ?? {};
  if (spec && 'function' in spec.problem)
    return {
      headline: 'This run is of a function',
      text: 'Its whole landscape is drawn under “Function”. A slice is for networks, which have too many weights to be drawn whole.',
      way: 'none',
    };
  if (run.snapshot.bound !== null)
    return {
      headline: `On its way to step ${integer(run.snapshot.bound)}`,
      text: 'The run is trained again up to there; then you can look around.',
      way: 'none',
    };
  if (run.snapshot.from === 'record')
    return {
      headline: 'This run was opened from its record',
      text: `${WHAT} A record has no weights: the run can be trained again up to the step that is looked at, with what was changed on its way, and then looked around.`,
      way: 'replay',
    };
  if (run.state === 'failed' || run.state === 'lost')
    return {
      headline: 'The weights are gone',
      text: `The engine of this run has ended. ${WHAT} Train again, then look around.`,
      way: 'train',
    };
  if (run.state === 'starting' || !run.start) return { headline: 'The run is about to begin', text: WHAT, way: 'none' };
  return {
    headline: 'Around this network',
    text: `${WHAT} ${run.state === 'running' ? 'The run stands still while it is drawn, and goes on afterwards.' : ''}`,
    way: 'look',
  };
}

/** What the button says that does it. A run that goes on is looked at where it stands by then. */
export function labelOf(run: Run | null): string {
  const { way } = lessonOf(run);
  if (run === null || way === 'train') return 'Train with…';
  if (way === 'replay') return `Train again up to step ${integer(run.looked)}`;
  return run.state === 'running' ? 'Look around now' : `Look around step ${integer(run.step)}`;
}
