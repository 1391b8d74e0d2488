/**
 * The hyperparameters of a run as they are at a step, with what they mean and may be: out of what its record tells (the start and what was
 * changed since) and the rules' own definitions, so that it is the same for a run under way and for one read from its record.
 */
import { readRule, type Settings, type TextRule } from '../language';
import { settingLabel } from '../language/settingLabel';
import { wrapperPrefixes } from '../language/wrapperPrefixes';
import type { HyperparameterValue } from '../language/rule';
import { findRule } from '../optimizers';
import { baseName } from '../problems/files';
import { findWrapper } from '../wrappers';
import { changeSettings, namedRules } from './changeSettings';
import { hyperparametersOf } from './checkOptimizer';
import type { ChosenRule } from './chooseRule';
import type { RuleEvent, SettingsEvent, StartEvent } from './record';
import { SpecificationError, type RuleSpecification } from './specification';

/** A hyperparameter of a run. */
export interface SettingNow {
  /** As a change takes it: those of wrappers under the wrapper's name, `sam.rho`. */
  readonly name: string;
  readonly value: HyperparameterValue;
  /** What people call it: `β₁`, `weight decay λ`. */
  readonly label: string;
  /** `how long the average of the gradient remembers`. */
  readonly meaning: string;
  /** As the rule writes it: `(0, inf)`. */
  readonly domain: string;
}

/** What was changed of a run up to a step, in order. */
export type ChangesSoFar = readonly (RuleEvent | SettingsEvent)[];

/** Every hyperparameter; none where a rule is not known here, as that of another version may be. */
export function runSettings(start: StartEvent, changes: ChangesSoFar): SettingNow[] {
  const rules = rulesNow(start, changes);
  if (rules === null) return [];
  return namedRules(rules.optimizer, rules.wrappers).flatMap(({ rule, settings, prefix }) =>
    rule.hyperparameters.map(({ name, doc, symbol, domain }) => ({
      name: prefix + name,
      value: settings[name],
      label: settingLabel(prefix + name, symbol, rule.title),
      meaning: doc,
      domain,
    })),
  );
}

/**
 * Other hyperparameters for a run, held to its rules. @returns those that are other than now, by their own names
 * @throws SpecificationError for a name that no rule has, with the nearest, and for a value outside its domain
 */
export function checkedSettings(start: StartEvent, changes: ChangesSoFar, given: Readonly<Record<string, unknown>>): Settings {
  const rules = rulesNow(start, changes);
  if (rules === null)
    throw new SpecificationError('optimizer', 'a rule of this run is not known here: another version of Optimizer Debugger made it.');
  return changeSettings(rules, start.spec, given).settings;
}

/** The rules of a run with their hyperparameters; null where one is not known here. */
function rulesNow(start: StartEvent, changes: ChangesSoFar): Pick<ChosenRule, 'optimizer' | 'wrappers'> | null {
  const texts = textsOf(start);
  for (const change of changes) if (change.type === 'rule') texts[change.file] = change.text;
  const fileOf = (given: RuleSpecification): TextRule => readRule(texts[String(given.file)] ?? '', baseName(String(given.file)));
  const { optimizer, wrappers } = start.spec;
  const inner = 'file' in optimizer ? fileOf(optimizer) : findRule(String(optimizer.name));
  const around = wrappers.map((given) => ('file' in given ? fileOf(given) : findWrapper(String(given.name))));
  if (inner === undefined || !around.every((rule) => rule !== undefined)) return null;
  const now = changes.at(-1)?.settings ?? {};
  const prefixes = ['', ...wrapperPrefixes(around)];
  const [first, ...others] = [inner, ...around].map((rule, i) => {
    const given = hyperparametersOf(i === 0 ? optimizer : wrappers[i - 1]);
    const values = rule.hyperparameters.map(({ name, default: standard }) => [name, now[prefixes[i] + name] ?? given[name] ?? standard]);
    return Object.fromEntries(values) as Settings;
  });
  return { optimizer: { rule: inner, settings: first }, wrappers: around.map((rule, i) => ({ rule, settings: others[i] })) };
}

/** The texts of the rules that a run had from files at its beginning, by what the specification calls them. */
export function textsOf({ spec: { optimizer, wrappers }, rule, wrapperRules }: StartEvent): Record<string, string> {
  const texts = [rule, ...wrapperRules];
  return Object.fromEntries([optimizer, ...wrappers].flatMap((given, i) => ('file' in given ? [[String(given.file), texts[i]]] : [])));
}
