/** The built-in optimizers: each is one `.optim` file of this folder. */
import { readRule, type Rule } from '../language/index';
import { ruleTexts } from './index.gen';

/** All of them, by name. */
export const rules: readonly Rule[] = ruleTexts.map(({ file, text }) => readRule(text, file));

/** The rule that a specification calls `name`; undefined where there is none. */
export const findRule = (name: string | undefined): Rule | undefined => rules.find((rule) => rule.name === name);
