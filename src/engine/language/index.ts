/** The update-rule language, as the rest of the engine uses it: a text becomes a rule or a function, or an error that says where. */
import { checkRule } from './check';
import { parseRule } from './parser';
import type { Rule } from './rule';
import { hyperparameter } from './settings';

export { LanguageError, type Hyperparameter, type Rule } from './rule';
export { formula, type FormulaOptions } from './formula';
export { readFunction, type ScalarFunction } from './function';
export { checkSettings } from './settings';

/**
 * @param text a rule, as in `optimizers/adam.optim`
 * @param file its name, for errors
 * @throws LanguageError with the place, what was found and what is expected; nothing else, whatever the text
 */
export function readRule(text: string, file: string): Rule {
  const tree = parseRule(text, file);
  checkRule(tree, file);
  const { name, title, summary, source } = tree;
  const lr = tree.parameters.filter((each) => each.name === 'lr');
  const others = tree.parameters.filter((each) => each.name !== 'lr');
  return {
    name,
    title,
    summary,
    source,
    hyperparameters: [...lr, ...others].map(hyperparameter),
    states: tree.states.map((state) => state.name),
    file,
    text,
    tree,
  };
}
