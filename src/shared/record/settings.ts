/** The hyperparameters of a run, as its record tells them, those of wrappers under the wrapper's name, `sam.rho`; and what people call them. */
import type { Settings } from '../../engine/language';
import type { StartEvent } from '../../engine/run/record';
import type { RuleSpecification } from '../../engine/run/specification';
import { settingLabel } from '../../engine/language/settingLabel';
import { wrapperPrefixes } from '../../engine/language/wrapperPrefixes';
import type { ChangeEvent } from '../protocol';

/** Those with which it began, in the order in which the rules have them, the optimizer's first. Named as the changes of the run name them. */
export function settingsAtStart({ spec: { optimizer, wrappers }, wrapperRules }: StartEvent): Settings {
  const prefixes = ['', ...wrapperPrefixes(wrappers.map((rule, i) => ({ name: nameOf(rule, wrapperRules[i] ?? '') })))];
  const own = (rule: RuleSpecification, i: number): [string, Settings[string]][] =>
    Object.entries(rule)
      .filter(([name]) => name !== 'name' && name !== 'file')
      .map(([name, value]) => [prefixes[i] + name, value]);
  return Object.fromEntries([optimizer, ...wrappers].flatMap(own));
}

/** A wrapper of a file is called as its text says. */
const nameOf = (rule: RuleSpecification, text: string): string =>
  'file' in rule ? (/^\s*wrapper\s+(\w+)/m.exec(text)?.[1] ?? String(rule.file)) : String(rule.name);

/** What people call a hyperparameter of a run, and what it means; nothing where its rule's text does not say. */
export interface SettingWords {
  readonly label: string;
  readonly doc: string;
}

/** Of every hyperparameter that the run's rules declare, by name. @param texts of its rules now: the optimizer's, then the wrappers' */
export function settingWords({ spec: { wrappers } }: StartEvent, [rule, ...around]: readonly string[]): ReadonlyMap<string, SettingWords> {
  const prefixes = ['', ...wrapperPrefixes(wrappers.map((given, i) => ({ name: nameOf(given, around[i] ?? '') })))];
  const found = new Map<string, SettingWords>();
  [rule, ...around].forEach((text, i) => {
    const owner = /^\s*(?:optimizer|wrapper)\s+\w+\s+"([^"]*)"/m.exec(text)?.[1];
    for (const [line, own] of text.matchAll(/^\s*parameter\s+(\w+)\s*=.*$/gm)) {
      const symbol = /\sas\s+"([^"]*)"/.exec(line)?.[1] ?? '';
      const name = prefixes[i] + own;
      found.set(name, { label: settingLabel(name, symbol, owner), doc: /"([^"]*)"\s*$/.exec(line)?.[1] ?? '' });
    }
  });
  return found;
}

/** The texts of a run's rules after its changes: the optimizer's, then the wrappers'. */
export function ruleTexts({ spec: { optimizer, wrappers }, rule, wrapperRules }: StartEvent, changes: readonly ChangeEvent[]): string[] {
  const given = [optimizer, ...wrappers];
  return [rule, ...wrapperRules].map((text, i) => {
    const file = i < given.length && 'file' in given[i] ? given[i].file : null;
    const last = changes.filter((change) => change.type === 'rule' && change.file === file).at(-1);
    return last?.type === 'rule' ? last.text : text;
  });
}
