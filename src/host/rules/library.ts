/**
 * The built-in rules as the editor names them. A rule is read when it is first asked for; all of them are read a few at a time, so that the
 * editor never waits for the library.
 */
import type { Library } from '../../engine/language/service/hover';
import type { Rule } from '../../engine/language';
import { optimizerLibrary } from '../../engine/optimizers';
import type { RuleLibrary } from '../../engine/ruleLibrary';
import { wrapperLibrary } from '../../engine/wrappers';

export const findBuiltIn = (name: string): Rule | undefined => optimizerLibrary.find(name) ?? wrapperLibrary.find(name);

/** What a rule's `relatives` may name. */
export const library: Library = { names: [...optimizerLibrary.names, ...wrapperLibrary.names], find: findBuiltIn };

/** Milliseconds of reading between two looks at other work. */
const slice = 5;
/** The usual ones, to be offered first. */
const usual = ['adam', 'adamw', 'sgd', 'rmsprop', 'adagrad', 'muon'];
const place = ({ name }: Rule): number => (usual.includes(name) ? usual.indexOf(name) : usual.length);

/** All rules of a library: the usual ones, then by title. */
async function readAll<Kind extends Rule>({ names, find }: RuleLibrary<Kind>): Promise<Kind[]> {
  const rules: Kind[] = [];
  let began = performance.now();
  for (const name of names) {
    if (performance.now() - began > slice) {
      await new Promise((resolve) => setImmediate(resolve));
      began = performance.now();
    }
    const rule = find(name);
    if (rule) rules.push(rule);
  }
  return rules.sort((a, b) => place(a) - place(b) || a.title.localeCompare(b.title));
}

export const readOptimizers = (): Promise<Rule[]> => readAll(optimizerLibrary);
export const readWrappers = (): Promise<Rule[]> => readAll<Rule>(wrapperLibrary);
