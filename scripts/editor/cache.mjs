// Big downloads live once per person and version, outside the tree: $XDG_CACHE_HOME or ~/.cache. A folder gets its name only when
// it is complete, so a half fetch is never used, and a lock lets a second caller wait for the first instead of fetching twice.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './system.mjs';

/** The cache folder of this project, made where it is missing. */
export function cacheFolder() {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'optimizer-debugger');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Whether the process that wrote its id into `lock` is still there. */
function held(lock) {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs `work` while holding the file `lock`; waits for another process that holds it, and takes it over from a dead one. */
async function locked(lock, waiting, work) {
  for (let told = false; ;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (!held(lock)) {
        rmSync(lock, { force: true });
        continue;
      }
      if (!told) say(waiting);
      told = true;
      await sleep(1000);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * The folder `name` of the cache, made by `fill(folder)` the first time.
 * @param fill gets a temporary empty folder; when it returns the folder is complete and gets its name
 */
export async function cached(name, fill) {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  return locked(`${folder}.lock`, `Waiting for another process that is fetching ${name} …`, async () => {
    if (existsSync(folder)) return folder;
    const partial = `${folder}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    try {
      await fill(partial);
      renameSync(partial, folder);
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      throw error;
    }
    return folder;
  });
}
