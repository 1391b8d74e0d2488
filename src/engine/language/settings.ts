/** A rule's hyperparameters as specifications, completion and hovers see them, and the check of the values that somebody gives. */
import { SpecificationError } from '../run/specification';
import { suggestion } from '../suggest';
import { outside, showDomain } from './check';
import type { Hyperparameter, HyperparameterValue, Rule, Settings } from './rule';
import { settledTruth } from './scalar';
import type { ParameterDeclaration } from './tree';

/** The outer face of a declaration. */
export function hyperparameter({ name, aliases, default: value, domain, doc, symbol }: ParameterDeclaration): Hyperparameter {
  return { name, aliases, default: value, domain: showDomain(domain), doc, symbol, check: (given) => outside(domain, given) };
}

/**
 * Fills in the defaults, resolves aliases, and checks every value and what they must satisfy together.
 * @param given what somebody wrote; a key `name` is passed over
 * @param path where it stands in the specification, for errors
 * @returns every hyperparameter by its own name, `lr` first
 * @throws SpecificationError naming the field, what was found and what is expected
 */
export function checkSettings(
  rule: Rule,
  given: Readonly<Record<string, unknown>>,
  path = 'optimizer',
): Record<string, HyperparameterValue> {
  const settings = new Map(rule.hyperparameters.map((each) => [each.name, each.default]));
  const writtenAs = new Map<string, string>();
  for (const [key, value] of Object.entries(given)) {
    if (key === 'name') continue;
    const known = rule.hyperparameters.find(({ name, aliases }) => name === key || aliases.includes(key));
    if (known === undefined) {
      const names = rule.hyperparameters.map(({ name }) => name);
      const near = suggestion(key, [...names, ...rule.hyperparameters.flatMap(({ aliases }) => aliases)]);
      throw new SpecificationError(`${path}.${key}`, `${rule.name} has no such hyperparameter.${near} It has ${names.join(', ')}.`);
    }
    const before = writtenAs.get(known.name);
    if (before !== undefined)
      throw new SpecificationError(`${path}.${key}`, `this is the same hyperparameter as ${path}.${before}; give it once.`);
    writtenAs.set(known.name, key);
    if (!isValue(value) || known.check(value) !== null) {
      const expected = isValue(value) ? known.check(value) : `a value such as ${JSON.stringify(known.default)}`;
      throw new SpecificationError(`${path}.${key}`, `found ${show(value)}; ${expected} is expected (${known.doc || known.symbol}).`);
    }
    settings.set(known.name, value);
  }
  const complete = Object.fromEntries(settings);
  const broken = unmet(rule, complete);
  if (broken !== null) throw new SpecificationError(path, broken);
  return complete;
}

/** What a person is told whose settings do not fit together; null where they do. */
function unmet(rule: Rule, settings: Settings): string | null {
  if (rule.kind === 'code') return rule.require(settings);
  return rule.tree.requirements.find(({ condition }) => !settledTruth(condition, settings))?.message ?? null;
}

const isValue = (value: unknown): value is HyperparameterValue => ['number', 'boolean', 'string'].includes(typeof value);

function show(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
