/**
 * The rule of a run: the optimizer that the specification names or whose file it gives, with the wrappers round it, made one rule. Files
 * of the user's own are read here, before any data, and everything that is wrong with them or with their hyperparameters comes out here.
 */
import { checkSettings, LanguageError, readRule, type Rule, type Settings, type TextRule } from '../language';
import { composeRule } from '../language/compose';
import { longestText } from '../language/lexer';
import { baseName, FileError, type Files } from '../problems/files';
import { checkNeeds } from './checkNeeds';
import { hyperparametersOf } from './checkOptimizer';
import type { RuleLibrary } from '../ruleLibrary';
import type { Library } from './library';
import { SpecificationError, type RuleSpecification, type RunSpecification } from './specification';

/** A rule with every hyperparameter. */
export interface RuleAndSettings<Kind extends Rule = Rule> {
  readonly rule: Kind;
  readonly settings: Settings;
}

export interface ChosenRule {
  /** The optimizer by itself. */
  readonly optimizer: RuleAndSettings;
  /** What goes round it, the outermost first. */
  readonly wrappers: readonly RuleAndSettings<TextRule>[];
  /** All of it as one rule, which is what runs. */
  readonly whole: RuleAndSettings;
  /** The optimizer and the wrappers as a complete specification has them. */
  readonly spec: { readonly optimizer: RuleSpecification; readonly wrappers: readonly RuleSpecification[] };
}

/**
 * @param spec checked, so that names are known
 * @throws SpecificationError for a file that cannot be read or holds no rule, for hyperparameters that it does not allow, and where
 * optimizer, wrappers and problem do not go together
 */
export async function chooseRule(spec: RunSpecification, files: Files, library: Library): Promise<ChosenRule> {
  const optimizer = await find(spec.optimizer, 'optimizer', files, library.optimizers);
  if (isWrapper(optimizer.rule))
    throw misplaced('optimizer.file', optimizer.rule, 'a wrapper, which goes round an optimizer; list it under `wrappers`');
  const wrappers: RuleAndSettings<TextRule>[] = [];
  for (const [i, given] of (spec.wrappers ?? []).entries()) {
    const { rule, settings } = await find(given, `wrappers[${i}]`, files, library.wrappers);
    if (!isWrapper(rule)) throw misplaced(`wrappers[${i}].file`, rule, 'an optimizer; give it as `optimizer`');
    wrappers.push({ rule, settings });
  }
  return together(spec, optimizer, wrappers);
}

/** The rules that a specification gives, as one. @throws SpecificationError where optimizer, wrappers and problem do not go together */
export function together(spec: RunSpecification, optimizer: RuleAndSettings, wrappers: readonly RuleAndSettings<TextRule>[]): ChosenRule {
  checkNeeds(
    [optimizer, ...wrappers].map(({ rule }) => rule),
    spec,
  );
  return {
    optimizer,
    wrappers,
    whole: compose(optimizer, wrappers),
    spec: {
      optimizer: complete(spec.optimizer, optimizer),
      wrappers: (spec.wrappers ?? []).map((wrapper, i) => complete(wrapper, wrappers[i])),
    },
  };
}

/**
 * The same rules with another text for those in `file`. A hyperparameter that the new text has, too, keeps a value that somebody chose; one that
 * had its default has the new text's default.
 * @param file as the specification gives it
 * @throws LanguageError where the text is no rule; SpecificationError where it does not go with the rest of the run
 */
export function replaceText(chosen: ChosenRule, spec: RunSpecification, file: string, text: string): ChosenRule {
  const rule = readRule(text, baseName(file));
  const renew = <Kind extends Rule>(
    given: RuleSpecification,
    old: RuleAndSettings<Kind>,
    path: string,
  ): RuleAndSettings<Kind | TextRule> =>
    'file' in given && given.file === file ? { rule, settings: checkSettings(rule, carried(old, rule), path) } : old;
  const optimizer = renew(spec.optimizer, chosen.optimizer, 'optimizer');
  if (isWrapper(optimizer.rule))
    throw misplaced('optimizer.file', optimizer.rule, 'now a wrapper, which goes round an optimizer; the run has it as its optimizer');
  const wrappers = (spec.wrappers ?? []).map((given, i) => {
    const wrapper = renew(given, chosen.wrappers[i], `wrappers[${i}]`);
    if (!isWrapper(wrapper.rule)) throw misplaced(`wrappers[${i}].file`, wrapper.rule, 'now an optimizer; the run has it as a wrapper');
    return wrapper;
  });
  return together(spec, optimizer, wrappers);
}

/** The values that somebody chose of the hyperparameters that the new rule has, too, and allows. */
function carried({ rule: old, settings }: RuleAndSettings, rule: TextRule): Settings {
  const chosen = old.hyperparameters.filter(({ name, default: standard }) => settings[name] !== standard).map(({ name }) => name);
  const kept = rule.hyperparameters.filter(
    ({ name, default: standard, check }) =>
      chosen.includes(name) && typeof settings[name] === typeof standard && check(settings[name]) === null,
  );
  return Object.fromEntries(kept.map(({ name }) => [name, settings[name]]));
}

const complete = (given: RuleSpecification, { rule, settings }: RuleAndSettings): RuleSpecification =>
  'file' in given ? { file: String(given.file), ...settings } : { name: rule.name, ...settings };

async function find(given: RuleSpecification, path: string, files: Files, library: RuleLibrary): Promise<RuleAndSettings> {
  const rule = 'file' in given ? await readFile(String(given.file), path, files) : library.find(String(given.name));
  if (!rule) throw new SpecificationError(`${path}.name`, `there is no rule ${String(given.name)}.`);
  return { rule, settings: checkSettings(rule, hyperparametersOf(given), path) };
}

/** A rule in a file. Every character is at most four bytes. */
async function readFile(file: string, path: string, files: Files): Promise<TextRule> {
  try {
    return readRule(await files.text(file, 4 * longestText), baseName(file));
  } catch (error) {
    if (error instanceof FileError || error instanceof LanguageError) throw new SpecificationError(`${path}.file`, error.message);
    throw error;
  }
}

const isWrapper = (rule: Rule): rule is TextRule => rule.kind === 'text' && rule.tree.kind === 'wrapper';

const misplaced = (path: string, { file, name }: Rule, what: string): SpecificationError =>
  new SpecificationError(path, `the rule \`${name}\` in ${file} is ${what}.`);

/** One rule of all. */
function compose({ rule, settings }: RuleAndSettings, wrappers: readonly RuleAndSettings<TextRule>[]): RuleAndSettings {
  if (wrappers.length === 0) return { rule, settings };
  try {
    return composeRule(rule, wrappers, settings);
  } catch (error) {
    if (error instanceof LanguageError) throw new SpecificationError('wrappers', error.message);
    throw error;
  }
}
