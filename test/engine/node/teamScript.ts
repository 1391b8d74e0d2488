/** Teams of real threads for tests: the helper thread's script is built as it ships, and no team outlives the tests that opened it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ThreadTeam } from '../../../src/node/team';

interface TeamScript {
  readonly file: string;
  remove(): Promise<void>;
}

async function buildTeamScript(): Promise<TeamScript> {
  const folder = await mkdtemp(join(tmpdir(), 'optimizer-debugger-team-'));
  const file = join(folder, 'teamWorker.js');
  await build({ entryPoints: ['src/node/teamWorker.ts'], bundle: true, platform: 'node', outfile: file, logLevel: 'error' });
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface Teams {
  /** Opens a team, which is ended after the test that opened it. */
  open(size: number, patience?: number): ThreadTeam;
  /** Waits until all that were opened have ended, without ending them. */
  ended(): Promise<void>;
  /** The helper thread's script. */
  readonly script: string;
}

/** To be called in a `describe`. */
export function threadTeams(): Teams {
  let script: TeamScript;
  const teams: ThreadTeam[] = [];
  const ended = async (): Promise<void> => {
    await Promise.all(teams.splice(0).map((team) => team.ended));
  };
  before(async () => (script = await buildTeamScript()));
  afterEach(async () => {
    for (const team of teams) team.close();
    await ended();
  });
  after(() => script.remove());
  return {
    open(size, patience) {
      const team = new ThreadTeam(size, { script: script.file, patience });
      teams.push(team);
      return team;
    },
    ended,
    get script() {
      return script.file;
    },
  };
}
