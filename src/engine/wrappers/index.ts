/** The built-in wrappers: rules that go round another rule, each one `.optim` file of this folder, named as the wrapper in it. */
import type { TextRule } from '../language';
import { allRules, ruleLibrary, type RuleLibrary } from '../ruleLibrary';
import { ruleTexts } from './index.gen';

/** Wrappers by name. */
export const wrapperLibrary: RuleLibrary<TextRule> = ruleLibrary(ruleTexts);

/** All of them, by name. */
export const wrappers = (): readonly TextRule[] => allRules(wrapperLibrary);

/** The wrapper that a specification calls `name`; undefined where there is none. */
export const findWrapper = (name: string): TextRule | undefined => wrapperLibrary.find(name);
