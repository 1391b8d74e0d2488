/**
 * The built-in optimizers: each is one `.optim` file of this folder, named as the rule in it. A rule is read when it is first asked for,
 * so that starting the extension does not read the whole library.
 */
import { readRule, type Rule } from '../language/index';
import { ruleTexts } from './index.gen';

const read = new Map<string, Rule>();

function ruleOf({ file, text }: (typeof ruleTexts)[number]): Rule {
  const rule = read.get(file) ?? readRule(text, file);
  read.set(file, rule);
  return rule;
}

/** All of them, by name. */
export const rules = (): readonly Rule[] => ruleTexts.map(ruleOf);

/** The rule that a specification calls `name`; undefined where there is none. */
export function findRule(name: string | undefined): Rule | undefined {
  const found = ruleTexts.find(({ file }) => file === `${name}.optim`);
  return found && ruleOf(found);
}
