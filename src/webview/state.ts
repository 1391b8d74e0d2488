/** Where a run stands, as a pill: a word, and a dot while it runs. */
import { element, setText } from './dom';
import { duration } from './format';
import type { Run } from './run';

const ENDS = { completed: 'completed', stopped: 'stopped', diverged: 'diverged', error: 'failed' } as const;

/** One word, and for how long where the run is over. */
export function stateInWords({ state, end }: Run): string {
  if (state === 'failed') return 'failed';
  if (state === 'lost') return 'lost';
  if (state === 'ended' && end) return `${ENDS[end.reason]} · ${duration(end.seconds)}`;
  return state;
}

export class StatePill {
  readonly element = element('span', { class: 'pill state', role: 'status' });

  draw(run: Run): void {
    setText(this.element, stateInWords(run));
    const bad = run.state === 'failed' || run.state === 'lost' || run.end?.reason === 'diverged' || run.end?.reason === 'error';
    const kind = bad ? 'bad' : run.state;
    if (this.element.dataset.kind !== kind) this.element.dataset.kind = kind;
  }
}
