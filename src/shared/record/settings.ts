/** The hyperparameters with which a run began, as its record tells them: those of wrappers under the wrapper's name, `sam.rho`. */
import type { Settings } from '../../engine/language';
import type { StartEvent } from '../../engine/run/record';
import type { RuleSpecification } from '../../engine/run/specification';
import { wrapperPrefixes } from '../../engine/language/wrapperPrefixes';

/** In the order in which the rules have them, the optimizer's first. Named as the changes of the run name them. */
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
