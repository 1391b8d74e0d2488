/** ▶ Train with this rule, above a rule's first line; where the text is no rule, the fault that keeps it from training. */
import * as vscode from 'vscode';
import type { CommandId } from '../commands';
import { lensesEnabled } from '../codeLenses';
import { builtInScheme, rangeOf, ruleSelector, type RuleDocuments } from './documents';

export function registerRuleLenses(documents: RuleDocuments): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('optimizerDebugger.codeLens')) changed.fire();
    }),
    vscode.languages.registerCodeLensProvider(ruleSelector, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses(document) {
        if (!lensesEnabled(document.uri)) return [];
        const { structure, rule, faults } = documents.of(document);
        const header = structure.sketches.find(({ kind }) => kind === 'optimizer' || kind === 'wrapper');
        if (!header) return [];
        const range = rangeOf(header.at);
        const lens = (title: string, tooltip: string, command: CommandId): vscode.CodeLens =>
          new vscode.CodeLens(range, { title, tooltip, command, arguments: [document.uri] });
        if (!rule) {
          const [{ at, message }] = faults;
          return [lens(`✗ Not yet a rule: see line ${at.line}`, message, 'optimizerDebugger.trainRule')];
        }
        const what = rule.tree.kind === 'wrapper' ? 'this wrapper' : 'this rule';
        const train = lens(
          `▶ Train with ${what}`,
          `See a small network train with ${rule.title} as it is written here`,
          'optimizerDebugger.trainRule',
        );
        if (document.uri.scheme !== builtInScheme) return [train];
        return [
          train,
          lens('New rule from this one…', `A copy of ${rule.title} as a file of your own, to change`, 'optimizerDebugger.newRuleFrom'),
        ];
      },
    }),
  );
}
