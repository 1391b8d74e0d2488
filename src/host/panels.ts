/** The panels: those beside the code and those in the side bar; made, shown again, brought back after a reload. Which there are, they say themselves. */
import * as vscode from 'vscode';
import { openCommand } from './commandList';
import { register } from './commands';
import type { Front } from './gpu/tab';
import { linkPanel, within } from './panelLink';
import { panelList, type PanelId } from '../shared/panelList.gen';
import { bringForward, tabOf } from './restoredTab';
import type { Runs } from './runs';
import type { Stage } from './stage';
import { pageOf, resourceRoot } from './webviewHtml';

/** The longest that a page is waited for: the Training panel’s, by what is to cover it, and that of a tab that the window has brought back; in ms. */
const patience = 5000;

export interface Panels extends vscode.Disposable {
  /** Shows the Training panel beside the code, leaving the cursor where it is. */
  showTraining(): Promise<void>;
  /** What else opens beside the code opens behind the Training panel. */
  readonly front: Front;
}

/** A panel beside the code: a tab, at most one of its kind. */
class Tab {
  panel: vscode.WebviewPanel | null = null;
  /** Ends when its page has loaded. */
  loaded: Promise<void> = Promise.resolve();
  private readonly type: string;
  private readonly adopted = new vscode.EventEmitter<void>();
  /** Has there been one since the window was opened? Then no tab is left that the window has brought back. */
  private met = false;

  constructor(
    private readonly id: PanelId,
    private readonly extension: vscode.Uri,
    private readonly runs: Runs,
    private readonly stage: Stage,
  ) {
    this.type = `optimizerDebugger.${id}`;
  }

  private get options(): vscode.WebviewOptions {
    return { enableScripts: true, localResourceRoots: [resourceRoot(this.extension)] };
  }

  /**
   * @param column where it is opened, if it is not open
   * @param asked is it opened by a person, by its name? Then it gets the focus, or the keyboard has no way into it
   */
  async show(column = vscode.ViewColumn.Beside, asked = false): Promise<void> {
    if (!this.met) await this.bringBack();
    if (this.panel) {
      if (asked || !this.panel.visible) this.panel.reveal(undefined, !asked);
      return;
    }
    const place = { viewColumn: column, preserveFocus: !asked };
    // kept while something else covers it for a moment, as the WebGPU engine's tab does until it has loaded
    const options = { ...this.options, retainContextWhenHidden: true };
    this.adopt(vscode.window.createWebviewPanel(this.type, panelList[this.id].title, place, options));
  }

  register(): vscode.Disposable {
    const serializer = vscode.window.registerWebviewPanelSerializer(this.type, {
      deserializeWebviewPanel: (panel) => {
        this.panel?.dispose();
        this.adopt(panel);
        return Promise.resolve();
      },
    });
    return vscode.Disposable.from(serializer, this.adopted);
  }

  /** Takes a tab that the window has brought back, and that was not seen since; one that gets no page is closed. */
  private async bringBack(): Promise<void> {
    const tab = tabOf(this.type);
    if (!tab) return;
    const adopted = new Promise<void>((resolve) => {
      const listening = this.adopted.event(() => {
        listening.dispose();
        resolve();
      });
    });
    await bringForward(tab);
    if (!this.panel) await within(adopted, patience);
    if (!this.panel) await vscode.window.tabGroups.close(tab, true);
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    this.met = true;
    panel.webview.options = this.options;
    const link = linkPanel(panel.webview, this.runs, this.stage, () => panel.visible);
    this.loaded = link.loaded;
    panel.onDidChangeViewState(() => link.shown());
    panel.onDidDispose(() => {
      link.dispose();
      if (this.panel === panel) this.panel = null;
    });
    panel.webview.html = pageOf(panel.webview, this.extension, this.id, panelList[this.id].title);
    this.adopted.fire();
  }
}

export function registerPanels(extension: vscode.Uri, runs: Runs, stage: Stage): Panels {
  const ids = Object.keys(panelList) as PanelId[];
  const tabs = new Map(ids.filter((id) => panelList[id].place === 'beside').map((id) => [id, new Tab(id, extension, runs, stage)]));
  const training = tabs.get('training')!;

  /** Beside the code, where the other panels are. */
  const showTab = (tab: Tab, asked: boolean): Promise<void> =>
    tab.show([...tabs.values()].find(({ panel }) => panel)?.panel?.viewColumn, asked);

  const side = (id: PanelId): vscode.Disposable =>
    vscode.window.registerWebviewViewProvider(`optimizerDebugger.${id}`, {
      resolveWebviewView(view) {
        view.webview.options = { enableScripts: true, localResourceRoots: [resourceRoot(extension)] };
        const link = linkPanel(view.webview, runs, stage, () => view.visible);
        view.onDidChangeVisibility(() => link.shown());
        view.onDidDispose(() => link.dispose());
        view.webview.html = pageOf(view.webview, extension, id, panelList[id].title);
      },
    });

  const registered = vscode.Disposable.from(
    ...ids.map((id) => tabs.get(id)?.register() ?? side(id)),
    ...ids.map((id) =>
      register(openCommand(id), async () => {
        const tab = tabs.get(id);
        if (tab) await showTab(tab, true);
        else await vscode.commands.executeCommand(`optimizerDebugger.${id}.focus`);
      }),
    ),
  );
  return {
    showTraining: () => showTab(training, false),
    front: {
      column: () => training.panel?.viewColumn,
      loaded: () => (training.panel?.visible ? within(training.loaded, patience) : Promise.resolve()),
      restore: () => training.panel?.reveal(undefined, true),
    },
    dispose() {
      registered.dispose();
      for (const { panel } of tabs.values()) panel?.dispose();
    },
  };
}
