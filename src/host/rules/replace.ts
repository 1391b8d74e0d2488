/**
 * A rule that is saved while a run has it: a paused run takes the new text at once, from its next step on; one that goes on takes it when it is
 * next paused. A text with a fault leaves the run as it is. What became of it is told either way.
 */
import { basename, resolve } from 'node:path';
import * as vscode from 'vscode';
import type { RuleEvent } from '../../engine/run/record';
import { runCommand } from '../commands';
import type { RunRequest } from '../run';
import type { Runs } from '../runs';
import { language, rangeOf, type RuleDocuments } from './documents';

export function registerRuleReplacement(documents: RuleDocuments, runs: Runs): vscode.Disposable {
  /** Texts saved while the run went on, by what its specification calls their files. */
  const waiting = new Map<string, string>();
  let run: string | null = null;

  const replace = async (file: string, text: string): Promise<void> => {
    waiting.delete(file);
    try {
      void offerToContinue(describeReplacement(await runs.replaceRule(file, text)), runs);
    } catch (error) {
      void vscode.window.showWarningMessage(`The paused run keeps its rule. ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  const save = async (document: vscode.TextDocument): Promise<void> => {
    const { current } = runs;
    if (document.languageId !== language || document.uri.scheme !== 'file' || !current?.active) return;
    const file = fileOf(current.request, document.uri.fsPath);
    if (file === null) return;
    const name = basename(file);
    const [fault] = documents.of(document).faults;
    if (fault) {
      waiting.delete(file);
      const show = 'Show the fault';
      const chosen = await vscode.window.showWarningMessage(
        `The run keeps its rule: ${name}, line ${fault.at.line}: ${fault.message}`,
        show,
      );
      if (chosen === show) await vscode.window.showTextDocument(document, { selection: rangeOf(fault.at) });
    } else if (current.textOf(file) === document.getText()) waiting.delete(file);
    else if (current.state === 'paused') await replace(file, document.getText());
    else {
      waiting.set(file, document.getText());
      const now = 'Pause and use it';
      const chosen = await vscode.window.showInformationMessage(
        `The run goes on with ${name} as it was. It takes the new text when it is paused; the next run has it from the start.`,
        now,
      );
      if (chosen === now && runs.current?.state === 'running') await runCommand('optimizerDebugger.pause');
    }
  };

  return vscode.Disposable.from(
    vscode.workspace.onDidSaveTextDocument((document) => void save(document)),
    runs.onDidChange(() => {
      const { current } = runs;
      if (current?.id !== run || !current?.active) waiting.clear();
      run = current?.id ?? null;
      if (current?.state === 'paused') for (const [file, text] of [...waiting]) void replace(file, text);
    }),
  );
}

async function offerToContinue(message: string, runs: Runs): Promise<void> {
  const goOn = 'Continue';
  const chosen = await vscode.window.showInformationMessage(message, goOn);
  if (chosen === goOn && runs.current?.state === 'paused') await runCommand('optimizerDebugger.resume');
}

/** What a run's specification calls a file; null where it is none of its rules. */
function fileOf({ spec, folder }: RunRequest, path: string): string | null {
  const files = [spec.optimizer, ...(spec.wrappers ?? [])].flatMap((rule) => ('file' in rule ? [String(rule.file)] : []));
  return files.find((file) => resolve(folder, file) === path) ?? null;
}

/** `From step 125 on the run uses mine.optim as saved. m goes on with its values; n begins anew.` */
export function describeReplacement({ step, file, kept, fresh }: RuleEvent): string {
  const list = (names: readonly string[], one: string, many: string): string[] =>
    names.length === 0 ? [] : [`${names.join(', ')} ${names.length === 1 ? one : many}`];
  const states = [...list(kept, 'goes on with its values', 'go on with their values'), ...list(fresh, 'begins anew', 'begin anew')];
  const told = states.length === 0 ? '' : ` ${states.join('; ')}.`;
  return `From step ${(step + 1).toLocaleString('en')} on the run uses ${basename(file)} as saved.${told}`;
}
