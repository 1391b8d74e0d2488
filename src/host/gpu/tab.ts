/**
 * The tab that the WebGPU engine's page lives in: opened where the Training panel is, behind it, without taking the focus, and kept alive
 * while it is hidden. It is not brought back when the window is reloaded: the run that needed it is gone then, too.
 */
import * as vscode from 'vscode';
import { pageOf, resourceRoot } from '../webviewHtml';
import type { GpuTab } from './engine';

const type = 'optimizerDebugger.gpuEngine';

/** What the tab is to lie behind. */
export interface Front {
  /** The column of the Training panel; undefined where it is not open. */
  column(): vscode.ViewColumn | undefined;
  /** Brings the Training panel to the front of its column again. */
  restore(): void;
}

export function openGpuTab(extension: vscode.Uri, front: Front): GpuTab {
  const column = front.column();
  const panel = vscode.window.createWebviewPanel(
    type,
    'WebGPU engine',
    { viewColumn: column ?? vscode.ViewColumn.Beside, preserveFocus: true },
    { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: [resourceRoot(extension)] },
  );
  panel.webview.html = pageOf(panel.webview, extension, 'gpuEngine', 'WebGPU engine');
  if (column !== undefined) front.restore();
  return {
    post: (message) => panel.webview.postMessage(message),
    onMessage: panel.webview.onDidReceiveMessage,
    onClosed: panel.onDidDispose,
    get visible() {
      return panel.visible;
    },
    show: () => panel.reveal(undefined, false),
    dispose: () => panel.dispose(),
  };
}
