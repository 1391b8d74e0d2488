/**
 * Our side of the benchmark as a process of its own, which answers as the peers do (`peers/peer.mjs`): `ours.bench.js THREADS`. Where
 * THREADS is 2 or more, the kernels run in a team of so many threads.
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cpuBackend, cpuBackendOn } from '../src/engine/backends/cpu';
import { fusedMultiplyAdd } from '../src/engine/backends/cpu/features';
import { prepare } from '../src/engine/run/prepare';
import type { NetworkProblem } from '../src/engine/run/specification';
import { assembleWith } from '../src/engine/run/threads';
import { version } from '../src/engine/version';
import { nodeFiles } from '../src/node/files';
import { ThreadTeam } from '../src/node/team';
import { nodeThreads } from '../src/node/threads';
import { cases, type Case } from './cases';
import { problemOf } from './problem';
import type { Chosen } from './report';
import { time } from './timing';
import { planOf, trainingOf, type Training } from './training';

const threads = Number(process.argv[2] ?? 1);
const script = join(__dirname, '..', 'src', 'node', 'teamWorker.js');
const say = (answer: object): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);

interface Asked {
  readonly open?: { readonly id: string };
  /** How many threads would a run of this case take? */
  readonly choose?: { readonly id: string };
  /** Steps whose losses are told. */
  readonly check?: number;
  /** Seconds of warming up. */
  readonly warm?: number;
  /** Seconds of measuring. */
  readonly measure?: number;
}

/** Any run, to give its problem another. */
const smallest: NetworkProblem = { network: { layers: [{ dense: 2 }] }, data: { generator: 'xor' } };

function find(id: string): Case {
  const one = cases.find((each) => each.id === id);
  if (!one) throw new Error(`There is no case ${id}.`);
  return one;
}

let team: ThreadTeam | undefined;
let training: Training | undefined;
let taken = 0;

const openTeam = (size: number): ThreadTeam => new ThreadTeam(size, { script });

/** What a run of 100,000 steps chooses by measuring, of one thread and two. */
async function choose(one: Case): Promise<Chosen> {
  const { data, rows } = problemOf(one);
  const any = await prepare({ problem: smallest, optimizer: { name: 'adam' }, seed: 1 }, nodeFiles('.'));
  const problem = { kind: 'network' as const, plan: planOf(one, data), data, train: rows[0], heldOut: new Uint32Array(0) };
  const asked = { ...nodeThreads('auto', 2), open: openTeam };
  const { machine, note } = assembleWith(asked, { ...any, problem, batch: one.batch, steps: 100_000 });
  machine.team.close();
  return { threads: machine.team.size, note };
}

async function answer({ open, choose: choice, check = 0, warm = 0, measure }: Asked): Promise<object> {
  const step = (): number => training?.step(++taken) ?? NaN;
  if (choice) return choose(find(choice.id));
  if (open) {
    const one = find(open.id);
    team = threads > 1 ? openTeam(threads) : undefined;
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

async function serve(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) say(await answer(JSON.parse(line) as Asked));
}
void serve();
