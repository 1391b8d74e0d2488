/**
 * The first step of "Train with…": which optimizer. The one under the cursor, the others of the file, the rules in the workspace's own files,
 * the library; a wrapper asks what it goes round. Values that only the running program knows are asked for.
 */
import * as vscode from 'vscode';
import type { Rule } from '../engine/language';
import type { SourceReading } from '../source/reading';
import {
  chooseCall,
  chooseFile,
  chooseRule,
  describeChoice,
  parseValue,
  putRound,
  referenceOf,
  resolveReference,
  titleOf,
  type CallReference,
  type OptimizerChoice,
} from './optimizerChoice';
import { readOptimizers, readWrappers } from './rules/library';
import { openRule, showFault, type FaultyRule } from './rules/open';
import type { RuleDocuments } from './rules/documents';
import type { WorkspaceRule, WorkspaceRules } from './rules/workspace';
import { pythonSelector, type Sources } from './sources';
import { ask, back, cancelled, hasLeft, pick, type Choice, type Left } from './wizard';

export const title = 'Train with…';
export const of = 3;
export const separator = (label: string): Choice<never> => ({ label, kind: vscode.QuickPickItemKind.Separator });

/** What is open beside the wizard: the program, if it is one, and its calls; the rule, if it is one. */
export interface Context {
  readonly document: vscode.TextDocument | null;
  readonly reading: SourceReading | null;
  readonly cursor: number;
  readonly rule: vscode.TextDocument | null;
}

/** Where rules come from. */
export interface RuleSources {
  readonly documents: RuleDocuments;
  readonly workspace: WorkspaceRules;
}

/** The Python that a person looks at: the active editor, or one beside a panel that has the focus. */
export function findContext(sources: Sources, reference: CallReference | null): Context {
  const editors = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors];
  const editor =
    editors.find((one) => one && reference && one.document.uri.toString() === reference.uri) ??
    editors.find((one) => one && vscode.languages.match(pythonSelector, one.document) > 0);
  const document =
    editor?.document ?? (reference && vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === reference.uri)) ?? null;
  const active = vscode.window.activeTextEditor?.document;
  return {
    document,
    reading: document && sources.read(document),
    cursor: document && editor ? document.offsetAt(editor.selection.active) : -1,
    rule: active?.languageId === 'optim' ? active : null,
  };
}

/** The call that a CodeLens or a hover names, so that the wizard begins with the next step. */
export function preselect({ reading, document }: Context, reference: CallReference | null): OptimizerChoice | null {
  const call =
    reference && reading && document?.uri.toString() === reference.uri ? resolveReference(reading.optimizers, reference) : undefined;
  return call && reference ? chooseCall(call, reference) : null;
}

const isWrapper = (rule: Rule): boolean => rule.kind === 'text' && rule.tree.kind === 'wrapper';
const isFaulty = (value: OptimizerChoice | WorkspaceRule | FaultyRule): value is FaultyRule => 'fault' in value;

/** Everything that is still to be asked of a choice. */
export async function complete(choice: OptimizerChoice, context: Context, rules: RuleSources): Promise<OptimizerChoice | Left> {
  const answered = await answer(choice);
  if (hasLeft(answered) || !isWrapper(answered.rule)) return answered;
  for (;;) {
    const inside = await pickOptimizer(context, rules, answered);
    if (hasLeft(inside)) return inside;
    const settled = await answer(inside);
    if (settled === back) continue;
    return hasLeft(settled) ? settled : putRound(answered, settled);
  }
}

/** @param wrapper what is to go round it; it goes round an optimizer, not round another wrapper */
export async function pickOptimizer(
  context: Context,
  rules: RuleSources,
  wrapper: OptimizerChoice | null = null,
): Promise<OptimizerChoice | Left> {
  const { known, strangers } = callsOf(context);
  const open = context.rule && openRule(rules.documents, context.rule);
  const here = [...(open ? inFront(open, wrapper) : []), ...known];
  const fits = ({ value }: Choice<OptimizerChoice | FaultyRule>): boolean =>
    !wrapper || value === undefined || (!isFaulty(value) && !isWrapper(value.rule));
  const builtIn = (label: string, found: readonly Rule[]): Choice<OptimizerChoice>[] => [
    separator(label),
    ...found.map((rule) => itemOf(chooseRule(rule))),
  ];
  const more: Promise<readonly Choice<OptimizerChoice | FaultyRule>[]>[] = [
    rules.workspace.list().then((found) => {
      const others = found.filter(({ uri }) => here.length === 0 || uri.toString() !== context.rule?.uri.toString());
      const items = others.map(ownItem).filter(fits);
      return items.length === 0 ? [] : [separator('rules of the workspace'), ...items];
    }),
    readOptimizers().then((found) => builtIn('built in', found)),
    ...(wrapper ? [] : [readWrappers().then((found) => builtIn('wrappers, which go round an optimizer', found))]),
  ];
  let placeholder = wrapper ? `${wrapper.rule.title} goes round which optimizer?` : 'Which optimizer? Enter takes the first.';
  for (;;) {
    const chosen = await pick<OptimizerChoice | FaultyRule | string>({
      title: wrapper ? `${title} ${wrapper.rule.title}` : title,
      step: 1,
      of,
      canGoBack: wrapper !== null,
      placeholder,
      items: here.length + strangers.length > 0 ? [separator('in this file'), ...here, ...strangers] : [],
      more,
    });
    if (typeof chosen === 'string') placeholder = `${chosen} is not in this version. Choose another.`;
    else if (hasLeft(chosen)) return chosen;
    else if (isFaulty(chosen)) {
      await showFault(chosen);
      return cancelled;
    } else return chosen;
  }
}

function itemOf(choice: OptimizerChoice, from?: string): Choice<OptimizerChoice> {
  const { rule, notes } = choice;
  const described = [describeChoice(choice), ...(from === undefined ? [] : [from])].filter((part) => part !== '').join(' — ');
  const label = from === undefined ? rule.title : `$(play) ${rule.title}`;
  return { label, description: described, detail: from === undefined ? rule.summary : notes.join(' ') || undefined, value: choice };
}

/** A rule of the workspace; one with a fault is there, too, and says so. */
function ownItem({ uri, shown, text }: WorkspaceRule): Choice<OptimizerChoice | FaultyRule> {
  const { rule, faults } = text;
  if (rule) {
    const choice = chooseFile(rule, uri.fsPath);
    const from = isWrapper(rule) ? `${shown}, goes round an optimizer` : shown;
    return { label: rule.title, description: `${describeChoice(choice)} — ${from}`, detail: rule.summary || undefined, value: choice };
  }
  return faultyItem({ uri, fault: faults[0] }, shown);
}

/** The rule that a person looks at: what they mean, also while it has a fault. */
function inFront(open: OptimizerChoice | FaultyRule, wrapper: OptimizerChoice | null): Choice<OptimizerChoice | FaultyRule>[] {
  if (isFaulty(open)) return wrapper ? [] : [faultyItem(open, vscode.workspace.asRelativePath(open.uri))];
  return wrapper && isWrapper(open.rule) ? [] : [itemOf(open, 'the rule in front of you')];
}

/** Chosen, it shows its fault. */
const faultyItem = (value: FaultyRule, shown: string): Choice<FaultyRule> => ({
  label: `$(error) ${shown}`,
  description: `is not yet a rule: line ${value.fault.at.line}`,
  detail: value.fault.message,
  value,
});

/** The optimizers that the program constructs, the nearest to the cursor first. */
function callsOf({ document, reading, cursor }: Context): { known: Choice<OptimizerChoice>[]; strangers: Choice<string>[] } {
  const calls = [...(reading?.optimizers ?? [])];
  const lineOf = (offset: number): number => (document?.positionAt(offset).line ?? 0) + 1;
  const here = lineOf(Math.max(cursor, 0));
  const distance = ({ range }: { range: { from: number; to: number } }): number =>
    range.from <= cursor && cursor <= range.to ? -1 : Math.min(Math.abs(lineOf(range.from) - here), Math.abs(lineOf(range.to) - here));
  const known: Choice<OptimizerChoice>[] = [];
  const strangers: Choice<string>[] = [];
  for (const call of [...calls].sort((a, b) => distance(a) - distance(b))) {
    const choice = document && chooseCall(call, referenceOf(document.uri.toString(), calls, call));
    const line = lineOf(call.range.from);
    if (choice) known.push(itemOf(choice, `from line ${line}`));
    else
      strangers.push({
        label: `$(circle-slash) ${call.constructorName}`,
        description: `not in this version — line ${line}`,
        value: call.constructorName,
      });
  }
  return { known, strangers };
}

/** Asks for the values that only the running program knows. */
async function answer(choice: OptimizerChoice): Promise<OptimizerChoice | Left> {
  const settings = { ...choice.settings };
  for (let index = 0; index < choice.questions.length;) {
    const { hyperparameter, source } = choice.questions[index];
    const typed = await ask({
      title: `${title} ${titleOf(choice)}`,
      step: 1,
      of,
      canGoBack: true,
      placeholder: `${hyperparameter.name} in ${hyperparameter.domain}`,
      prompt: `${hyperparameter.name}: the program takes it from ${source}, which only running it would tell. ${hyperparameter.doc}.`,
      value: String(settings[hyperparameter.name]),
      validate: (text) => {
        const parsed = parseValue(text, hyperparameter);
        return 'fault' in parsed ? parsed.fault : null;
      },
    });
    if (typed === back) {
      if (index === 0) return back;
      index--;
      continue;
    }
    if (hasLeft(typed)) return typed;
    const parsed = parseValue(typed, hyperparameter);
    if ('value' in parsed) settings[hyperparameter.name] = parsed.value;
    index++;
  }
  return { ...choice, settings, questions: [] };
}
