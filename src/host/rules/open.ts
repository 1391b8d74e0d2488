/** From a rule in the editor to a choice of "Train with…": built in, or in a file, which is saved first; a faulty one is shown, not trained. */
import * as vscode from 'vscode';
import { findRule } from '../../engine/optimizers';
import { findWrapper } from '../../engine/wrappers';
import { chooseFile, chooseRule, type OptimizerChoice } from '../optimizerChoice';
import { builtInName } from './builtIn';
import type { Fault } from '../../engine/language/service/diagnostics';
import { builtInScheme, rangeOf, textColumn, type RuleDocuments } from './documents';

/** A text that is no rule yet, and its first fault. */
export interface FaultyRule {
  readonly uri: vscode.Uri;
  readonly fault: Fault;
}

/** @returns null for a text that is in no file on disk */
export function openRule(documents: RuleDocuments, document: vscode.TextDocument): OptimizerChoice | FaultyRule | null {
  const { uri } = document;
  if (uri.scheme === builtInScheme) {
    const rule = findRule(builtInName(uri)) ?? findWrapper(builtInName(uri));
    return rule ? chooseRule(rule) : null;
  }
  const { rule, faults } = documents.of(document);
  if (!rule) return { uri, fault: faults[0] };
  return uri.scheme === 'file' ? chooseFile(rule, uri.fsPath) : null;
}

/** Saves a document that has changes, asking where if it was never saved. @returns the saved document; null where the person would rather not */
export async function saved(document: vscode.TextDocument): Promise<vscode.TextDocument | null> {
  if (document.uri.scheme === builtInScheme || (!document.isDirty && !document.isUntitled)) return document;
  const uri = await vscode.workspace.save(document.uri);
  return uri ? vscode.workspace.openTextDocument(uri) : null;
}

/** Puts the cursor where the fault is, and says it. */
export async function showFault({ uri, fault: { at, message } }: FaultyRule): Promise<void> {
  await vscode.window.showTextDocument(uri, { selection: rangeOf(at), viewColumn: textColumn() });
  void vscode.window.showErrorMessage(`${vscode.workspace.asRelativePath(uri)} is not yet a rule. Line ${at.line}: ${message}`);
}
