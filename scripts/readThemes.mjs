// Reads from the real editor the colours that it gives a webview, in the themes that the panels are looked at in, into panelThemes.json.
//   node scripts/readThemes.mjs   (after `npm run build`; half a minute a theme)
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { examples, openWindow, root } from './editor/index.mjs';

const names = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  contrast: 'Default High Contrast',
  contrastLight: 'Default High Contrast Light',
};
/** Of the nine hundred variables those that a panel or the toolkit may use. */
const useful =
  /^(font-|editor-font-(family|size)|foreground|disabledForeground|descriptionForeground|errorForeground|icon-foreground|focusBorder|contrast|text|badge-|scrollbar|progressBar-|editor-(back|fore)ground|sideBar-(back|fore)ground|editor(Hover)?Widget-|widget-|charts-|list-(active|focus|hover|inactive)|input(Option|Validation)?-|dropdown-|button-|checkbox-|toolbar-|panel(Title)?-|settings-|editor(Error|Warning|Info)-foreground)/;

/** The variables of a webview's page, and what its body says of the theme. */
async function read(theme) {
  const settings = { 'workbench.colorTheme': theme };
  const window = await openWindow({ folder: examples, file: 'train_mlp.py', extensions: [root], settings, webgpu: false });
  try {
    await window.palette('Open the Training panel');
    const panel = await window.frame('training', 60_000);
    await sleep(1500); // the theme comes after the page
    return await panel.evaluate(() => ({
      kind: document.body.dataset.vscodeThemeKind,
      variables: [...document.documentElement.style].map((name) => [name, document.documentElement.style.getPropertyValue(name).trim()]),
    }));
  } finally {
    await window.close();
  }
}

const themes = {};
for (const [name, theme] of Object.entries(names)) {
  const { kind, variables } = await read(theme);
  const own = variables.map(([variable, value]) => [variable.replace('--vscode-', ''), value]);
  themes[name] = { kind, colours: Object.fromEntries(own.filter(([variable]) => useful.test(variable)).sort()) };
}
writeFileSync(fileURLToPath(new URL('panelThemes.json', import.meta.url)), `${JSON.stringify(themes, null, 2)}\n`);
