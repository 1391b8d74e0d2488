/** Hovers on optimizers and their hyperparameters in the user's code. */
import * as vscode from 'vscode';
import type { CallArgument, OptimizerCall, Range } from '../source/reading';
import { commandLink, type CommandId } from './commands';
import { hyperparameterHover, optimizerHover } from './hoverTexts';
import { referenceOf } from './optimizerChoice';
import type { Runs } from './runs';
import { pythonSelector, rangeIn, type Sources } from './sources';

/** The only commands that a hover may run. */
const allowed: readonly CommandId[] = ['optimizerDebugger.trainWith', 'optimizerDebugger.openGradientInspector'];

export function registerHovers(sources: Sources, runs: Runs): vscode.Disposable {
  return vscode.languages.registerHoverProvider(pythonSelector, {
    provideHover(document, position) {
      const { optimizers } = sources.read(document);
      const offset = document.offsetAt(position);
      // the innermost: a call may stand in another's arguments
      const call = optimizers.filter(({ range }) => within(range, offset)).sort((a, b) => b.range.from - a.range.from)[0];
      if (!call) return undefined;
      const reference = referenceOf(document.uri.toString(), optimizers, call);
      const measured = runs.measurements.of(reference);
      const { chosen, range } = argumentsAt(call, offset);
      if (chosen.length > 0 && range)
        return new vscode.Hover(trusted(hyperparameterHover(call, chosen, reference, measured, commandLink)), rangeIn(document, range));
      if (within(call.callee, offset))
        return new vscode.Hover(trusted(optimizerHover(call, reference, measured, commandLink)), rangeIn(document, call.callee));
      return undefined;
    },
  });
}

const within = ({ from, to }: Range, offset: number): boolean => from <= offset && offset <= to;

/** The arguments under the mouse: one by its value, all of a tuple by its name. */
function argumentsAt(call: OptimizerCall, offset: number): { chosen: readonly CallArgument[]; range: Range | null } {
  const byValue = call.arguments.filter(({ valueRange }) => within(valueRange, offset));
  if (byValue.length > 0) return { chosen: byValue, range: byValue[0].valueRange };
  const byName = call.arguments.filter(({ nameRange }) => nameRange && within(nameRange, offset));
  return { chosen: byName, range: byName[0]?.nameRange ?? null };
}

function trusted(text: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(text);
  markdown.isTrusted = { enabledCommands: allowed };
  return markdown;
}
