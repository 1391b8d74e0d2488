/** ▶ Train with Adam (lr 0.001), above every optimizer that a program constructs. */
import * as vscode from 'vscode';
import { showNumber } from '../engine/run/describe';
import type { CommandId } from './commands';
import { chooseCall, referenceOf, type OptimizerChoice } from './optimizerChoice';
import { pythonSelector, rangeIn, type Sources } from './sources';

/** Does the person want CodeLenses here? */
export const lensesEnabled = (resource: vscode.Uri): boolean =>
  vscode.workspace.getConfiguration('optimizerDebugger', resource).get<boolean>('codeLens.enabled', true);

export function registerCodeLenses(sources: Sources): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('optimizerDebugger.codeLens')) changed.fire();
    }),
    vscode.languages.registerCodeLensProvider(pythonSelector, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses(document) {
        if (!lensesEnabled(document.uri)) return [];
        const { optimizers } = sources.read(document);
        return optimizers.flatMap((call) => {
          const reference = referenceOf(document.uri.toString(), optimizers, call);
          const choice = chooseCall(call, reference);
          if (!choice) return [];
          const command: CommandId = 'optimizerDebugger.trainWith';
          return [
            new vscode.CodeLens(rangeIn(document, call.callee), {
              title: `▶ Train with ${choice.rule.title} (lr ${shownRate(choice)})`,
              tooltip: `See a small network train with exactly this ${choice.rule.title}`,
              command,
              arguments: [reference],
            }),
          ];
        });
      },
    }),
  );
}

/** The learning rate as known, or as written where only running would tell. */
function shownRate({ settings, questions }: OptimizerChoice): string {
  const open = questions.find(({ hyperparameter }) => hyperparameter.name === 'lr');
  return open ? open.source : typeof settings.lr === 'number' ? showNumber(settings.lr) : String(settings.lr);
}
