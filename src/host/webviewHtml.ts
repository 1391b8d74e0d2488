/**
 * The page of a panel: its script, its styles, and a policy that lets in nothing else. The toolkit finds the nonce in `csp-nonce`: it tries
 * out with a style element of its own whether the browser knows :focus-visible.
 */
import { existsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { PanelId } from '../shared/panelList.gen';

export type PanelName = PanelId | 'gpuEngine';

/** Where a panel may load from. */
export const resourceRoot = (extension: vscode.Uri): vscode.Uri => vscode.Uri.joinPath(extension, 'dist', 'webview');

/** @param name the panel's file in src/webview/panels */
export function pageOf(webview: vscode.Webview, extension: vscode.Uri, name: PanelName, title: string): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (ending: string): vscode.Uri => vscode.Uri.joinPath(resourceRoot(extension), name + ending);
  const style = existsSync(file('.css').fsPath) ? `<link rel="stylesheet" href="${webview.asWebviewUri(file('.css')).toString()}">` : '';
  const policy = [
    `default-src 'none'`,
    // some rules (K-FAC) have a model on the CPU beside the one on the GPU
    `script-src 'nonce-${nonce}'${name === 'gpuEngine' ? ` 'wasm-unsafe-eval'` : ''}`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${style}
</head>
<body data-panel="${name}">
<main id="app"></main>
<script type="module" nonce="${nonce}" src="${webview.asWebviewUri(file('.js')).toString()}"></script>
</body>
</html>`;
}
