/** What a person changed of a run on its way, in words, for the ticks that stand at those steps. */
import type { Settings } from '../../engine/language';
import { settingLabel } from '../../engine/language/settingLabel';
import type { ChangeEvent } from '../../shared/protocol';
import { integer, setting } from '../format';

/** `from step 1,201: lr 5 × 10⁻⁴`, `from step 1,201: another text of my.optim`. */
export const changeInWords = (change: ChangeEvent): string => inWords(change, {});

/** The same of all changes of a run, with what was there before: `from step 1,201: lr 0.001 → 5 × 10⁻⁴`. @param settings at the start */
export function changesInWords(changes: readonly ChangeEvent[], settings: Settings): string[] {
  let before = settings;
  return changes.map((change) => {
    const said = inWords(change, before);
    before = change.settings;
    return said;
  });
}

/** A value of a hyperparameter as a person reads it. */
export const valueInWords = (value: Settings[string]): string => (typeof value === 'number' ? setting(value) : String(value));

function inWords(change: ChangeEvent, before: Settings): string {
  const from = `from step ${integer(change.step + 1)}: `;
  if (change.type === 'rule') return `${from}another text of ${change.file.split(/[\\/]/).at(-1)}`;
  return (
    from +
    Object.entries(change.changed)
      .map(([name, value]) => `${settingLabel(name)} ${name in before ? `${valueInWords(before[name])} → ` : ''}${valueInWords(value)}`)
      .join(', ')
  );
}
