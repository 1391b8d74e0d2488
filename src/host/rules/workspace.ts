/**
 * The rules in the files of the workspace, as saved: what "Train with…" offers beside the library. Each is read once a version; a watcher tells
 * when a file has changed, from the first time that anybody asks.
 */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { RuleText } from '../../engine/language/service/ruleText';
import { longestText } from '../../engine/language/lexer';

export interface WorkspaceRule {
  readonly uri: vscode.Uri;
  /** Its path in the workspace. */
  readonly shown: string;
  readonly text: RuleText;
}

const pattern = '**/*.optim';
const skipped = '**/{node_modules,.venv,venv,site-packages,__pycache__}/**';
const mostFiles = 200;
/** A character is at most four bytes. */
const mostBytes = 4 * longestText;

export class WorkspaceRules implements vscode.Disposable {
  private readonly read = new Map<string, Promise<RuleText | null>>();
  private watcher: vscode.FileSystemWatcher | null = null;

  /** All of them, by path; those with faults, too, behind the others. */
  async list(): Promise<readonly WorkspaceRule[]> {
    if (!vscode.workspace.workspaceFolders?.length) return [];
    this.watch();
    const uris = await vscode.workspace.findFiles(pattern, skipped, mostFiles);
    const found = await Promise.all(
      uris.map(async (uri): Promise<WorkspaceRule | null> => {
        const text = await this.textOf(uri);
        return text && { uri, shown: vscode.workspace.asRelativePath(uri), text };
      }),
    );
    return found
      .filter((rule) => rule !== null)
      .sort((a, b) => Number(a.text.rule === null) - Number(b.text.rule === null) || a.shown.localeCompare(b.shown));
  }

  dispose(): void {
    this.watcher?.dispose();
    this.read.clear();
  }

  private watch(): void {
    if (this.watcher) return;
    this.watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const forget = (uri: vscode.Uri): void => void this.read.delete(uri.toString());
    this.watcher.onDidChange(forget);
    this.watcher.onDidCreate(forget);
    this.watcher.onDidDelete(forget);
  }

  private textOf(uri: vscode.Uri): Promise<RuleText | null> {
    const key = uri.toString();
    const known = this.read.get(key) ?? readText(uri);
    this.read.set(key, known);
    return known;
  }
}

/** Null where the file is gone or too large to be a rule. */
async function readText(uri: vscode.Uri): Promise<RuleText | null> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > mostBytes) return null;
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    return new RuleText(text, basename(uri.path));
  } catch {
    return null;
  }
}
