// The colours that VS Code gives a webview as variables, for the themes that the panels are looked at in: Dark Modern, Light Modern and the
// two high-contrast themes, as `readThemes.mjs` read them from the editor. The fonts are those of this machine.
import { readFileSync } from 'node:fs';

const fonts = { 'font-family': '"Segoe UI", system-ui, "DejaVu Sans", sans-serif', 'editor-font-family': 'monospace' };
const read = JSON.parse(readFileSync(new URL('panelThemes.json', import.meta.url), 'utf8'));

/** Theme → the kind that a webview's body carries, and its variables without `--vscode-`. */
export const themes = Object.fromEntries(
  Object.entries(read).map(([name, { kind, colours }]) => [name, { kind, colours: { ...colours, ...fonts } }]),
);
