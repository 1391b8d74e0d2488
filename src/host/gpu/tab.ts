/**
 * The tab that the WebGPU engine's page lives in: opened where the Training panel is, without taking the focus, and behind it as soon
 * as the page has loaded; kept alive while it is hidden. It is not brought back when the window is reloaded: the run that needed it is gone then, too.
 */
import * as vscode from 'vscode';
import { pageOf, resourceRoot } from '../webviewHtml';
import type { GpuTab } from './engine';

const type = 'optimizerDebugger.gpuEngine';

/** What the tab is to lie behind. */
export interface Front {
  /** The column of the Training panel; undefined where it is not open, or not yet. */
  column(): vscode.ViewColumn | undefined;
  /** Ends when its page has loaded: covered before that, it would not load. */
  loaded(): Promise<void>;
  /** Brings the Training panel, where there is one, to the front of its column again. */
  restore(): void;
}

export function openGpuTab(extension: vscode.Uri, front: Front): GpuTab {
  const panel = vscode.window.createWebviewPanel(
    type,
    'WebGPU engine',
    { viewColumn: front.column() ?? vscode.ViewColumn.Beside, preserveFocus: true },
    { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: [resourceRoot(extension)] },
  );
  /** Does a person want to see it? */
  let wanted = false;
  let loaded = false;
  const first = panel.webview.onDidReceiveMessage(() => {
    first.dispose();
    loaded = true;
    if (!wanted) front.restore();
  });
  // a page that is hidden before it has loaded does not load
  panel.onDidChangeViewState(() => {
    if (!loaded && !panel.visible) panel.reveal(undefined, true);
  });
  panel.webview.html = pageOf(panel.webview, extension, 'gpuEngine', 'WebGPU engine');
  return {
    post: (message) => panel.webview.postMessage(message),
    onMessage: panel.webview.onDidReceiveMessage,
    onClosed: panel.onDidDispose,
    get visible() {
      return panel.visible;
    },
    show() {
      wanted = true;
      panel.reveal(undefined, false);
    },
    dispose: () => panel.dispose(),
  };
}
