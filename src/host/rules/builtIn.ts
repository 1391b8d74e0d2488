/**
 * The library as texts to read: every built-in rule as a read-only document, `optim-builtin:/adam.optim`, and as the beginning of a file
 * of one's own. A rule that is TypeScript, not a text, is shown as papers write it.
 */
import * as vscode from 'vscode';
import type { Rule } from '../../engine/language';
import { register } from '../commands';
import { builtInScheme, language, textColumn } from './documents';
import { findBuiltIn, readOptimizers, readWrappers } from './library';

export const builtInUri = (name: string): vscode.Uri => vscode.Uri.from({ scheme: builtInScheme, path: `/${name}.optim` });

/** The name of the rule that a built-in document shows. */
export const builtInName = ({ path }: vscode.Uri): string => path.slice(path.lastIndexOf('/') + 1).replace(/\.optim$/, '');

export function registerBuiltInRules(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(builtInScheme, {
      provideTextDocumentContent(uri) {
        const rule = findBuiltIn(builtInName(uri));
        return rule ? textOf(rule) : `# There is no built-in rule ${builtInName(uri)}.\n`;
      },
    }),
    register('optimizerDebugger.openBuiltInRule', async (name) => {
      const rule = await choose(name, 'Open built-in rule', () => true);
      if (!rule) return;
      const document = await vscode.workspace.openTextDocument(builtInUri(rule.name));
      await vscode.window.showTextDocument(document, { preview: true, viewColumn: textColumn() });
    }),
    register('optimizerDebugger.newRuleFrom', async (from) => {
      const shown = from instanceof vscode.Uri && from.scheme === builtInScheme ? builtInName(from) : from;
      const rule = await choose(shown, 'New rule from', ({ kind }) => kind === 'text');
      if (rule?.kind !== 'text') return;
      const document = await vscode.workspace.openTextDocument({ language, content: copyOf(rule.text, rule.name) });
      await vscode.window.showTextDocument(document, { preview: false, viewColumn: textColumn() });
    }),
  );
}

function textOf(rule: Rule): string {
  if (rule.kind === 'text') return rule.text;
  const lines = [
    `${rule.title}: ${rule.summary}`,
    '',
    'No text of the rule language can say this rule; it is part of the program. In short:',
    '',
    ...rule.formula,
    '',
    rule.source,
  ];
  return `${lines.map((line) => `# ${line}`.trimEnd()).join('\n')}\n`;
}

/** The text under another name, so that its runs are not mistaken for the built-in rule's. */
function copyOf(text: string, name: string): string {
  const named = name[0].toUpperCase() + name.slice(1);
  return text.replace(
    /^(optimizer|wrapper)([ \t]+)\S+([ \t]+")?/m,
    (_, kind: string, gap: string, title = '') => `${kind}${gap}my${named}${title}${title === '' ? '' : 'My '}`,
  );
}

/** The rule named, or the one that the person picks from the whole library. */
async function choose(name: unknown, title: string, offered: (rule: Rule) => boolean): Promise<Rule | undefined> {
  if (typeof name === 'string') {
    const rule = findBuiltIn(name);
    if (!rule) throw new Error(`There is no built-in rule ${name}.`);
    return rule;
  }
  type Item = vscode.QuickPickItem & { readonly rule?: Rule };
  const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const items = (all: readonly Rule[]): Item[] =>
    all.filter(offered).map((rule) => ({ label: rule.title, description: rule.name, detail: rule.summary, rule }));
  const list = async (): Promise<Item[]> => [
    separator('optimizers'),
    ...items(await readOptimizers()),
    separator('wrappers, which go round an optimizer'),
    ...items(await readWrappers()),
  ];
  const chosen = await vscode.window.showQuickPick(list(), {
    title,
    placeHolder: 'Which rule?',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.rule;
}
