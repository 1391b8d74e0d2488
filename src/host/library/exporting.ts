/** Exporting a run: what, which quantities, where to; then the work, and a way to what was made. */
import { basename, dirname, join } from 'node:path';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { copyRecord, quantitiesIn } from '../../node/exportRecord';
import { fileName } from '../saveImage';
import type { Reader } from './reader';

interface Kind extends vscode.QuickPickItem {
  readonly make: (record: string, name: string, reader: Reader) => Promise<string | null>;
}

const kinds: readonly Kind[] = [
  {
    label: '$(json) Run record (JSON Lines)',
    detail: 'All that is known of the run, one event a line. It can be opened again here, on any machine.',
    make: async (record, name) => {
      const out = await askFile(name, 'jsonl', { 'Run record': ['jsonl'] });
      if (out !== null) await copyRecord(record, out);
      return out;
    },
  },
  {
    label: '$(table) Table of quantities (CSV)',
    detail: 'A row a step, every number with all its digits: for spreadsheets, pandas, R.',
    make: async (record, name, reader) => {
      const quantities = await askQuantities(record);
      const out = quantities && (await askFile(name, 'csv', { 'Comma-separated values': ['csv'] }));
      if (!quantities || !out) return null;
      const told = await reader.work(`Writing ${basename(out)}`, 'table', { file: record, quantities, out });
      if (told && told.length > 0) reader.report(record, told);
      return told && out;
    },
  },
  {
    label: '$(graph-line) TensorBoard event file',
    detail: 'A folder for tensorboard --logdir; its numbers are rounded to float32.',
    make: async (record, name, reader) => {
      const chosen = await vscode.window.showOpenDialog({
        canSelectFiles: false,
        canSelectFolders: true,
        defaultUri: home(),
        title: 'Folder for TensorBoard; the run gets a folder of its own in it',
        openLabel: 'Write there',
      });
      if (!chosen) return null;
      const folder = join(chosen[0].fsPath, fileName(name));
      const told = await reader.work(`Writing for TensorBoard`, 'tensorBoard', { file: record, folder, precision: 'float32' });
      if (told && told.length > 0) reader.report(record, told);
      return told && folder;
    },
  },
];

/** Asks how and where to, and does it. @param name of the run */
export async function exportRun(record: string, name: string, reader: Reader): Promise<void> {
  const kind = await vscode.window.showQuickPick(kinds, { title: `Export ${name}`, placeHolder: 'As what?' });
  const out = kind && (await kind.make(record, name, reader));
  if (!out) return;
  const reveal = 'Show it';
  const text = `Exported ${name} to ${basename(dirname(out))}/${basename(out)}.`;
  void vscode.window
    .showInformationMessage(text, reveal)
    .then((chosen) => chosen === reveal && vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(out)));
}

/** @returns null where the person cancelled */
async function askQuantities(record: string): Promise<readonly string[] | null> {
  const items = (await quantitiesIn(record)).map(({ id, doc, columns }) => ({
    label: id,
    description: columns.length === 1 ? doc : `${doc} · ${columns.length} columns`,
    picked: usual.has(id),
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Quantities of the table',
    placeHolder: 'Each is a column, or one a layer',
    canPickMany: true,
    matchOnDescription: true,
  });
  return chosen && chosen.length > 0 ? chosen.map(({ label }) => label) : null;
}

/** What most tables are made for. */
const usual = new Set(['loss', 'lr', 'trainLoss', 'heldOutLoss', 'trainAccuracy', 'heldOutAccuracy', 'value']);

async function askFile(name: string, ending: string, filters: Record<string, string[]>): Promise<string | null> {
  const defaultUri = vscode.Uri.joinPath(home(), `${fileName(name)}.${ending}`);
  return (await vscode.window.showSaveDialog({ defaultUri, filters }))?.fsPath ?? null;
}

const home = (): vscode.Uri => vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
