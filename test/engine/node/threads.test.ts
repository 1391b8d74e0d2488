/** Whole runs in several threads, and how their number is chosen: a record never shows it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alone, type Team } from '../../../src/engine/backends/cpu/team';
import { assemble, type Machine } from '../../../src/engine/run/machine';
import { prepare } from '../../../src/engine/run/prepare';
import type { RunSpecification } from '../../../src/engine/run/specification';
import { assembleWith, type Threads } from '../../../src/engine/run/threads';
import { Trainer } from '../../../src/engine/run/trainer';
import { weightMap } from '../../../src/shared/run/weightMap';
import { noFiles, now, ofFunction, ofNetwork, timeless, toEnd } from '../run/runs';
import { threadTeams } from './teamScript';

describe('a run in several threads', function () {
  this.timeout(30_000);
  const teams = threadTeams();
  const { open } = teams;

  /** Everything that a run may remember between steps: running statistics, draws, state, curvature under way. */
  const spec = (units: number): RunSpecification =>
    ofNetwork({
      problem: {
        network: {
          layers: [{ dense: units, activation: 'tanh' }, { batchNorm: true }, { dropout: 0.2 }, { dense: 2 }],
          loss: 'crossEntropy',
        },
        data: { generator: 'moons', samples: 100, heldOut: 0.2 },
      },
      steps: 40,
      measure: { curvatureEvery: 20, perWeight: true },
    });

  it('has the same record, checkpoints and rates, which can be sent to another thread', async () => {
    const prepared = await prepare(spec(40), noFiles);
    const [one, ...others] = [alone, open(2), open(3)].map((team) => {
      const trainer = new Trainer(prepared, { machine: assemble(prepared, team), clock: () => 0 });
      const events = trainer.begin();
      while (trainer.step < 25) events.push(...trainer.advance());
      const checkpoint = trainer.checkpoint();
      const rates = now(weightMap(trainer, 'dense1.weight', 'rate'));
      const sent = structuredClone({ checkpoint, rates, events }, { transfer: [checkpoint] });
      const resumed = new Trainer(prepared, { machine: assemble(prepared, team), clock: () => 0, checkpoint: sent.checkpoint });
      return { ...sent, rest: toEnd(trainer), again: toEnd(resumed) };
    });
    assert.deepEqual(timeless(one.again), timeless(one.rest));
    for (const other of others) assert.deepEqual(other, one);
  });

  /** Time as the test wants it: a look at the clock takes 2 ms, and whatever a team does `cost` more. */
  const threads = (cost: number, other: Partial<Threads> = {}): Threads & { opened: number[] } => {
    let time = 0;
    const opened: number[] = [];
    const slowed = (team: Team): Team => ({
      size: team.size,
      shared: team.shared,
      createMemory: (pages) => team.createMemory(pages),
      link: (...what) =>
        Object.fromEntries(
          Object.entries(team.link(...what)).map(([name, made]) => [
            name,
            (...operands) => {
              time += cost;
              return made(...operands);
            },
          ]),
        ),
      close: () => team.close(),
    });
    return {
      asked: 'auto',
      most: 2,
      open(size) {
        opened.push(size);
        return slowed(open(size));
      },
      clock: () => (time += 2),
      opened,
      ...other,
    };
  };
  /** Long and wide enough to be worth measuring. */
  const long: RunSpecification = { ...spec(500), batchSize: 80, steps: 1_000_000 };
  const numbersOf = ({ model }: Machine): number[][] => [...model.weights, ...model.buffers, ...model.gradients].map((each) => [...each]);

  it('takes the faster number of threads, and leaves the model as it was', async () => {
    const prepared = await prepare(long, noFiles);
    for (const { cost, most, size, opened, note } of [
      { cost: -1, most: 2, size: 2, opened: [2], note: /^2 threads: a gradient takes 2\.00 ms in 1 thread, 1\.0\d ms in 2$/ },
      { cost: 5, most: 2, size: 1, opened: [2], note: /^1 thread: a gradient takes 2\.00 ms in 1 thread, 7\.00 ms in 2$/ },
      { cost: -0.05, most: 2, size: 1, opened: [2], note: /^1 thread: / },
      { cost: -1, most: 3, size: 2, opened: [2, 3], note: /^2 threads: .*, 1\.0\d ms in 3$/ },
    ]) {
      const how = threads(cost, { most });
      const chosen = assembleWith(how, prepared);
      assert.match(chosen.note, note);
      assert.equal(chosen.machine.team.size, size);
      assert.deepEqual(how.opened, opened);
      assert.deepEqual(numbersOf(chosen.machine), numbersOf(assemble(prepared)));
      chosen.machine.team.close();
      await teams.ended(); // also those not taken
    }
  });

  it('measures nothing where it cannot pay, and starts no thread', async () => {
    const never = threads(0, { open: () => assert.fail('a thread was started') });
    const noteOf = async (specification: RunSpecification, other: Partial<Threads> = {}): Promise<string> =>
      assembleWith({ ...never, ...other }, await prepare(specification, noFiles)).note;
    assert.match(await noteOf(ofNetwork({ steps: 1_000_000 })), /1 thread: the network is too small/);
    assert.match(await noteOf({ ...long, steps: 1000 }), /1 thread: the run is too short/);
    assert.match(await noteOf({ ...long, backend: 'reference' }), /1 thread: only networks on the CPU/);
    assert.match(await noteOf(ofFunction('x^2', { x: 1 }, { steps: 1_000_000 })), /1 thread: only networks/);
    assert.match(await noteOf(long, { most: 1 }), /1 thread: there are no processors for more/);
    assert.match(await noteOf(long, { asked: 1 }), /1 thread: as asked/);
  });

  it('goes on in one thread where the system refuses another, but not where more were asked for', async () => {
    const prepared = await prepare(long, noFiles);
    const refusing = threads(0, {
      open: () => {
        throw new Error('no threads left');
      },
    });
    const { machine, note } = assembleWith(refusing, prepared);
    assert.equal(machine.team, alone);
    assert.match(note, /2 threads cannot be had \(no threads left\)/);
    assert.throws(() => assembleWith({ ...refusing, asked: 2 }, prepared), /no threads left/);
  });

  it('is asked for on the command line, which says on standard error how many threads it took', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'optimizer-debugger-threads-'));
    const file = join(folder, 'run.json');
    await writeFile(file, JSON.stringify(ofNetwork({ steps: 20 })));
    const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
      spawnSync(process.execPath, ['scripts/cli.mjs', 'train', file, ...args], { encoding: 'utf8', timeout: 25_000 });
    const lines = (text: string): string[] => text.split('\n').filter((line) => !line.includes('"type":"end"'));
    const [plain, two, best, none] = [run(), run('--threads', '2'), run('--threads', 'auto'), run('--threads', '0')];
    assert.deepEqual([plain.status, plain.stderr], [0, '']);
    assert.deepEqual([two.status, two.stderr], [0, '2 threads: as asked\n']);
    assert.deepEqual([best.status, best.stderr], [0, '1 thread: the network is too small for more\n']);
    for (const { stdout } of [two, best]) assert.deepEqual(lines(stdout), lines(plain.stdout));
    assert.equal(none.status, 2);
    assert.match(none.stderr, /--threads 0: a whole number, at least 1, is expected/);
    await rm(folder, { recursive: true });
  });
});
