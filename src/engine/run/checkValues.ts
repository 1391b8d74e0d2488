/** Settings that somebody gave something with a name (a schedule, a generator), held against what it says of them itself. */
import type { Setting, ValueOf } from '../setting';
import { suggestion } from '../suggest';
import { below, fault, list } from './fields';
import { SpecificationError } from './specification';

/**
 * The settings among `fields`; those given by another name (`T_max`) come back under their own.
 * @param owner what it is, for messages @param others the keys that are not settings
 * @throws SpecificationError for a setting that is unknown, not allowed or given twice
 */
export function checkValues<One extends Setting>(
  fields: Readonly<Record<string, unknown>>,
  path: string,
  owner: string,
  settings: Readonly<Record<string, One>>,
  others: readonly string[],
): Record<string, ValueOf<One>> {
  const checked = new Map<string, ValueOf<One>>();
  for (const [key, given] of Object.entries(fields)) {
    if (others.includes(key)) continue;
    const [name, setting] = Object.entries(settings).find(([known, { aliases }]) => known === key || aliases.includes(key)) ?? [];
    if (name === undefined || setting === undefined) {
      const names = [...Object.keys(settings), ...others];
      const near = suggestion(key, [...names, ...Object.values(settings).flatMap(({ aliases }) => aliases)]);
      throw new SpecificationError(below(path, key), `unknown setting of ${owner}; it has ${list(names)}.${near}`);
    }
    if (checked.has(name)) {
      const both = Object.keys(fields).filter((other) => other === name || setting.aliases.includes(other));
      throw new SpecificationError(below(path, key), `${list(both).replace(' or ', ' and ')} are the same setting; give it once.`);
    }
    const expected = setting.check(given);
    if (expected !== null) throw fault(below(path, key), given, expected);
    checked.set(name, given as ValueOf<One>); // what `check` has just said
  }
  return Object.fromEntries(checked);
}
