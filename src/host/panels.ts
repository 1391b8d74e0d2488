/** The Training panel beside the editor and the Gradient inspector in the activity bar: made, shown again, brought back after a reload. */
import * as vscode from 'vscode';
import { register } from './commands';
import type { Front } from './gpu/tab';
import { linkPanel, within } from './panelLink';
import type { Runs } from './runs';
import { pageOf, resourceRoot } from './webviewHtml';

const trainingType = 'optimizerDebugger.training';
export const inspectorView = 'optimizerDebugger.gradientInspector';

/** The longest that what is to cover the Training panel waits for its page, in ms. */
const patience = 5000;

export interface Panels extends vscode.Disposable {
  /** Shows the Training panel beside the code, leaving the cursor where it is. */
  showTraining(): Promise<void>;
  /** What else opens beside the code opens behind the Training panel. */
  readonly front: Front;
}

export function registerPanels(extension: vscode.Uri, runs: Runs): Panels {
  let training: vscode.WebviewPanel | null = null;
  /** Ends when the Training panel's page has loaded. */
  let loaded: Promise<void> = Promise.resolve();
  const options: vscode.WebviewOptions = { enableScripts: true, localResourceRoots: [resourceRoot(extension)] };

  const adopt = (panel: vscode.WebviewPanel): void => {
    training = panel;
    panel.webview.options = options;
    const link = linkPanel(panel.webview, runs, () => panel.visible);
    loaded = link.loaded;
    panel.onDidChangeViewState(() => link.shown());
    panel.onDidDispose(() => {
      link.dispose();
      if (training === panel) training = null;
    });
    panel.webview.html = pageOf(panel.webview, extension, 'training', 'Training');
  };

  const showTraining = (): Promise<void> => {
    if (training) {
      if (!training.visible) training.reveal(undefined, true);
    } else {
      const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      // kept while something else covers it for a moment, as the WebGPU engine's tab does until it has loaded
      const panel = vscode.window.createWebviewPanel(trainingType, 'Training', place, { ...options, retainContextWhenHidden: true });
      adopt(panel);
    }
    return Promise.resolve();
  };

  const inspector: vscode.WebviewViewProvider = {
    resolveWebviewView(view) {
      view.webview.options = options;
      const link = linkPanel(view.webview, runs, () => view.visible);
      view.onDidChangeVisibility(() => link.shown());
      view.onDidDispose(() => link.dispose());
      view.webview.html = pageOf(view.webview, extension, 'gradientInspector', 'Gradient inspector');
    },
  };

  const registered = vscode.Disposable.from(
    vscode.window.registerWebviewPanelSerializer(trainingType, {
      deserializeWebviewPanel(panel) {
        training?.dispose();
        adopt(panel);
        return Promise.resolve();
      },
    }),
    vscode.window.registerWebviewViewProvider(inspectorView, inspector),
    register('optimizerDebugger.openTraining', showTraining),
    register('optimizerDebugger.openGradientInspector', async () => {
      await vscode.commands.executeCommand(`${inspectorView}.focus`);
    }),
  );
  return {
    showTraining,
    front: {
      column: () => training?.viewColumn,
      loaded: () => (training?.visible ? within(loaded, patience) : Promise.resolve()),
      restore: () => training?.reveal(undefined, true),
    },
    dispose() {
      registered.dispose();
      training?.dispose();
    },
  };
}
