/** The update-rule language, as the rest of the engine uses it: a text becomes a rule or a function, or an error that says where. */
import { checkRule } from './check';
import { withRate } from './derive';
import { operations } from './operations';
import { parseRule } from './parser';
import type { Need, TextRule } from './rule';
import { hyperparameter } from './settings';
import { children, type Expression, type RuleTree } from './tree';

export { LanguageError, type CodeRule, type Hyperparameter, type Need, type Rule, type Settings, type TextRule } from './rule';
export { formula, type FormulaOptions } from './formula';
export { readFunction, type ScalarFunction } from './function';
export { checkSettings } from './settings';

/**
 * @param text a rule, as in `optimizers/adam.optim`, or a wrapper
 * @param file its name, for errors
 * @throws LanguageError with the place, what was found and what is expected; nothing else, whatever the text
 */
export function readRule(text: string, file: string): TextRule {
  const tree = withRate(parseRule(text, file));
  checkRule(tree, file);
  return ruleOf(tree, text, file);
}

/** The face of a checked tree. */
export function ruleOf(tree: RuleTree, text: string, file: string): TextRule {
  const { name, title, summary, use, relatives, source } = tree;
  const lr = tree.parameters.filter((each) => each.name === 'lr');
  const others = tree.parameters.filter((each) => each.name !== 'lr');
  return {
    kind: 'text',
    name,
    title,
    summary,
    use,
    relatives,
    source,
    hyperparameters: [...lr, ...others].map(hyperparameter),
    states: tree.states.map((state) => state.name),
    needs: needsOf(tree),
    file,
    text,
    tree,
  };
}

/** What the rule's lines ask of the model. */
function needsOf({ lines }: RuleTree): ReadonlySet<Need> {
  const needs = new Set<Need>();
  const look = (node: Expression): void => {
    const known = node.kind === 'name' || node.kind === 'call' ? operations.get(node.name) : undefined;
    if (known?.need !== undefined && (node.kind === 'call' || known.name)) needs.add(known.need);
    children(node).forEach(look);
  };
  for (const { value } of lines) look(value);
  return needs;
}
