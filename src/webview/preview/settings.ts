/** The hyperparameters of a run as the editor lists them: those of its optimizer's and its wrappers' rules from the library. */
import type { Rule } from '../../engine/language';
import { findRule } from '../../engine/optimizers';
import type { StartEvent } from '../../engine/run/record';
import { findWrapper } from '../../engine/wrappers';
import type { ChangeEvent, RunSetting } from '../../shared/protocol';

/** @param changes up to where the run stands */
export function settingsOf({ spec }: StartEvent, changes: readonly ChangeEvent[]): RunSetting[] {
  const now = changes.at(-1)?.settings ?? {};
  const list = (rule: Rule | undefined, given: Readonly<Record<string, unknown>>, prefix: string): RunSetting[] =>
    (rule?.hyperparameters ?? []).map(({ name, symbol, doc, domain, default: standard }) => ({
      name: prefix + name,
      value: now[prefix + name] ?? (given[name] as RunSetting['value'] | undefined) ?? standard,
      meaning: `${doc} ${symbol}`,
      domain,
    }));
  return [
    ...list(findRule(String(spec.optimizer.name)), { ...spec.optimizer }, ''),
    ...spec.wrappers.flatMap((wrapper) => list(findWrapper(String(wrapper.name)), { ...wrapper }, `${String(wrapper.name)}.`)),
  ];
}
