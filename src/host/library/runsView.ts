/** The list of runs in the side bar: the one under way on top, then those on disk, the newest first. */
import * as vscode from 'vscode';
import type { RunId } from '../../shared/protocol';
import type { CommandId } from '../commands';
import type { Stage } from '../stage';
import type { Catalogue, Entry } from './catalogue';
import { describeRun } from './runText';
import { underKey } from './underKey';

export const viewId = 'optimizerDebugger.runs';

/** Names in the text behind a run while a panel shows it. */
const marks = { shown: 'shown', pinned: 'compared' } as const;

export class RunsView implements vscode.TreeDataProvider<Entry>, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changes.event;
  private readonly tree: vscode.TreeView<Entry>;
  private readonly following: vscode.Disposable;

  /** @param live the run that is under way in this window */
  constructor(
    private readonly catalogue: Catalogue,
    private readonly stage: Stage,
    private readonly live: () => RunId | null,
  ) {
    this.tree = vscode.window.createTreeView(viewId, { treeDataProvider: this, canSelectMany: true, showCollapseAll: false });
    this.following = vscode.Disposable.from(
      this.tree,
      this.tree.onDidChangeVisibility(({ visible }) => {
        if (visible) void catalogue.refresh();
      }),
      stage.onDidChange(({ kind }) => {
        if (kind === 'run' || kind === 'pinned') this.refresh();
      }),
    );
    if (this.tree.visible) void catalogue.refresh();
  }

  /** What is selected in the list. */
  get selection(): readonly Entry[] {
    return this.tree.selection;
  }

  /** What a key acts on. */
  underKey(): Promise<readonly Entry[]> {
    return underKey({
      selection: () => this.tree.selection,
      turnOver: () => vscode.commands.executeCommand('list.toggleSelection'),
    });
  }

  /** Draws the list anew. */
  refresh(): void {
    this.changes.fire();
  }

  getChildren(entry?: Entry): Entry[] {
    if (entry) return [];
    const live = this.live();
    const { entries } = this.catalogue;
    return [...entries.filter(({ run }) => run === live), ...entries.filter(({ run }) => run !== live)];
  }

  getParent(): undefined {
    return undefined;
  }

  getTreeItem(entry: Entry): vscode.TreeItem {
    const { label, description, icon, colour, told } = describeRun(entry, entry.bytes, Date.now());
    const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
    const isShown = this.stage.shown?.run === entry.run;
    const isPinned = this.stage.pinned?.run === entry.run;
    const marked = [...(isShown ? [marks.shown] : []), ...(isPinned ? [marks.pinned] : [])];
    item.id = entry.run;
    item.description = [...marked, description].join(' · ');
    item.iconPath = new vscode.ThemeIcon(icon, colour === null ? undefined : new vscode.ThemeColor(colour));
    item.tooltip = [...told, entry.file].join('\n');
    item.contextValue = ['run', entry.run === this.live() ? 'live' : 'kept', ...(isPinned ? ['pinned'] : [])].join(' ');
    item.command = { command: 'optimizerDebugger.openRun' satisfies CommandId, title: 'Open', arguments: [entry] };
    item.accessibilityInformation = { label: `${label}, ${item.description}`, role: 'treeitem' };
    return item;
  }

  dispose(): void {
    this.following.dispose();
    this.changes.dispose();
  }
}
