// The desktop VS Code: the installed one, or one that @vscode/test-electron downloads into the cache. Both need a display (that of
// `xvfb-run` will do). Where either is missing the answer comes within seconds, with the reason, and the browser VS Code takes over.
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache.mjs';
import { say, which } from './system.mjs';

const RELEASES = 'https://update.code.visualstudio.com/api/releases/stable';
/** How long the download server may take to answer at all. */
const ANSWER_MS = 5000;

/** Where VS Code's own program file is, not its command line: so that it is our child, and ends when we end it. */
function usualPlaces() {
  if (process.platform === 'darwin') {
    const applications = ['/Applications', join(homedir(), 'Applications')];
    return applications.flatMap((folder) =>
      ['Code', 'Electron'].map((name) => join(folder, 'Visual Studio Code.app/Contents/MacOS', name)),
    );
  }
  if (process.platform === 'win32') {
    const roots = [join(process.env.LOCALAPPDATA ?? '', 'Programs'), process.env.ProgramFiles ?? ''];
    return roots.map((folder) => join(folder, 'Microsoft VS Code', 'Code.exe'));
  }
  const command = which('code');
  const beside = command ? [join(dirname(realpathSync(command)), '..', 'code')] : [];
  return [...beside, '/usr/share/code/code', '/snap/code/current/usr/share/code/code'];
}

/** Why no desktop program can be shown here; undefined where it can. */
function noDisplay() {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return undefined;
  return 'there is no display';
}

/** Why the download server does not help; undefined where it answers. */
async function unreachable() {
  try {
    const { ok, status } = await fetch(RELEASES, { signal: AbortSignal.timeout(ANSWER_MS) });
    return ok ? undefined : `its download server answers ${status}`;
  } catch {
    return 'its download server cannot be reached';
  }
}

/** The program file of a desktop VS Code; undefined, after saying why, where there is none to be had. */
export async function desktopEditor() {
  const hidden = noDisplay();
  if (hidden) return without(hidden);
  const installed = usualPlaces().find((file) => existsSync(file));
  if (installed) return installed;
  const refused = await unreachable();
  if (refused) return without(`it is not installed and ${refused}`);
  try {
    return await downloadAndUnzipVSCode({ version: 'stable', cachePath: join(cacheFolder(), 'desktop'), timeout: 15_000 });
  } catch (error) {
    return without(`its download failed (${error.message})`);
  }
}

function without(why) {
  say(`No desktop VS Code (${why}); using the browser VS Code.`);
  return undefined;
}

/** Flags that a desktop VS Code needs for a window of its own, apart from the person's. */
export function desktopFlags(profile) {
  const rootOnly = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return [
    ...rootOnly,
    '--new-window',
    '--skip-welcome',
    '--skip-release-notes',
    '--disable-workspace-trust',
    `--user-data-dir=${join(profile, 'data')}`,
    `--extensions-dir=${join(profile, 'extensions')}`,
  ];
}
