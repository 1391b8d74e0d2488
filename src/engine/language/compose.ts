/**
 * Puts wrappers (clipping, penalties, SAM, Lookahead) round a rule: the lines of a wrapper before `inner`, the rule's own, the lines
 * after it. What comes out is an ordinary rule, so every lowering, panel and checkpoint takes it as it is. A wrapper's own names get
 * its name in front (`sam.rho`), which no text can write, so nothing collides.
 */
import { SpecificationError } from '../run/specification';
import { ruleOf } from './index';
import type { HyperparameterValue, Rule, Settings, TextRule } from './rule';
import { mapChildren, type Assignment, type Expression, type RuleTree } from './tree';
import { wrapperPrefixes } from './wrapperPrefixes';

export interface Around {
  readonly rule: TextRule;
  readonly settings: Settings;
}

/**
 * @param base the rule inside @param around its wrappers, the outermost (the first to see the gradient) first @param settings of the base
 * @returns one rule and its settings, those of wrappers under their prefixed names
 * @throws SpecificationError where the rule is none that lines can stand round
 */
export function composeRule(base: Rule, around: readonly Around[], settings: Settings): { rule: Rule; settings: Settings } {
  if (around.length === 0) return { rule: base, settings };
  if (base.kind === 'code')
    throw new SpecificationError(
      'wrappers',
      `${base.title} searches along lines of its own; nothing can be put round it. Leave \`wrappers\` out.`,
    );
  const prefixes = wrapperPrefixes(around.map(({ rule }) => rule));
  const composed: Record<string, HyperparameterValue> = { ...settings };
  let { tree } = base;
  for (let i = around.length - 1; i >= 0; i--) {
    tree = wrapped(prefixed(around[i].rule.tree, prefixes[i]), tree);
    for (const [name, value] of Object.entries(around[i].settings)) composed[prefixes[i] + name] = value;
  }
  return { rule: ruleOf(tree, base.text, base.file), settings: composed };
}

/** The wrapper with its own names under a prefix. */
function prefixed(tree: RuleTree, prefix: string): RuleTree {
  const own = new Set([...tree.parameters, ...tree.states].map(({ name }) => name));
  for (const { target } of tree.lines) if (target !== 'w' && target !== 'g') own.add(target);
  const named = (name: string): string => (own.has(name) ? prefix + name : name);
  const rename = (node: Expression): Expression => (node.kind === 'name' ? { ...node, name: named(node.name) } : mapChildren(node, rename));
  return {
    ...tree,
    parameters: tree.parameters.map((each) => ({ ...each, name: prefix + each.name, aliases: [] })),
    states: tree.states.map((each) => ({ ...each, name: prefix + each.name, initial: rename(each.initial) })),
    requirements: tree.requirements.map((each) => ({ ...each, condition: rename(each.condition) })),
    lines: tree.lines.map((each): Assignment => ({ ...each, target: named(each.target), value: rename(each.value) })),
  };
}

function wrapped(wrapper: RuleTree, inside: RuleTree): RuleTree {
  const at = wrapper.inner ?? 0;
  return {
    ...inside,
    parameters: [...inside.parameters, ...wrapper.parameters],
    states: [...inside.states, ...wrapper.states],
    requirements: [...inside.requirements, ...wrapper.requirements],
    lines: [...wrapper.lines.slice(0, at), ...inside.lines, ...wrapper.lines.slice(at)],
  };
}
