/** Faults of open rules while they are typed: soon after the last key, gone when the file is closed. */
import * as vscode from 'vscode';
import { language, rangeOf, type RuleDocuments } from './documents';

/** How long after a key, in ms. */
const pause = 150;
/** Where texts are written: not built-in rules, nor what a diff shows of another time. */
const written: readonly string[] = ['file', 'untitled', 'vscode-vfs', 'vscode-remote'];

export function registerRuleDiagnostics(documents: RuleDocuments): vscode.Disposable {
  const shown = vscode.languages.createDiagnosticCollection('optimizer rule');
  const waiting = new Map<string, NodeJS.Timeout>();
  const forget = (document: vscode.TextDocument): void => {
    const key = document.uri.toString();
    clearTimeout(waiting.get(key));
    waiting.delete(key);
  };
  const show = (document: vscode.TextDocument): void => {
    forget(document);
    if (document.isClosed || document.languageId !== language) return;
    shown.set(
      document.uri,
      documents.of(document).faults.map(({ message, at }) => {
        const diagnostic = new vscode.Diagnostic(rangeOf(at), message, vscode.DiagnosticSeverity.Error);
        diagnostic.source = 'optimizer rule';
        return diagnostic;
      }),
    );
  };
  const isShown = ({ languageId, uri }: vscode.TextDocument): boolean => languageId === language && written.includes(uri.scheme);
  for (const document of vscode.workspace.textDocuments) if (isShown(document)) show(document);
  return vscode.Disposable.from(
    shown,
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (isShown(document)) show(document);
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (!isShown(document)) return;
      forget(document);
      waiting.set(
        document.uri.toString(),
        setTimeout(() => show(document), pause),
      );
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      forget(document);
      shown.delete(document.uri);
    }),
    new vscode.Disposable(() => waiting.forEach((timer) => clearTimeout(timer))),
  );
}
