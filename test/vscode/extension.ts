/** The extension as its tests see it. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Api } from '../../src/extension';

export const extensionId = 'optimizer-debugger.optimizer-debugger';

/** Activates the extension, as opening a Python file does. */
export async function activate(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>(extensionId);
  assert.ok(extension, `${extensionId} is installed`);
  return extension.activate();
}

/** Waits until `probe` answers something other than undefined or false. @throws after `ms`, saying `what` did not come */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Thenable<T | undefined | false>,
  ms = 30_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${ms / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Opens a new Python document with this text. */
export async function python(content: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument({ language: 'python', content });
  await vscode.window.showTextDocument(document, { preview: false });
  return document;
}
