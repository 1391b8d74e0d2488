/** The hyperparameters of a run, as its record tells them: those of wrappers under the wrapper's name, `sam.rho`. */
import type { Settings } from '../../engine/language';
import type { Run } from '../run';

/** What the run began with. */
export function startSettings({ start }: Run): Settings {
  if (!start) return {};
  const { optimizer, wrappers } = start.spec;
  const own = (rule: Settings, prefix: string): [string, Settings[string]][] =>
    Object.entries(rule)
      .filter(([name]) => name !== 'name' && name !== 'file')
      .map(([name, value]) => [prefix + name, value]);
  return Object.fromEntries([...own(optimizer, ''), ...wrappers.flatMap((rule) => own(rule, `${String(rule.name ?? rule.file)}.`))]);
}

/** What it has after all changes. */
export const currentSettings = (run: Run): Settings => run.changes.at(-1)?.settings ?? startSettings(run);
