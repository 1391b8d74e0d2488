/**
 * The optimizer and the wrappers of a specification, held against what the rules themselves say of their hyperparameters. Those of a rule in
 * a file of the user's own are held against it when the file has been read (`chooseRule`); here they must at least be values.
 */
import { checkSettings } from '../language';
import type { HyperparameterValue, Rule } from '../language/rule';
import type { RuleLibrary } from '../ruleLibrary';
import { suggestion } from '../suggest';
import { anyObject, array, below, fault, text, type Fields } from './fields';
import type { Library } from './library';
import { mostWrappers } from './limits';
import { SpecificationError, type RuleSpecification } from './specification';

/** Checks `optimizer`; hyperparameters given by another name (`weight_decay`) come back under the rule's own. */
export const checkOptimizer = (value: unknown, { optimizers }: Library): RuleSpecification =>
  checkChoice(value, 'optimizer', 'optimizer', 'an object such as { "name": "adam", "lr": 0.001 }', optimizers);

/** Checks `wrappers`, each as an optimizer is. */
export function checkWrappers(value: unknown, { wrappers }: Library): readonly RuleSpecification[] {
  const example = 'an object such as { "name": "clipGlobalNorm", "maxNorm": 1 }';
  if (Array.isArray(value) && value.length === 0) return [];
  return array(value, 'wrappers', mostWrappers, 'a list of wrappers').map((wrapper, i) =>
    checkChoice(wrapper, `wrappers[${i}]`, 'wrapper', example, wrappers),
  );
}

function checkChoice(value: unknown, path: string, kind: string, expected: string, library: RuleLibrary): RuleSpecification {
  const fields = anyObject(value, path, expected);
  if ('file' in fields && 'name' in fields)
    throw new SpecificationError(path, `\`name\` means an ${kind} of the library, \`file\` one of your own; keep one.`);
  for (const [key, given] of Object.entries(fields))
    if (!isValue(given)) throw fault(below(path, key), given, 'a number, a text, true or false');
  if ('file' in fields) {
    const file = text(fields.file, below(path, 'file'), 'the path of a rule such as my.optim');
    return { file, ...hyperparametersOf(fields) };
  }
  const rule = typeof fields.name === 'string' ? library.find(fields.name) : undefined;
  if (!rule) throw unknownName(fields.name, below(path, 'name'), kind, library.names);
  return { name: rule.name, ...checkHyperparameters(rule, fields, path) };
}

/** The hyperparameters given, under the rule's own names. @throws SpecificationError where the rule does not allow one, or all together */
function checkHyperparameters(rule: Rule, fields: Fields, path: string): Record<string, HyperparameterValue> {
  const given = hyperparametersOf(fields);
  const complete = checkSettings(rule, given, path);
  const named = rule.hyperparameters.filter((known) => [known.name, ...known.aliases].some((key) => key in given));
  return Object.fromEntries(named.map(({ name }) => [name, complete[name]]));
}

/** All but the choice of the rule itself. */
export const hyperparametersOf = (fields: Fields): Record<string, HyperparameterValue> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (key !== 'name' && key !== 'file' && isValue(value) ? [[key, value] as const] : [])),
  );

const isValue = (value: unknown): value is HyperparameterValue => ['number', 'boolean', 'string'].includes(typeof value);

/** Names the nearest, or all where none is near. */
function unknownName(found: unknown, path: string, kind: string, names: readonly string[]): SpecificationError {
  const near = typeof found === 'string' ? suggestion(found, names) : '';
  const error = fault(path, found, `the name of ${kind === 'optimizer' ? 'an optimizer' : 'a wrapper'}`);
  const known = near || ` There are ${names.join(', ')}; a rule of your own is given by \`file\`.`;
  return new SpecificationError(path, `${error.message.slice(path.length + 2)}${known}`);
}
