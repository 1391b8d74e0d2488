/** The helper thread's script, built as it ships, for tests that start teams. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface TeamScript {
  readonly file: string;
  remove(): Promise<void>;
}

export async function buildTeamScript(): Promise<TeamScript> {
  const folder = await mkdtemp(join(tmpdir(), 'optimizer-debugger-team-'));
  const file = join(folder, 'teamWorker.js');
  await build({ entryPoints: ['src/node/teamWorker.ts'], bundle: true, platform: 'node', outfile: file, logLevel: 'error' });
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}
