/**
 * Rules by their names. A text is read when its rule is first asked for, so that starting the extension or checking a specification does not
 * read the whole library.
 */
import { readRule, type CodeRule, type Rule, type TextRule } from './language';

/** A folder's rule texts, each in a file named as the rule in it. */
export type RuleTexts = readonly { readonly file: string; readonly text: string }[];

export interface RuleLibrary<Kind extends Rule = Rule> {
  /** What specifications call them, in order. */
  readonly names: readonly string[];
  /** The rule that a specification calls `name`; undefined where there is none. */
  find(name: string): Kind | undefined;
}

/** @param coded rules that no text can say */
export function ruleLibrary(texts: RuleTexts): RuleLibrary<TextRule>;
export function ruleLibrary(texts: RuleTexts, coded: readonly CodeRule[]): RuleLibrary;
export function ruleLibrary(texts: RuleTexts, coded: readonly CodeRule[] = []): RuleLibrary {
  const read = new Map<string, Rule>(coded.map((rule) => [rule.name, rule]));
  const textOf = new Map(texts.map(({ file, text }) => [file.replace(/\.optim$/, ''), text]));
  return {
    names: [...textOf.keys(), ...read.keys()].sort(),
    find(name) {
      const text = textOf.get(name);
      const rule = read.get(name) ?? (text === undefined ? undefined : readRule(text, `${name}.optim`));
      if (rule !== undefined) read.set(name, rule);
      return rule;
    },
  };
}

/** All rules of a library, by name. */
export const allRules = <Kind extends Rule>({ names, find }: RuleLibrary<Kind>): readonly Kind[] =>
  names.flatMap((name) => find(name) ?? []);
