/** The built-in optimizers, each one file of this folder: a text in the rule language, named as the rule in it, or TypeScript where no text can say it. */
import type { Rule } from '../language';
import { allRules, ruleLibrary, type RuleLibrary } from '../ruleLibrary';
import { codeRules, ruleTexts } from './index.gen';

/** Optimizers by name. */
export const optimizerLibrary: RuleLibrary = ruleLibrary(ruleTexts, codeRules);

/** All of them, by name. */
export const rules = (): readonly Rule[] => allRules(optimizerLibrary);

/** The rule that a specification calls `name`; undefined where there is none. */
export const findRule = (name: string | undefined): Rule | undefined => (name === undefined ? undefined : optimizerLibrary.find(name));
