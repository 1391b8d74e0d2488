// Looking at the extension in a real editor without a screen: starts the browser VS Code on a copy of examples/ with the built
// extension, does what a small script says, and keeps screenshots.
//
//   node scripts/look.mjs [ACTIONS.mjs] [--theme NAME] [--size 1400x900] [--folder DIR] [--file train_mlp.py] [--extension DIR] [--no-webgpu] [--no-build]
//
// ACTIONS.mjs exports `default async ({ page, workspace, data, shot, palette, frame, sleep }) => {}`:
//   page            Playwright's page on the editor; page.keyboard.press('Enter'), page.mouse …
//   shot(name)      saves out/screenshots/NAME.png
//   palette(text)   F1, types the text, Enter
//   frame(name, ms) the frame of the webview whose <body> has data-panel="NAME", waiting for it; then .locator(…), .evaluate(…)
//   workspace       the copy of examples/;  data: the editor's user data, where the extension's storage is (data/User/globalStorage/…)
// Without a script it opens the file and takes one screenshot, `look`. `--file` may end with :LINE:COLUMN. Themes by their ids:
// "Light 2026", "Dark 2026", "Light Modern", "Dark Modern", "Default High Contrast", "Default High Contrast Light".
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildAll } from '../esbuild.mjs';
import { examples, openWindow, root } from './editor/index.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    theme: { type: 'string' },
    size: { type: 'string', default: '1400x900' },
    folder: { type: 'string', default: examples },
    file: { type: 'string', default: 'train_mlp.py:33:20' },
    extension: { type: 'string', default: root },
    'no-webgpu': { type: 'boolean' },
    'no-build': { type: 'boolean' },
  },
});
const [width, height] = values.size.split('x').map(Number);
if (!values['no-build']) await buildAll({ only: ['extension', 'worker', 'webview'] });
const window = await openWindow({
  folder: resolve(values.folder),
  file: values.file,
  extensions: [resolve(values.extension)],
  settings: values.theme ? { 'workbench.colorTheme': values.theme } : {},
  size: { width, height },
  webgpu: !values['no-webgpu'],
});
window.page.on('console', (message) => {
  if (/optimizer.?debugger/i.test(message.text())) console.log(`[page] ${message.text()}`);
});
try {
  const actions = positionals[0] ? (await import(pathToFileURL(resolve(positionals[0])).href)).default : ({ shot }) => shot('look');
  await actions({ ...window, sleep });
} catch (error) {
  await window.shot('look-failed');
  console.error(error);
  process.exitCode = 1;
} finally {
  await window.close();
}
