/** The rules that are open in the editor, each read once a version; and places as the editor counts them, from 0. */
import { basename } from 'node:path/posix';
import * as vscode from 'vscode';
import type { Span } from '../../engine/language/tree';
import { RuleText } from '../../engine/language/service/ruleText';
import type { Position } from '../../engine/language/service/scan';

export const language = 'optim';
/** The scheme of built-in rules, which are read-only. */
export const builtInScheme = 'optim-builtin';
export const ruleSelector: vscode.DocumentSelector = { language };

export class RuleDocuments implements vscode.Disposable {
  private readonly read = new Map<string, { readonly version: number; readonly rule: RuleText }>();
  private readonly closed = vscode.workspace.onDidCloseTextDocument(({ uri }) => this.read.delete(uri.toString()));

  /** What a document says now. */
  of(document: vscode.TextDocument): RuleText {
    const key = document.uri.toString();
    const known = this.read.get(key);
    if (known?.version === document.version) return known.rule;
    const rule = new RuleText(document.getText(), basename(document.uri.path));
    this.read.set(key, { version: document.version, rule });
    return rule;
  }

  dispose(): void {
    this.closed.dispose();
    this.read.clear();
  }
}

export const positionOf = ({ line, character }: vscode.Position): Position => ({ line: line + 1, column: character + 1 });

export const rangeOf = ({ line, column, endLine, endColumn }: Span): vscode.Range =>
  new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1);

/** The column of texts: a document does not cover a panel that has the focus. */
export const textColumn = (): vscode.ViewColumn | undefined =>
  (vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors.find(({ viewColumn }) => viewColumn !== undefined))?.viewColumn;
