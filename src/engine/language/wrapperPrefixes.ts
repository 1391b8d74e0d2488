/** How the hyperparameters of several wrappers round one rule are told apart. */
import type { Rule } from './rule';

/** What stands before the names of each wrapper of a run: `sam.`; the second of a name is `sam2.`. */
export function wrapperPrefixes(wrappers: readonly Pick<Rule, 'name'>[]): string[] {
  const counts = new Map<string, number>();
  return wrappers.map(({ name }) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return `${name}${count > 1 ? count : ''}.`;
  });
}
