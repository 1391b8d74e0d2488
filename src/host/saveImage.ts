/** Saves a panel's picture where the person says, for panels that may not put it on the clipboard. */
import { homedir } from 'node:os';
import * as vscode from 'vscode';

/** @param name what the picture shows, for the file's name @param png the file's bytes */
export async function saveImage(name: string, png: ArrayBuffer): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const file = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(folder, `${fileName(name)}.png`),
    filters: { 'PNG image': ['png'] },
    title: 'Save the picture',
  });
  if (file) await vscode.workspace.fs.writeFile(file, new Uint8Array(png));
}

/** What every file system takes as a name: letters, digits, dots, spaces and dashes of the words. */
export const fileName = (words: string): string =>
  words
    .replace(/[^\p{L}\p{N}. -]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 100) || 'picture';
