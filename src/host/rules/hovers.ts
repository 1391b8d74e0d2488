/** Hovers in rules. */
import * as vscode from 'vscode';
import { hover } from '../../engine/language/service/hover';
import { positionOf, rangeOf, ruleSelector, type RuleDocuments } from './documents';
import { library } from './library';

export const registerRuleHovers = (documents: RuleDocuments): vscode.Disposable =>
  vscode.languages.registerHoverProvider(ruleSelector, {
    provideHover(document, position) {
      const found = hover(documents.of(document), positionOf(position), library);
      return found && new vscode.Hover(new vscode.MarkdownString(found.markdown), rangeOf(found.at));
    },
  });
