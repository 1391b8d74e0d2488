// What the machine itself must bring: a Chromium to look at the browser editor with, and a compiler for the editor's native
// modules. Missing packages are installed where that is allowed (root on Debian or Ubuntu), saying so; elsewhere the exact
// command is named and the caller stops.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Something that a person has to do before this can go on. Shown without a stack. */
export class Missing extends Error {
  name = 'Missing';
}

/** One line of progress, on standard error so that results on standard output stay clean. */
export const say = (text) => process.stderr.write(`${text}\n`);

/** The full path of a program on the PATH; undefined where there is none. */
export function which(name) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of (process.env.PATH ?? '').split(delimiter))
    for (const ending of endings) {
      const file = join(folder, name + ending);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // not here
      }
    }
  return undefined;
}

/** What npm tells the scripts that it runs about itself, its Node and this project; a person's own settings, like the registry, stay. */
const npmsOwn =
  /^npm_(package_|lifecycle_|command|execpath|node_execpath|config_(user_agent|npm_version|node_gyp|legacy_peer_deps|(local_|global_)?prefix)$)/;
/** What an editor tells the terminals in it, and what would steer another Node. */
const others = /^(NODE|NODE_OPTIONS|INIT_CWD|VSCODE_.*|ELECTRON_.*)$/;

/** The environment for a program that is not ours: without what npm and an editor's terminal put there, which would mislead it. */
export function cleanEnvironment(extra = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !npmsOwn.test(name) && !others.test(name));
  return { ...Object.fromEntries(kept), ...extra };
}

/** Debian's name and the like, where it is a Debian. */
function isDebian() {
  try {
    return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** Those of `packages` that dpkg does not know as installed. */
function notInstalled(packages) {
  const { stdout = '' } = spawnSync('dpkg-query', ['-W', '-f=${Package} ${Status}\n', ...packages], { encoding: 'utf8' });
  return packages.filter((name) => !stdout.includes(`${name} install ok installed`));
}

/** Runs a program to its end, its output kept and shown only where it fails. @throws with the last lines of the output. */
export function runQuietly(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    const keep = (bytes) => (output = (output + bytes).slice(-20_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output.trim().split('\n').slice(-25).join('\n')}`));
    });
  });
}

/**
 * Sees to it that Debian's `packages` are installed. @param why what they are for, in a few words.
 * @throws Missing with the command to run, where this process may not install them.
 */
export async function needPackages(packages, why) {
  if (!isDebian()) return;
  const missing = notInstalled(packages);
  if (missing.length === 0) return;
  const command = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0) throw new Missing(`${why} needs ${missing.join(', ')}. Please run:\n\n  sudo sh -c '${command}'\n`);
  say(`${why} needs ${missing.join(', ')}: installing with apt-get …`);
  const env = { ...cleanEnvironment(), DEBIAN_FRONTEND: 'noninteractive' };
  await runQuietly('apt-get', ['-o', 'DPkg::Lock::Timeout=300', 'update'], { env });
  await runQuietly('apt-get', ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', ...missing], { env });
}

/** Where Chrome and its relatives are when they are not on the PATH. */
const usualPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** The program file of a Chromium, installed where that is missing and allowed. @throws Missing. */
export async function chromium() {
  const find = () =>
    ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'].map(which).find(Boolean) ??
    usualPlaces.find((file) => existsSync(file));
  if (!find()) await needPackages(['chromium', 'fonts-dejavu-core'], 'Driving the browser editor');
  const found = find();
  if (!found) throw new Missing('Driving the browser editor needs Chromium or Chrome. Please install one so that it is on the PATH.');
  return found;
}
