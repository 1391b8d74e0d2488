/** What the open programs say, read once a version of a document. A cell of a notebook is read after the cells above it. */
import * as vscode from 'vscode';
import { readPython } from '../source/python';
import { nothingRead, type SourceReading } from '../source/reading';

/** Where optimizers are looked for. */
export const pythonSelector: vscode.DocumentSelector = [
  { language: 'python', scheme: 'file' },
  { language: 'python', scheme: 'untitled' },
  { language: 'python', scheme: 'vscode-notebook-cell' },
  { language: 'python', scheme: 'vscode-vfs' },
];

/** Larger programs are not read: 4 million characters. */
const longest = 4_000_000;

export class Sources implements vscode.Disposable {
  private readonly readings = new Map<string, { readonly key: string; readonly reading: SourceReading }>();
  private readonly closed = vscode.workspace.onDidCloseTextDocument((document) => this.readings.delete(document.uri.toString()));

  /** What a document says now. Empty for what is not Python. */
  read(document: vscode.TextDocument): SourceReading {
    if (document.languageId !== 'python') return nothingRead;
    const above = cellsAbove(document);
    const key = [document, ...above].map(({ uri, version }) => `${uri.toString()}@${version}`).join('|');
    const uri = document.uri.toString();
    const known = this.readings.get(uri);
    if (known?.key === key) return known.reading;
    const text = document.getText();
    const before = above.map((cell) => cell.getText()).join('\n');
    const reading = text.length + before.length > longest ? nothingRead : readPython(text, before);
    this.readings.set(uri, { key, reading });
    return reading;
  }

  dispose(): void {
    this.closed.dispose();
    this.readings.clear();
  }
}

/** The Python cells above a cell of a notebook; none for an ordinary document. */
function cellsAbove(document: vscode.TextDocument): vscode.TextDocument[] {
  if (document.uri.scheme !== 'vscode-notebook-cell') return [];
  const notebook = vscode.workspace.notebookDocuments.find((one) => one.getCells().some((cell) => cell.document === document));
  const cells = notebook?.getCells().map((cell) => cell.document) ?? [];
  return cells.slice(0, Math.max(0, cells.indexOf(document))).filter(({ languageId }) => languageId === 'python');
}

export const rangeIn = (document: vscode.TextDocument, { from, to }: { readonly from: number; readonly to: number }): vscode.Range =>
  new vscode.Range(document.positionAt(from), document.positionAt(to));
