/**
 * What each button of a run does now, in which state: one table. While the newest step is looked at the buttons move the run; while an earlier one
 * is looked at, the two step buttons move the look instead.
 */
import type { Run } from '../run';
import { hasEarlier } from './steps';

/** What a button does now. */
export interface Offer {
  readonly label: string;
  readonly icon: string;
  readonly enabled: boolean;
}

export const BUTTONS = ['first', 'back', 'pause', 'step', 'newest', 'stop'] as const;
export type Button = (typeof BUTTONS)[number];

/** @param at the step that is looked at; null: the newest */
export function offersOf(run: Run, at: number | null): Readonly<Record<Button, Offer>> {
  const { state, step, past } = run;
  const paused = state === 'paused';
  const alive = state === 'running' || paused;
  const earlier = hasEarlier(run, at);
  const moves = movesRun(run);
  return {
    first: { label: 'Look at the first step', icon: 'play mirrored barred', enabled: earlier },
    back: {
      label: moves ? 'Step back' : 'Look one step earlier',
      icon: 'play mirrored',
      enabled: moves ? step > 0 : earlier,
    },
    pause: { label: paused ? 'Continue' : 'Pause', icon: paused ? 'debug-continue' : 'debug-pause', enabled: alive },
    step: {
      label: past ? 'Look one step later' : 'Take one step',
      icon: 'play',
      enabled: past || paused,
    },
    newest: { label: 'Look at the newest step', icon: 'play barred', enabled: past },
    stop: { label: 'Stop', icon: 'debug-stop', enabled: alive || state === 'starting' },
  };
}

/** Does stepping back move the run itself? Also an ended one, where its engine still has it; one read from a record is only looked at. */
export function movesRun({ past, state, snapshot }: Run): boolean {
  return !past && (state === 'paused' || (state === 'ended' && snapshot.from === 'engine'));
}
