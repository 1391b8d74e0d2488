/** What is to be said of a participant besides its numbers: what it is called, that it diverged, that it has left what is drawn, that it has come to rest, and where. */
import { restAt } from '../../shared/landscape/curvature';
import type { Participant } from '../../shared/landscape/participant';
import type { Race } from '../../shared/landscape/race';
import type { Window } from '../../shared/landscape/scene';
import { integer, setting } from '../format';

/** What a participant is called: `SGD · lr 0.1 · momentum 0.9`. */
export function nameOf(participant: Participant): string {
  const known = names.get(participant);
  if (known !== undefined) return known;
  const { title, prepared } = participant;
  const { lr, momentum } = prepared.settings;
  const parts = [
    title,
    ...(typeof lr === 'number' ? [`lr ${setting(lr)}`] : []),
    ...(typeof momentum === 'number' && momentum !== 0 ? [`momentum ${setting(momentum)}`] : []),
  ];
  const name = parts.join(' · ');
  names.set(participant, name);
  return name;
}

const names = new WeakMap<Participant, string>();

export interface StandingState {
  readonly kind: 'diverged' | 'failed' | 'outside' | 'rest';
  readonly text: string;
  /** More, for whoever asks. */
  readonly detail: string;
}

const RESTS = { minimum: 'at a minimum', maximum: 'at a maximum', saddle: 'at a saddle', flat: 'on flat ground' } as const;

/** The last answer for each participant: several parts of the panel ask at every drawing. */
const answers = new WeakMap<Participant, Answer>();

interface Answer {
  readonly step: number;
  /** The last step known; Infinity where the run has ended. */
  readonly last: number;
  readonly window: Window;
  readonly state: StandingState | null;
}

/** Null where it is on its way, in sight. */
export function stateOf(race: Race, participant: Participant, window: Window): StandingState | null {
  const { step } = race;
  const last = participant.end ? Infinity : participant.track.last;
  const known = answers.get(participant);
  if (known?.step === step && known.last === last && known.window === window) return known.state;
  const state = judge(race, participant, window);
  answers.set(participant, { step, last, window, state });
  return state;
}

function judge({ f, step }: Race, participant: Participant, window: Window): StandingState | null {
  const { end, track } = participant;
  if (end !== null && step >= track.last && (end.reason === 'diverged' || end.reason === 'error')) {
    const what = end.reason === 'diverged' ? 'diverged' : 'failed';
    return { kind: what, text: `${what} at step ${integer(end.step)}`, detail: end.message ?? '' };
  }
  const { position } = participant.at(step);
  const rest = restAt(f, position);
  if (rest) return { kind: 'rest', text: RESTS[rest], detail: 'The gradient vanishes here; the signs of the curvature tell the kind.' };
  const out = f.variables.filter((name, i) => !(position[i] >= window[name][0] && position[i] <= window[name][1]));
  if (out.length === 0) return null;
  return { kind: 'outside', text: 'outside the window', detail: `${out.join(' and ')} beyond the window; zoom out to follow.` };
}
