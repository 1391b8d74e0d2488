/** Everything that the editor does for rules, the files ending in `.optim`. */
import * as vscode from 'vscode';
import type { RuleSources } from '../optimizerStep';
import type { Runs } from '../runs';
import { registerBuiltInRules } from './builtIn';
import { registerRuleCompletion } from './completion';
import { registerRuleDiagnostics } from './diagnostics';
import { RuleDocuments } from './documents';
import { registerRuleFormatting } from './format';
import { registerRuleHovers } from './hovers';
import { registerRuleLenses } from './lenses';
import { registerRuleReplacement } from './replace';
import { registerRuleSymbols } from './symbols';
import { WorkspaceRules } from './workspace';

export interface Rules extends vscode.Disposable, RuleSources {}

export function registerRules(runs: Runs): Rules {
  const documents = new RuleDocuments();
  const workspace = new WorkspaceRules();
  const registered = vscode.Disposable.from(
    documents,
    workspace,
    registerRuleDiagnostics(documents),
    registerRuleHovers(documents),
    registerRuleCompletion(documents),
    registerRuleSymbols(documents),
    registerRuleFormatting(),
    registerRuleLenses(documents),
    registerBuiltInRules(),
    registerRuleReplacement(documents, runs),
  );
  return { documents, workspace, dispose: () => void registered.dispose() };
}
