/** The rules that a specification may name. */
import type { TextRule } from '../language';
import { optimizerLibrary } from '../optimizers';
import type { RuleLibrary } from '../ruleLibrary';
import { wrapperLibrary } from '../wrappers';

export interface Library {
  readonly optimizers: RuleLibrary;
  readonly wrappers: RuleLibrary<TextRule>;
}

/** Those that come with the engine. */
export const builtIn: Library = { optimizers: optimizerLibrary, wrappers: wrapperLibrary };
