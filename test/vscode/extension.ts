/** The extension as its tests see it. */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const folder = mkdtempSync(join(tmpdir(), 'optimizer-debugger-'));
let files = 0;

/** Opens a new Python file with this text. */
export async function python(content: string): Promise<vscode.TextDocument> {
  const path = join(folder, `program${++files}.py`);
  writeFileSync(path, content);
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
  await vscode.window.showTextDocument(document, { preview: false });
  return document;
}
