// The browser VS Code: the npm package code-server carries the whole server and workbench, and the npm package `node` the Node
// version that it needs. Nothing but npm's registry is asked, so it works where the desktop VS Code cannot be downloaded.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cached } from './cache.mjs';
import { cleanEnvironment, Missing, needPackages, runQuietly, say } from './system.mjs';

/** The version of the npm package; the VS Code in it is 1.139.1. */
const VERSION = '4.139.1';
/** The Node major version that this editor is built for. */
const NODE = '24';
/** Newer npm runs only the install scripts that are named here; older npm runs all of them and ignores the list. */
const allowScripts = { 'code-server': true, argon2: true, node: true };

/** Installs npm packages into a new folder, saying every so often that it is still going on. */
async function install(folder, dependencies, env, what) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies, allowScripts }, null, 2));
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  say(`${what} …`);
  const timer = setInterval(() => say(`  … still at it, ${seconds()}`), 15_000);
  try {
    await runQuietly('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'], { cwd: folder, env });
    say(`  done in ${seconds()}`);
  } finally {
    clearInterval(timer);
  }
}

/** Where node-gyp finds this Node's own headers, so that it need not download them; npm's package carries them. */
function headers(runtime) {
  const packages = join(runtime, 'node_modules', 'node', 'node_modules');
  const carrying = existsSync(packages)
    ? readdirSync(packages).find((name) => existsSync(join(packages, name, 'include', 'node')))
    : undefined;
  return carrying ? { npm_config_nodedir: join(packages, carrying) } : {};
}

/** Fills the cache folder: Node first, in a folder of its own, because the editor's installer insists on being run by it. */
async function fetchEditor(folder) {
  if (process.platform === 'win32')
    throw new Missing('The browser VS Code has no Windows build. Please install the desktop VS Code, or run this inside WSL.');
  await needPackages(['libkrb5-dev', 'python3', 'make', 'g++', 'pkg-config'], 'Building the native modules of the browser VS Code');
  const runtime = join(folder, 'node');
  await install(runtime, { node: NODE }, cleanEnvironment(), `Fetching Node ${NODE} for the browser VS Code (once; about 120 MB)`);
  const bin = join(runtime, 'node_modules', '.bin');
  const env = cleanEnvironment({ PATH: `${bin}${delimiter}${process.env.PATH}`, ...headers(runtime) });
  await install(
    join(folder, 'editor'),
    { 'code-server': VERSION },
    env,
    `Fetching the browser VS Code ${VERSION} (once; about 620 MB, some minutes)`,
  );
}

/** The browser VS Code, fetched the first time. @returns the program and first argument that run its server */
export async function browserEditor() {
  const folder = await cached(`editor-${VERSION}`, fetchEditor);
  return {
    node: join(folder, 'node', 'node_modules', 'node', 'bin', 'node'),
    main: join(folder, 'editor', 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
  };
}
