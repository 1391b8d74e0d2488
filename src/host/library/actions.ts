/**
 * What a person can do with runs: open, compare, rename, delete, export, show the file. Each works from the list, on what is clicked or has
 * the focus there, and from the palette, where it asks for the run.
 */
import * as vscode from 'vscode';
import type { RunId } from '../../shared/protocol';
import { DoFirst, register, runCommand } from '../commands';
import type { Runs } from '../runs';
import type { Stage } from '../stage';
import type { About } from './about';
import { LONGEST_NAME, type Catalogue, type Entry } from './catalogue';
import { exportRun } from './exporting';
import { shortName } from './name';
import type { Reader } from './reader';
import { ago, describeRun } from './runText';
import type { RunsView } from './runsView';
import type { Deleted } from './trash';

/** What the list's keys give a command in package.json: it is meant for the row that has the focus. */
const FOCUSED = 'focused';

/** The button of the message after a deletion. */
const UNDO = 'Undo';

export interface Parts {
  readonly runs: Runs;
  readonly stage: Stage;
  readonly catalogue: Catalogue;
  readonly reader: Reader;
  readonly view: RunsView;
  showPanel(): Promise<void>;
}

export function registerActions(parts: Parts): vscode.Disposable {
  const { runs, stage, catalogue, reader, view, showPanel } = parts;

  let asked = 0;
  /** Shows a record's run, the current one as it is. Where another is asked for meanwhile, that one counts. */
  const open = async (file: string): Promise<void> => {
    const mine = ++asked;
    if (runs.current?.recordFile === file) stage.open(null);
    else {
      const run = await reader.open(file);
      if (!run || mine !== asked) return;
      stage.open(run);
    }
    await showPanel();
  };

  const pin = async (file: string): Promise<void> => {
    if (runs.current?.recordFile === file) stage.pin(runs.snapshot());
    else {
      const run = await reader.open(file);
      if (run) stage.pin(run.snapshot);
    }
  };

  /** What a command is given by the list: what was clicked, with all that is selected, or what has the focus; or what the person then chooses. */
  const chosen = async (args: readonly unknown[], question: string): Promise<readonly Entry[]> => {
    const [clicked, all] = args as readonly [Entry | typeof FOCUSED | undefined, readonly Entry[] | undefined];
    if (clicked === FOCUSED) {
      const entries = await view.underKey();
      if (entries.length > 0) return entries;
    } else if (clicked) return all && all.includes(clicked) ? all : [clicked];
    await catalogue.refresh();
    if (catalogue.entries.length === 0)
      throw new DoFirst('There is no run yet: use “Train with…” first, or “Open a run record…”.', 'optimizerDebugger.trainWith');
    const one = await choose(catalogue.entries, question);
    return one ? [one] : [];
  };

  return vscode.Disposable.from(
    register('optimizerDebugger.openRun', async (...args) => {
      for (const { file } of (await chosen(args, 'Which run is to be opened?')).slice(0, 1)) await open(file);
    }),

    register('optimizerDebugger.openRunRecord', async (...args) => {
      const given = args[0] instanceof vscode.Uri ? args[0] : (await askRecord())?.[0];
      if (given?.scheme === 'file') await open(given.fsPath);
      else if (given) throw new Error('Only a record on disk can be opened; copy it there first.');
    }),

    register('optimizerDebugger.pinRun', async () => {
      await catalogue.refresh();
      const others = catalogue.entries.filter(({ run }) => run !== stage.shown?.run);
      if (others.length === 0)
        throw new DoFirst(
          'There is no other run yet. Train with another optimizer or another learning rate, then compare.',
          'optimizerDebugger.trainWith',
        );
      const entry = await choose(others, 'Which run is to be drawn beside the shown one?');
      if (entry) await pin(entry.file);
    }),

    register('optimizerDebugger.drawBeside', async (...args) => {
      for (const { file } of (await chosen(args.slice(0, 1), 'Which run is to be drawn beside the shown one?')).slice(0, 1))
        await (stage.shown ? pin(file) : open(file));
    }),

    register('optimizerDebugger.unpinRun', () => Promise.resolve(stage.pin(null))),

    register('optimizerDebugger.compareRuns', async (...args) => {
      const selected = args[0] === undefined && view.selection.length === 2 ? view.selection : null;
      const [first, second] = selected ?? (await chosen(args, 'Which run is to be compared?'));
      if (!first) return;
      const other =
        second ??
        (await choose(
          catalogue.entries.filter(({ run }) => run !== first.run),
          `What is ${labelOf(first)} to be compared with?`,
        ));
      if (!other) return;
      await open(first.file);
      await pin(other.file);
    }),

    register('optimizerDebugger.renameRun', async (...args) => {
      const [entry] = await chosen(args, 'Which run is to be renamed?');
      if (!entry) return;
      const name = await vscode.window.showInputBox({
        title: `Rename ${labelOf(entry)}`,
        value: entry.name ?? '',
        placeHolder: shortName(entry.title, entry.details),
        prompt: 'Runs with a name of yours are kept longest. Empty: what it is.',
        validateInput: (text) => (text.trim().length > LONGEST_NAME ? `At most ${LONGEST_NAME} characters.` : undefined),
      });
      if (name === undefined) return;
      await catalogue.rename(entry.run, name);
      renamed(parts, entry.run, catalogue.entry(entry.run)?.name ?? null);
    }),

    register('optimizerDebugger.deleteRun', async (...args) => {
      const entries = await chosen(args, 'Which run is to be deleted?');
      if (entries.length === 0) return;
      const runs = entries.map(({ run }) => run);
      await catalogue.remove(runs);
      const what = entries.length === 1 ? labelOf(entries[0]) : `${entries.length} runs`;
      void vscode.window
        .showInformationMessage(`Deleted ${what}.`, UNDO)
        .then((answer) => (answer === UNDO ? runCommand('optimizerDebugger.restoreRun', runs) : undefined));
    }),

    register('optimizerDebugger.restoreRun', async (given) => {
      const runs = Array.isArray(given) ? (given as readonly RunId[]) : await chooseDeleted(await catalogue.deleted());
      await catalogue.bringBack(runs);
    }),

    register('optimizerDebugger.exportRun', async (...args) => {
      const entry = args[0] as Entry | undefined;
      const shown = stage.record ?? (runs.current && { file: runs.current.recordFile });
      if (entry) await exportRun(entry.file, labelOf(entry), reader);
      else if (shown && stage.shown) await exportRun(shown.file, stage.shown.name, reader);
      else
        for (const one of (await chosen([], 'Which run is to be exported?')).slice(0, 1)) await exportRun(one.file, labelOf(one), reader);
    }),

    register('optimizerDebugger.revealRun', async (...args) => {
      for (const { file } of (await chosen(args, 'Whose record is to be shown?')).slice(0, 1))
        await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(file));
    }),

    register('optimizerDebugger.refreshRuns', async () => void (await catalogue.refresh())),
  );
}

/** Panels that show the run call it so, too. */
function renamed({ runs, stage }: Parts, run: string, name: string | null): void {
  if (runs.current?.id === run) runs.rename(name);
  const calledSo = <Shown extends { readonly title: string; readonly details: string }>(
    shown: Shown,
  ): Shown & { readonly name: string } => ({
    ...shown,
    name: name ?? shortName(shown.title, shown.details),
  });
  const { record, pinned, view } = stage;
  if (record?.snapshot.run === run) {
    stage.open({ ...record, snapshot: calledSo(record.snapshot) });
    stage.look(view);
  }
  if (pinned?.run === run && runs.current?.id !== run) stage.pin(calledSo(pinned));
}

const labelOf = (entry: About): string => entry.name ?? shortName(entry.title, entry.details);

async function choose(entries: readonly Entry[], title: string): Promise<Entry | undefined> {
  const items = entries.map((entry) => {
    const { label, description, icon } = describeRun(entry, entry.bytes, Date.now());
    return { label: `$(${icon}) ${label}`, description, detail: entry.details, entry };
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: 'Type to find a run',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.entry;
}

/** Asks which deleted runs are to be brought back. @throws where there are none */
async function chooseDeleted(deleted: readonly Deleted[]): Promise<RunId[]> {
  if (deleted.length === 0) throw new Error('No deleted run is left: there is none, or the room was needed.');
  const items = deleted.map(({ about, deleted: when }) => ({
    label: labelOf(about),
    description: `deleted ${ago(Date.now() - when)}`,
    detail: about.details,
    run: about.run,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Bring deleted runs back',
    placeHolder: 'Which runs?',
    canPickMany: true,
  });
  return chosen?.map(({ run }) => run) ?? [];
}

const askRecord = (): Thenable<vscode.Uri[] | undefined> =>
  vscode.window.showOpenDialog({ filters: { 'Run record': ['jsonl'], 'All files': ['*'] }, title: 'Open a run record', openLabel: 'Open' });
