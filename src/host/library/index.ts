/** The library of runs: those on disk, their list in the side bar, and what can be done with them. */
import { uptime } from 'node:os';
import * as vscode from 'vscode';
import { contextKeys } from '../commands';
import type { Runs } from '../runs';
import type { Stage } from '../stage';
import { registerActions } from './actions';
import { Catalogue } from './catalogue';
import { offerCutOff } from './cutOff';
import { Keeper } from './keeper';
import { Reader } from './reader';
import { RunsView } from './runsView';

/** How the library gets what it needs, when it is there. */
export interface Needs {
  readonly runs: Runs;
  readonly stage: Stage;
  readonly catalogue: Catalogue;
  /** The built `dist/recordWorker.js`. */
  readonly script: string;
  /** Shows the panel in which a run is looked at. */
  showPanel(): Promise<void>;
}

/** The runs on disk. @param place what there is of the window, each when it is asked for */
export function openCatalogue(folder: string, place: { runs(): Runs; stage(): Stage; changed(): void }): Catalogue {
  return new Catalogue(folder, {
    budget: () => {
      const settings = vscode.workspace.getConfiguration('optimizerDebugger.records');
      return {
        count: Math.max(1, settings.get('keep', DEFAULT_COUNT)),
        bytes: Math.max(1, settings.get('mebibytes', DEFAULT_MEBIBYTES)) * 2 ** 20,
      };
    },
    live: () => {
      const run = place.runs().current;
      return run?.active ? run.id : null;
    },
    spared: () => [place.runs().current?.id, place.stage().shown?.run, place.stage().pinned?.run].filter((run) => run !== undefined),
    isAlive,
    changed: () => place.changed(),
  });
}

const DEFAULT_COUNT = 20;
const DEFAULT_MEBIBYTES = 512;

/** Another window's process. Numbers of processes are given again after a restart of the machine, so it must have begun since. */
function isAlive(other: number, since: number): boolean {
  if (other === process.pid || since < Date.now() - uptime() * 1000) return false;
  try {
    process.kill(other, 0);
    return true;
  } catch {
    return false;
  }
}

export function registerLibrary({ runs, stage, catalogue, script, showPanel }: Needs): vscode.Disposable & { refresh(): void } {
  const reader = new Reader(script, catalogue);
  const view = new RunsView(catalogue, stage, () => (runs.current?.active ? runs.current.id : null));
  const fault = (error: unknown): void =>
    void vscode.window.showWarningMessage(`The list of runs cannot be kept: ${error instanceof Error ? error.message : String(error)}`);
  const keeper = new Keeper(runs, catalogue, fault);
  const marks = stage.onDidChange(({ kind }) => {
    if (kind === 'pinned') void vscode.commands.executeCommand('setContext', contextKeys.pinned, stage.pinned !== null);
    if (kind === 'run') void vscode.commands.executeCommand('setContext', contextKeys.shown, stage.shown !== null);
  });
  const all = vscode.Disposable.from(reader, view, keeper, marks, registerActions({ runs, stage, catalogue, reader, view, showPanel }));
  void offerCutOff({ runs, stage, catalogue, reader, showPanel }).catch(fault);
  return { dispose: () => void all.dispose(), refresh: () => view.refresh() };
}
