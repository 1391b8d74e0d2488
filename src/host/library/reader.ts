/** Opens records: reads one in a thread, tells what could not be read, and makes of it what panels show. */
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { GivenUp, runJob, type JobName, type Jobs } from '../../node/recordJobs';
import type { ReadRecord } from '../../shared/record/reading';
import type { About } from './about';
import type { Catalogue } from './catalogue';
import { shortName } from './name';
import type { OpenedRun } from './opened';

/** Lines of a record that one is told of in the output channel. */
const HEADING = 'Lines that are no events of the run are left out:';

export class Reader implements vscode.Disposable {
  private channel: vscode.OutputChannel | null = null;

  /** @param script the built `dist/recordWorker.js` */
  constructor(
    private readonly script: string,
    private readonly catalogue: Catalogue,
  ) {}

  /** Does work on a record while the person may cancel it. @returns null where they did @throws what is wrong with the record */
  async work<Name extends JobName>(title: string, name: Name, job: Jobs[Name]['job']): Promise<Jobs[Name]['result'] | null> {
    const place = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    const done = new vscode.CancellationTokenSource();
    try {
      const result = runJob(this.script, name, job, { onGivenUp: (listener) => done.token.onCancellationRequested(listener) });
      // a notification that comes and goes at once only flickers
      const quick = await Promise.race([result.then(() => true), new Promise<false>((resolve) => setTimeout(() => resolve(false), 500))]);
      if (quick) return await result;
      return await vscode.window.withProgress(place, (_, cancel) => {
        cancel.onCancellationRequested(() => done.cancel());
        return result;
      });
    } catch (error) {
      if (error instanceof GivenUp) return null;
      throw error;
    } finally {
      done.dispose();
    }
  }

  /** @param file a record, of the catalogue or of elsewhere @returns null where the person cancelled it @throws what is wrong with it */
  async open(file: string): Promise<OpenedRun | null> {
    const entry = this.catalogue.entryOf(file);
    const name = entry ? (entry.name ?? shortName(entry.title, entry.details)) : basename(file);
    const read = await this.work(`Reading ${name}`, 'read', { file, run: entry?.run ?? `file:${file}` });
    if (!read) return null;
    this.tell(file, read);
    const { snapshot, start } = read;
    const request = { spec: start.spec, folder: entry ? entry.folder : dirname(file), origin: entry?.origin ?? null };
    return { snapshot: { ...snapshot, name: nameOf(file, snapshot, entry) }, request, file };
  }

  dispose(): void {
    this.channel?.dispose();
  }

  /** What of a record could not be read, line by line. */
  private tell(file: string, { faults, faultCount }: ReadRecord): void {
    if (faultCount === 0) return;
    this.report(file, [
      ...faults.map(({ text }) => text),
      ...(faultCount > faults.length ? [`… and ${(faultCount - faults.length).toLocaleString('en')} more.`] : []),
    ]);
  }

  /** Lists faults in an output channel, and says that they are there. */
  report(file: string, faults: readonly string[]): void {
    this.channel ??= vscode.window.createOutputChannel('Optimizer Debugger: records');
    const { channel } = this;
    channel.appendLine(file);
    channel.appendLine(HEADING);
    for (const fault of faults) channel.appendLine(`  ${fault}`);
    channel.appendLine('');
    const show = 'Show them';
    const text = `${basename(file)}: ${faults.length === 1 ? 'a line' : 'some lines'} could not be read and ${faults.length === 1 ? 'is' : 'are'} left out.`;
    void vscode.window.showWarningMessage(text, show).then((chosen) => chosen === show && channel.show(true));
  }
}

/** The person's name for a run; its file's, where the file is of elsewhere; what it is. */
function nameOf(file: string, { title, details }: OpenedRun['snapshot'], about: About | undefined): string {
  if (!about) return basename(file).replace(/\.jsonl$/i, '');
  return about.name ?? shortName(title, details);
}
