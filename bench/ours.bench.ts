/**
 * Our side of the benchmark as a process of its own, which answers as the peers do (`peers/peer.mjs`): `ours.bench.js THREADS`. Where
 * THREADS is 2 or more, the kernels run in a team of so many threads.
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cpuBackend, cpuBackendOn } from '../src/engine/backends/cpu';
import { fusedMultiplyAdd } from '../src/engine/backends/cpu/features';
import { version } from '../src/engine/version';
import { ThreadTeam } from '../src/node/team';
import { cases } from './cases';
import { time } from './timing';
import { trainingOf, type Training } from './training';

const threads = Number(process.argv[2] ?? 1);
const script = join(__dirname, '..', 'src', 'node', 'teamWorker.js');
const say = (answer: object): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);

interface Asked {
  readonly open?: { readonly id: string };
  /** Steps whose losses are told. */
  readonly check?: number;
  /** Seconds of warming up. */
  readonly warm?: number;
  /** Seconds of measuring. */
  readonly measure?: number;
}

let team: ThreadTeam | undefined;
let training: Training | undefined;
let taken = 0;

function answer({ open, check = 0, warm = 0, measure }: Asked): object {
  const step = (): number => training?.step(++taken) ?? NaN;
  if (open) {
    const one = cases.find(({ id }) => id === open.id);
    if (!one) throw new Error(`There is no case ${open.id}.`);
    team = threads > 1 ? new ThreadTeam(threads, { script }) : undefined;
    training = trainingOf(one, team ? cpuBackendOn(team) : cpuBackend);
    taken = 0;
    const losses = Array.from({ length: check }, step);
    time(warm, step);
    return { losses };
  }
  if (measure !== undefined) return time(measure, step);
  team?.close();
  team = training = undefined;
  return {};
}

say({ ready: { library: 'Optimizer Debugger', version, threads, fusedMultiplyAdd: fusedMultiplyAdd() } });
createInterface({ input: process.stdin }).on('line', (line) => say(answer(JSON.parse(line) as Asked)));
