/**
 * From an optimizer in the user's code to the settings of a run: the framework's defaults filled in, what is known taken over, and
 * what is not known listed, to be asked for. Knows nothing of the editor.
 */
import type { HyperparameterValue } from '../engine/language/rule';
import type { Hyperparameter, Rule, TextRule } from '../engine/language';
import { findRule } from '../engine/optimizers';
import { describeHyperparameters } from '../engine/run/describe';
import { defaultsOf, type Framework } from '../source/frameworks/definition';
import { frameworks } from '../source/frameworks/index.gen';
import type { Literal, OptimizerCall } from '../source/reading';

/** Names a call in a file by what does not change when lines move: the how-manieth of its kind. */
export interface CallReference {
  readonly uri: string;
  readonly constructorName: string;
  /** From 0. */
  readonly ordinal: number;
}

/** A hyperparameter whose value only the running program knows. */
export interface OpenQuestion {
  readonly hyperparameter: Hyperparameter;
  /** As written: `args.lr`. */
  readonly source: string;
  /** What to offer: a default found in the program, or the framework's own. */
  readonly suggestion: HyperparameterValue;
}

export interface OptimizerChoice {
  readonly rule: Rule;
  /** Every hyperparameter; those in `questions` hold what is offered. */
  readonly settings: Readonly<Record<string, HyperparameterValue>>;
  readonly questions: readonly OpenQuestion[];
  /** What a person should know: settings that this version has not. */
  readonly notes: readonly string[];
  readonly origin: CallReference | null;
  /** The file of a rule of the user's own, a full path; null for one of the library. */
  readonly file: string | null;
  /** Wrappers that go round it, the outermost first. */
  readonly around: readonly OptimizerChoice[];
}

export const frameworkOf = (call: OptimizerCall): Framework => {
  const found = (frameworks as readonly Framework[]).find(({ name }) => name === call.framework);
  if (!found) throw new Error(`no framework is called ${call.framework}`);
  return found;
};

/** The reference of one of a file's calls. */
export function referenceOf(uri: string, calls: readonly OptimizerCall[], call: OptimizerCall): CallReference {
  const alike = calls.filter(({ constructorName }) => constructorName === call.constructorName);
  return { uri, constructorName: call.constructorName, ordinal: alike.indexOf(call) };
}

/** The call that a reference names, or undefined where it is no longer there. */
export const resolveReference = (calls: readonly OptimizerCall[], { constructorName, ordinal }: CallReference): OptimizerCall | undefined =>
  calls.filter((call) => call.constructorName === constructorName)[ordinal];

/** An optimizer of the library with its own defaults. */
export const chooseRule = (rule: Rule): OptimizerChoice => ({
  rule,
  settings: Object.fromEntries(rule.hyperparameters.map(({ name, default: value }) => [name, value])),
  questions: [],
  notes: [],
  origin: null,
  file: null,
  around: [],
});

/** A rule of the user's own with its own defaults. @param file its full path */
export const chooseFile = (rule: TextRule, file: string): OptimizerChoice => ({ ...chooseRule(rule), file });

/** A wrapper round an optimizer. */
export const putRound = (wrapper: OptimizerChoice, inside: OptimizerChoice): OptimizerChoice => ({
  ...inside,
  around: [wrapper, ...inside.around],
});

/** `Adam`, `Adam, SAM` */
export const titleOf = ({ rule, around }: OptimizerChoice): string =>
  [rule.title, ...[...around].reverse().map((wrapper) => wrapper.rule.title)].join(', ');

/** The optimizer of a call; null where this version has no rule for it. */
export function chooseCall(call: OptimizerCall, origin: CallReference): OptimizerChoice | null {
  const rule = call.rule === null ? undefined : findRule(call.rule);
  if (!rule) return null;
  const framework = frameworkOf(call);
  const constructor = framework.constructors[call.constructorName];
  const settings = { ...chooseRule(rule).settings };
  const standard = defaultsOf(constructor);
  for (const { name } of rule.hyperparameters) if (name in standard) settings[name] = standard[name];

  const notes = [...call.notes];
  const questions = new Map<string, OpenQuestion>();
  for (const argument of call.arguments) {
    const hyperparameter = rule.hyperparameters.find(({ name }) => name === argument.ours);
    const known = 'known' in argument.value ? argument.value.known : undefined;
    if (!hyperparameter) {
      const usual = constructor.parameters.find(({ name }) => name === argument.name)?.default;
      if (known === undefined || known !== usual)
        notes.push(`${framework.title}'s ${argument.name} is not in this version of ${rule.title}; the run leaves it out.`);
      continue;
    }
    const { name } = hyperparameter;
    const value = known === undefined ? undefined : fit(known, hyperparameter);
    if (value !== undefined) {
      settings[name] = value;
      continue;
    }
    const unknown = 'unknown' in argument.value ? argument.value.unknown : { source: show(argument.value.known) };
    const guess = unknown.suggestion === undefined ? undefined : fit(unknown.suggestion, hyperparameter);
    if (guess !== undefined) settings[name] = guess;
    questions.set(name, { hyperparameter, source: unknown.source, suggestion: settings[name] });
  }
  // what is spread into the call may set anything that is not written out
  if (call.spread.length > 0) {
    const written = new Set(call.arguments.map(({ ours }) => ours));
    for (const hyperparameter of rule.hyperparameters)
      if (!written.has(hyperparameter.name) && hyperparameter.name in standard)
        questions.set(hyperparameter.name, { hyperparameter, source: call.spread.join(', '), suggestion: settings[hyperparameter.name] });
  }
  return { ...chooseRule(rule), settings, questions: [...questions.values()], notes, origin };
}

/** A value of the program as the rule takes it; undefined where the rule does not allow it. */
function fit(value: Literal, hyperparameter: Hyperparameter): HyperparameterValue | undefined {
  const wanted = typeof hyperparameter.default;
  const fitted =
    wanted === 'number' && typeof value === 'boolean'
      ? Number(value)
      : wanted === 'boolean' && typeof value === 'number'
        ? value !== 0
        : value;
  if (typeof fitted !== wanted || (typeof fitted !== 'number' && typeof fitted !== 'boolean' && typeof fitted !== 'string'))
    return undefined;
  return hyperparameter.check(fitted) === null ? fitted : undefined;
}

const show = (value: Literal): string => (value === null ? 'None' : JSON.stringify(value));

/** What a person typed for a hyperparameter, or what is wrong with it. */
export function parseValue(
  text: string,
  hyperparameter: Hyperparameter,
): { readonly value: HyperparameterValue } | { readonly fault: string } {
  const typed = text.trim();
  let value: HyperparameterValue = typed;
  if (typeof hyperparameter.default === 'boolean') {
    if (!['true', 'false'].includes(typed.toLowerCase())) return { fault: `${hyperparameter.name} is true or false` };
    value = typed.toLowerCase() === 'true';
  } else if (typeof hyperparameter.default === 'number') {
    value = Number(typed);
    if (typed === '' || Number.isNaN(value)) return { fault: `“${typed}” is not a number` };
  }
  const expected = hyperparameter.check(value);
  return expected === null ? { value } : { fault: `${hyperparameter.name} must be ${expected}` };
}

/** `lr 0.001 · β₁ 0.9 · β₂ 0.999`; a value still to be asked for is shown as its source: `lr args.lr`. */
export function describeChoice({ rule, settings, questions }: OptimizerChoice): string {
  const shown: Record<string, HyperparameterValue> = { ...settings };
  for (const { hyperparameter, source } of questions) shown[hyperparameter.name] = source;
  return describeHyperparameters(rule, shown).join(' · ');
}
