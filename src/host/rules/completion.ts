/** Completion in rules. */
import * as vscode from 'vscode';
import { completions, type Completion } from '../../engine/language/service/completion';
import { plain } from '../../engine/language/service/markdown';
import { positionOf, rangeOf, ruleSelector, type RuleDocuments } from './documents';
import { library } from './library';

const { CompletionItemKind: Kind } = vscode;
const kinds: Readonly<Record<Completion['kind'], vscode.CompletionItemKind>> = {
  word: Kind.Keyword,
  parameter: Kind.Property,
  state: Kind.Field,
  given: Kind.Variable,
  value: Kind.Variable,
  constant: Kind.Constant,
  function: Kind.Function,
  choice: Kind.EnumMember,
  optimizer: Kind.Class,
  domain: Kind.Value,
};

export const registerRuleCompletion = (documents: RuleDocuments): vscode.Disposable =>
  vscode.languages.registerCompletionItemProvider(
    ruleSelector,
    {
      provideCompletionItems: (document, position) =>
        completions(documents.of(document), positionOf(position), library).map(({ label, kind, detail, doc, snippet, replace, rank }) => {
          const item = new vscode.CompletionItem(detail === '' ? label : { label, description: detail }, kinds[kind]);
          item.documentation = new vscode.MarkdownString(doc);
          item.insertText = new vscode.SnippetString(snippet);
          item.range = rangeOf(replace);
          item.sortText = `${rank}${label}`;
          item.filterText = kind === 'function' ? label.replace(/\(.*/, '') : label;
          return item;
        }),
      resolveCompletionItem(item) {
        const rule = item.kind === kinds.optimizer && typeof item.label === 'string' ? library.find(item.label) : undefined;
        if (rule) item.documentation = new vscode.MarkdownString(`**${plain(rule.title)}** — ${plain(rule.summary)}`);
        return item;
      },
    },
    '"',
    '[',
    ',',
  );
