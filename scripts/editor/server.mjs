// The browser VS Code's server: started on a free port of this machine only, with folders of its own for extensions and user
// data, and ended together with everything that it started.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { browserEditor } from './browserEditor.mjs';
import { cleanEnvironment, runQuietly } from './system.mjs';

const READY_MS = 60_000;

/** What a first window shows of itself, so that the code and the panels have the room. */
const quiet = {
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'telemetry.telemetryLevel': 'off',
};

/** The servers that still run; they end with this process whatever ends it. */
const running = new Set();
process.on('exit', () => running.forEach((child) => kill(child, 'SIGKILL')));

/** Signals a server and all that it started: it is the leader of its own process group. */
function kill(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // it has ended already
  }
}

/** Adds extensions that lie unpacked in folders of their own to the editor's list of installed ones. */
function listExtensions(extensions, unpacked) {
  const file = join(extensions, 'extensions.json');
  const added = unpacked.map((folder) => {
    const { publisher, name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { identifier: { id: `${publisher}.${name}` }, version, location: { $mid: 1, path: folder, scheme: 'file' } };
  });
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  const others = before.filter(({ identifier }) => !added.some((entry) => entry.identifier.id === identifier.id));
  writeFileSync(file, JSON.stringify([...others, ...added]));
}

/** Resolves with the port once the server listens. */
function listening(child) {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (why) => reject(new Error(`The editor's server ${why}. It said:\n${output.slice(-4000)}`));
    const timer = setTimeout(() => fail(`did not listen within ${READY_MS / 1000} s`), READY_MS);
    const read = (bytes) => {
      output = (output + bytes).slice(-100_000);
      const port = /Extension host agent listening on (\d+)/.exec(output)?.[1];
      if (!port) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', (error) => fail(`could not be started (${error.message})`));
    child.on('close', (code) => fail(`ended with ${code}`));
  });
}

/**
 * Starts a server.
 * @param vsix extension packages to install into it first
 * @param unpacked folders of extensions to use as they are
 * @param development pages may name tests and extensions under development in their address; such pages show no notifications
 * @param profile folder for user data and extensions; without one a temporary folder, removed at `stop`
 * @param settings the user's settings, where the profile has none yet
 * @param token pages must bring a secret, so that no other user of this machine can use the editor
 */
export async function startServer({ vsix = [], unpacked = [], development = false, profile, settings = {}, token = false } = {}) {
  const { node, main } = await browserEditor();
  const home = profile ?? mkdtempSync(join(tmpdir(), 'optimizer-debugger-editor-'));
  const serverData = join(home, 'server');
  const data = join(serverData, 'data');
  const extensions = join(home, 'extensions');
  for (const folder of [join(data, 'User'), extensions]) mkdirSync(folder, { recursive: true });
  const userSettings = join(data, 'User', 'settings.json');
  if (!existsSync(userSettings)) writeFileSync(userSettings, JSON.stringify({ ...quiet, ...settings }, null, 2));
  const folders = ['--server-data-dir', serverData, '--extensions-dir', extensions, '--accept-server-license-terms'];
  const env = cleanEnvironment();
  if (unpacked.length > 0) listExtensions(extensions, unpacked);
  for (const file of vsix) await runQuietly(node, [main, ...folders, '--install-extension', file, '--force'], { env });

  const secret = token ? randomBytes(16).toString('hex') : undefined;
  const access = secret ? ['--connection-token', secret] : ['--without-connection-token'];
  const flags = ['--disable-telemetry', '--disable-workspace-trust', ...(development ? ['--enable-smoke-test-driver'] : [])];
  const child = spawn(node, [main, ...folders, '--host', '127.0.0.1', '--port', '0', ...access, ...flags], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  const ended = new Promise((resolve) => child.on('close', resolve));
  const stop = async () => {
    kill(child, 'SIGTERM');
    await Promise.race([ended, sleep(3000)]);
    kill(child, 'SIGKILL');
    await ended;
    running.delete(child);
    if (!profile) rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  const port = await listening(child).catch(async (error) => {
    await stop();
    throw error;
  });

  /** How the editor in the page names a file of this machine. */
  const uri = (path) => `vscode-remote://localhost:${port}${encodeURI(path)}`;
  /** What a payload says to open a file; `:line:column` may follow its name. */
  const opening = (file) => [
    ['openFile', uri(file)],
    ['gotoLineMode', 'true'],
  ];
  /** The address of a window on `folder`; `payload` is the workbench's own list of `[name, value]`. */
  const address = (folder, payload = []) => {
    const query = [`folder=${encodeURIComponent(folder)}`];
    if (payload.length > 0) query.push(`payload=${encodeURIComponent(JSON.stringify(payload))}`);
    if (secret) query.push(`tkn=${secret}`);
    return `http://localhost:${port}/?${query.join('&')}`;
  };
  return { port, home, data, uri, opening, address, stop, ended };
}
