// `npm start`: builds, gets an editor, and opens the sample workspace in it with the extension loaded.
//   npm start [-- --browser] [-- --no-open]   --browser: the browser VS Code even where a desktop one is there
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from '../esbuild.mjs';
import {
  cacheFolder,
  cleanEnvironment,
  desktopEditor,
  desktopFlags,
  examples,
  Missing,
  root,
  say,
  startServer,
  which,
} from './editor/index.mjs';

const FIRST_FILE = 'train_mlp.py';
/** Where the cursor starts: on `Adam`. */
const CURSOR = ':33:20';

const tryFirst = `
Try first:
  · F1, "Train with…", then Enter all the way: a small network trains with the optimizer under the cursor.
  · Click "▶ Train with Adam (lr 0.001)" above the line of the optimizer.
  · Hover over lr or betas; open the Gradient inspector from the activity bar.
`;

/** Whether there is an editor to end; before that a signal ends this process at once. */
let open = false;
/** Resolves at Ctrl-C, and when the process is asked to end in another way. */
const interrupted = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => (open ? resolve() : process.exit(130)));
});

/** Shows an address in the person's own browser, where there is a desktop to show it on. */
function openAddress(address) {
  const viewer = { darwin: 'open', win32: 'explorer' }[process.platform] ?? 'xdg-open';
  const desktop = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!desktop || !which(viewer)) return;
  spawn(viewer, [address], { stdio: 'ignore', detached: true, env: cleanEnvironment() })
    .on('error', () => {})
    .unref();
}

async function startDesktop(program) {
  const profile = join(cacheFolder(), 'profile-desktop');
  mkdirSync(profile, { recursive: true });
  await buildAll({ only: ['extension', 'worker', 'webview'] });
  const args = [...desktopFlags(profile), `--extensionDevelopmentPath=${root}`, examples, '--goto', join(examples, FIRST_FILE) + CURSOR];
  const child = spawn(program, args, { stdio: 'ignore', env: cleanEnvironment() });
  open = true;
  const closed = new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  say(`\nVS Code opens with the extension and ${examples}.\n${tryFirst}\nCtrl-C here, or closing the window, ends it.`);
  await Promise.race([closed, interrupted]);
  child.kill();
  await closed;
}

async function startBrowser(show) {
  await buildAll({ only: ['extension', 'worker', 'webview'] });
  const server = await startServer({ unpacked: [root], profile: join(cacheFolder(), 'profile-browser'), token: true });
  open = true;
  const address = server.address(examples, server.opening(join(examples, FIRST_FILE) + CURSOR));
  say(`\nVS Code with the extension and ${examples} is at\n\n  ${address}\n${tryFirst}\nCtrl-C ends it.`);
  if (show) openAddress(address);
  const end = await Promise.race([server.ended.then((code) => ({ code })), interrupted.then(() => undefined)]);
  await server.stop();
  if (end) throw new Error(`The editor's server ended with ${end.code}.`);
}

const { values } = parseArgs({ options: { browser: { type: 'boolean' }, 'no-open': { type: 'boolean' } } });
try {
  const desktop = values.browser ? undefined : await desktopEditor();
  if (desktop) await startDesktop(desktop);
  else await startBrowser(!values['no-open']);
  process.exit(0);
} catch (error) {
  say(error instanceof Missing ? error.message : (error.stack ?? String(error)));
  process.exit(1);
}
