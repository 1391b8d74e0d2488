/** What befell a run on its way, as marks on the scrubber: where a person changed it. Whatever else has a step and a sentence may be a mark too. */
import type { Settings } from '../../engine/language';
import type { ChangeEvent } from '../../shared/protocol';
import { integer, setting } from '../format';
import type { Run } from '../run';

export interface Mark {
  /** The step after which it holds. */
  readonly step: number;
  readonly kind: 'change' | 'error' | 'warning' | 'information';
  /** One sentence. */
  readonly text: string;
}

export function marksOf(run: Run): Mark[] {
  let before = startSettings(run);
  return run.changes.map((event) => {
    const text = `After step ${integer(event.step)}: ${changeInWords(event, before)}`;
    before = event.settings;
    return { step: event.step, kind: 'change', text };
  });
}

/** `lr 0.001 → 0.01`, `my.optim replaced, m goes on`. @param before the hyperparameters until then */
export function changeInWords(event: ChangeEvent, before: Settings): string {
  if (event.type === 'rule') return `${event.file} replaced${event.kept.length > 0 ? `, ${event.kept.join(', ')} going on` : ''}`;
  return Object.entries(event.changed)
    .map(([name, value]) => `${name} ${name in before ? `${valueInWords(before[name])} → ` : ''}${valueInWords(value)}`)
    .join(', ');
}

export const valueInWords = (value: Settings[string]): string => (typeof value === 'number' ? setting(value) : String(value));

/** The hyperparameters that the run began with; those of wrappers under the wrapper's name, `sam.rho`. */
export function startSettings({ start }: Run): Settings {
  if (!start) return {};
  const { optimizer, wrappers } = start.spec;
  return Object.fromEntries([
    ...Object.entries(optimizer).filter(([name]) => name !== 'name' && name !== 'file'),
    ...wrappers.flatMap((wrapper) =>
      Object.entries(wrapper)
        .filter(([name]) => name !== 'name' && name !== 'file')
        .map(([name, value]) => [`${String(wrapper.name ?? wrapper.file)}.${name}`, value] as const),
    ),
  ]) as Settings;
}

/** The hyperparameters at the end of all changes. */
export const currentSettings = (run: Run): Settings => run.changes.at(-1)?.settings ?? startSettings(run);
