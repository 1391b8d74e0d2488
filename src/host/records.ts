/** Where records are kept: one file a run in the extension's storage, the oldest dropped when there are more than the settings say. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RunId } from '../shared/protocol';

export class Records {
  constructor(private readonly storage: vscode.Uri) {}

  /** The file for a new run; makes room for it. */
  async fileFor(run: RunId): Promise<string> {
    const folder = join(this.storage.fsPath, 'runs');
    await mkdir(folder, { recursive: true });
    await this.dropOldest(folder);
    return join(folder, `${run}.jsonl`);
  }

  private async dropOldest(folder: string): Promise<void> {
    const keep = Math.max(1, vscode.workspace.getConfiguration('optimizerDebugger').get<number>('records.keep', 20));
    const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
    if (names.length < keep) return;
    const files = await Promise.all(
      names.map(async (name) => ({ path: join(folder, name), at: (await stat(join(folder, name))).mtimeMs })),
    );
    files.sort((a, b) => a.at - b.at);
    await Promise.all(files.slice(0, files.length - keep + 1).map(({ path }) => rm(path, { force: true })));
  }
}
