/**
 * The hyperparameters of a run as a quantity: at step 0 those that it began with, and at every change those that hold from the step after it
 * on. Where a rule's text was replaced there may be others than at the beginning.
 */
import type { RuleEvent, SettingsEvent, StartEvent } from '../../engine/run/record';
import { settingsAtStart } from '../record/settings';
import { column, type Choosable } from './column';

/** @param changes of the run, for the names that they bring */
export function hyperparameters(start: StartEvent, changes: readonly (RuleEvent | SettingsEvent)[]): readonly Choosable[] {
  const first = settingsAtStart(start);
  const names = new Set([first, ...changes.map(({ settings }) => settings)].flatMap((settings) => Object.keys(settings)));
  if (names.size === 0) return [];
  const columns = [...names].map((name) =>
    column('setting', 'setting', `setting ${name}`, `setting/${name}`, '1', (event) => {
      const settings = event.type === 'start' ? first : event.settings;
      const value = Object.hasOwn(settings, name) ? settings[name] : undefined;
      return typeof value === 'boolean' ? String(value) : value;
    }),
  );
  return [{ id: 'setting', event: 'setting', doc: 'hyperparameters: at step 0, and after each change', columns }];
}
