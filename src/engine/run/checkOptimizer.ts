/** The optimizer and the schedule of a specification, held against what the rule and the schedule themselves say of their settings. */
import { checkSettings } from '../language';
import type { Rule } from '../language/rule';
import { schedules } from '../schedules';
import type { Setting } from '../schedules';
import { suggestion } from '../suggest';
import { anyObject, below, fault, list, oneOf } from './fields';
import { SpecificationError, type RunSpecification } from './specification';

/**
 * Checks `optimizer`; hyperparameters given by another name (`weight_decay`) come back under the rule's own.
 * @param rules the optimizers that may be named
 */
export function checkOptimizer(value: unknown, rules: readonly Rule[]): RunSpecification['optimizer'] {
  const fields = anyObject(value, 'optimizer', 'an object such as { "name": "adam", "lr": 0.001 }');
  const name = oneOf(
    fields.name,
    'optimizer.name',
    rules.map((rule) => rule.name),
  );
  const rule = rules.find((candidate) => candidate.name === name) as Rule;
  for (const [key, value] of Object.entries(fields))
    if (!['number', 'boolean', 'string'].includes(typeof value))
      throw fault(below('optimizer', key), value, 'a number, a text, true or false');
  const complete = checkSettings(rule, fields);
  const given = rule.hyperparameters.filter((known) => [known.name, ...known.aliases].some((key) => key in fields));
  return { name, ...Object.fromEntries(given.map((known) => [known.name, complete[known.name]])) };
}

/** Checks `schedule`. A `steps` left out is filled in later, with the steps of the run. */
export function checkSchedule(value: unknown): RunSpecification['schedule'] {
  const fields = anyObject(value, 'schedule', 'an object such as { "name": "cosine" }');
  const name = oneOf(
    fields.name,
    'schedule.name',
    schedules.map((schedule) => schedule.name),
  );
  const schedule = schedules.find((candidate) => candidate.name === name);
  const settings = checkNumbers(fields, 'schedule', `the schedule \`${name}\``, schedule?.settings ?? {}, ['name']);
  for (const [key, setting] of Object.entries(schedule?.settings ?? {}))
    if (setting.default === undefined && key !== 'steps' && !(key in settings))
      throw fault(below('schedule', key), undefined, setting.domain);
  return { name, ...settings };
}

/**
 * The settings among `fields` of something defined with settings (a schedule, a generator).
 * @param owner what it is, for messages @param others the keys that are not settings
 */
export function checkNumbers(
  fields: Readonly<Record<string, unknown>>,
  path: string,
  owner: string,
  settings: Readonly<Record<string, Setting>>,
  others: readonly string[],
): Record<string, number> {
  const checked: Record<string, number> = {};
  for (const [key, given] of Object.entries(fields)) {
    if (others.includes(key)) continue;
    const setting = Object.hasOwn(settings, key) ? settings[key] : undefined;
    const names = [...Object.keys(settings), ...others];
    if (!setting)
      throw new SpecificationError(below(path, key), `unknown setting of ${owner}; it has ${list(names)}.${suggestion(key, names)}`);
    const expected = setting.check(given);
    if (expected !== null || typeof given !== 'number') throw fault(below(path, key), given, expected ?? setting.domain);
    checked[key] = given;
  }
  return checked;
}
