/** "Format document" in rules: the canonical layout; a text that is half typed stays as it is. */
import * as vscode from 'vscode';
import { format } from '../../engine/language/service/format';
import { ruleSelector } from './documents';

export const registerRuleFormatting = (): vscode.Disposable =>
  vscode.languages.registerDocumentFormattingEditProvider(ruleSelector, {
    provideDocumentFormattingEdits(document) {
      const before = document.getText();
      const after = format(before);
      if (after === before) return [];
      // line by line where the lines are the same ones, so that cursors and breakpoints stay where they are
      const lines = after.split(/\r?\n/);
      if (lines.length !== document.lineCount) return [vscode.TextEdit.replace(new vscode.Range(0, 0, document.lineCount, 0), after)];
      return lines.flatMap((line, i) => {
        const { text, range } = document.lineAt(i);
        return text === line ? [] : [vscode.TextEdit.replace(range, line)];
      });
    },
  });
