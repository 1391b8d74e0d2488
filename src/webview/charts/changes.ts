/** What a person changed of a run on its way, in words, for the ticks that stand at those steps. */
import type { ChangeEvent } from '../../shared/protocol';
import { integer, setting } from '../format';

/** `from step 1,201: lr 5 × 10⁻⁴`, `from step 1,201: another text of my.optim`. */
export function changeInWords(change: ChangeEvent): string {
  const from = `from step ${integer(change.step + 1)}: `;
  if (change.type === 'rule') return `${from}another text of ${change.file.split(/[\\/]/).at(-1)}`;
  return (
    from +
    Object.entries(change.changed)
      .map(([name, value]) => `${name} ${typeof value === 'number' ? setting(value) : String(value)}`)
      .join(', ')
  );
}
