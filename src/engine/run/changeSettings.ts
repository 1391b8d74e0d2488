/**
 * Other hyperparameters for the rules of a run. They are named as a run's settings are: the optimizer's by their own names (or another that the
 * rule allows), those of a wrapper under its name, `sam.rho`; and held to the rules' own domains, as a specification's are. `lr` is the base
 * rate: a schedule goes on at its place from there; one that watches the loss begins anew with it.
 */
import { checkSettings, type Settings } from '../language';
import { wrapperPrefixes } from '../language/wrapperPrefixes';
import { suggestion } from '../suggest';
import { together, type ChosenRule, type RuleAndSettings } from './chooseRule';
import { SpecificationError, type RunSpecification } from './specification';

/** One of the rules of a run. */
export interface NamedRule extends RuleAndSettings {
  /** Before the names of its hyperparameters: `sam.`; empty for the optimizer. */
  readonly prefix: string;
  /** Where it stands in the specification. */
  readonly path: string;
}

/** The optimizer and its wrappers with what their hyperparameters are called in a run. */
export function namedRules(optimizer: RuleAndSettings, wrappers: readonly RuleAndSettings[]): NamedRule[] {
  const prefixes = wrapperPrefixes(wrappers.map(({ rule }) => rule));
  return [
    { ...optimizer, prefix: '', path: 'optimizer' },
    ...wrappers.map((wrapper, i) => ({ ...wrapper, prefix: prefixes[i], path: `wrappers[${i}]` })),
  ];
}

/**
 * @param given the changed ones @returns the rules with them, and those that are other than before, by their own names; perhaps none
 * @throws SpecificationError for a name that no rule has, with the nearest; a value outside its domain; values that do not go together
 */
export function changeSettings(
  chosen: Pick<ChosenRule, 'optimizer' | 'wrappers'>,
  spec: RunSpecification,
  given: Readonly<Record<string, unknown>>,
): { readonly chosen: ChosenRule; readonly settings: Settings } {
  const rules = namedRules(chosen.optimizer, chosen.wrappers);
  const parts = new Map(rules.map(({ prefix }) => [prefix, emptyPart()]));
  for (const [name, value] of Object.entries(given)) {
    const prefix = name.slice(0, name.lastIndexOf('.') + 1);
    const part = parts.get(prefix);
    if (part === undefined) throw unknown(name, rules);
    part[name.slice(prefix.length)] = value;
  }
  const settings: Record<string, Settings[string]> = {};
  const next = ({ rule, settings: before, prefix, path }: NamedRule): Settings => {
    const part = parts.get(prefix) ?? {};
    const others = rule.hyperparameters.filter(({ name, aliases }) => ![name, ...aliases].some((each) => Object.hasOwn(part, each)));
    const complete = checkSettings(rule, { ...Object.fromEntries(others.map(({ name }) => [name, before[name]])), ...part }, path);
    for (const { name } of rule.hyperparameters) if (complete[name] !== before[name]) settings[prefix + name] = complete[name];
    return complete;
  };
  const [optimizer, ...wrappers] = rules.map(next);
  return {
    chosen: together(
      spec,
      { ...chosen.optimizer, settings: optimizer },
      chosen.wrappers.map((wrapper, i) => ({ ...wrapper, settings: wrappers[i] })),
    ),
    settings,
  };
}

/** What is given of the hyperparameters of one rule. */
const emptyPart = (): Record<string, unknown> => ({});

function unknown(name: string, rules: readonly NamedRule[]): SpecificationError {
  const names = rules.flatMap(({ rule, prefix }) => rule.hyperparameters.map((each) => prefix + each.name));
  return new SpecificationError(
    'wrappers',
    `the run has no wrapper with a hyperparameter ${name}.${suggestion(name, names)} It has ${names.join(', ')}.`,
  );
}
