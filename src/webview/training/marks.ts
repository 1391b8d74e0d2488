/** What befell a run on its way, as marks on the scrubber: where a person changed it. Whatever else has a step and a sentence may be a mark too. */
import { changesInWords } from '../charts/changes';
import type { Run } from '../run';
import { startSettings } from './settings';

export interface Mark {
  /** The step after which it holds. */
  readonly step: number;
  readonly kind: 'change' | 'error' | 'warning' | 'information';
  /** One sentence. */
  readonly text: string;
}

export function marksOf(run: Run): Mark[] {
  const words = changesInWords(run.changes, startSettings(run));
  return run.changes.map(({ step }, index) => ({ step, kind: 'change', text: words[index] }));
}
