/** Real threads on shared memory: commands, barriers, sleeping and ending; and that the numbers do not depend on how many there are. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { Assembler, call } from '../../../src/engine/backends/cpu/assembler';
import { barrierBytes, defineBarrier } from '../../../src/engine/backends/cpu/barrier';
import { f32, f32x4, f64, i32, v128 } from '../../../src/engine/backends/cpu/instructions';
import { Arena } from '../../../src/engine/backends/cpu/memory';
import { alone, type Team } from '../../../src/engine/backends/cpu/team';
import { compile, type WasmExports } from '../../../src/engine/backends/cpu/webassembly';
import { TeamError, ThreadTeam } from '../../../src/node/team';
import { threadTeams } from './teamScript';

describe('a team of threads', function () {
  this.timeout(30_000);
  const teams = threadTeams();
  const { open } = teams;

  /** A module on a page of memory that `emit` fills. @returns its functions, and the page as words */
  const linked = (team: Team, emit: (assembler: Assembler) => void): { made: WasmExports; words: Int32Array } => {
    const assembler = new Assembler({ shared: team.shared });
    emit(assembler);
    const memory = team.createMemory(1);
    return { made: team.link(compile(assembler.bytes()), memory), words: new Int32Array(memory.buffer) };
  };

  it('runs a function in every thread, with the operands and the thread’s number, and returns the caller’s result', () => {
    for (const size of [2, 3]) {
      const { made, words } = linked(open(size), (assembler) => {
        assembler.function('note', ['i32', 'f64', 'i32'], 'f64', (code, [at, value, part]) => {
          code.store('i32', i32.add(at, i32.shl(part, 2)), i32.trunc_f64_s(f64.mul(value, f64.convert_i32_s(i32.add(part, 1)))));
          code.return(f64.add(value, f64.convert_i32_s(part)));
        });
        assembler.function('count', ['i32'], null, (code, [part]) => {
          const at = code.local('i32', i32.shl(part, 2));
          code.store('i32', at, i32.add(i32.load(at), 1));
        });
      });
      assert.equal(made.note(64, 10.5), 10.5);
      assert.deepEqual([...words.subarray(16, 20)], size === 2 ? [10, 21, 0, 0] : [10, 21, 31, 0]);
      for (let i = 0; i < 500; i++) made.count();
      assert.deepEqual([...words.subarray(0, 4)], size === 2 ? [500, 500, 0, 0] : [500, 500, 500, 0]);
    }
  });

  it('gives every thread the functions that a module imports', () => {
    const team = open(2);
    const assembler = new Assembler({ shared: true });
    const pow = assembler.import('pow', ['f64', 'f64'], 'f64');
    assembler.function('raise', ['f64', 'i32'], null, (code, [x, part]) => {
      code.store('f64', i32.shl(part, 3), call(pow, x, f64.convert_i32_s(i32.add(part, 4))));
    });
    const memory = team.createMemory(1);
    team.link(compile(assembler.bytes()), memory, ['pow']).raise(3);
    assert.deepEqual([...new Float64Array(memory.buffer, 0, 3)], [81, 243, 0]);
  });

  it('lets nobody pass a barrier before all have come', () => {
    // Each thread counts on a line of its own, and after every barrier looks whether all others have counted as far.
    const meet = (size: number, times: number): Int32Array => {
      const line = 64;
      const { made, words } = linked(open(size), (assembler) => {
        const wait = defineBarrier(assembler, 'wait', size);
        assembler.function('meet', ['i32', 'i32'], null, (code, [count, part]) => {
          const own = code.local('i32', i32.mul(part, line));
          const done = code.local('i32');
          code.while(i32.lt_u(done, count), () => {
            code.set(done, i32.add(done, 1));
            code.store('i32', own, done);
            code.call(wait, i32.const(1024));
            for (let other = 0; other < size; other++)
              code.if(i32.ne(i32.load(i32.const(other * line)), done), () => code.store('i32', own, i32.add(i32.load(own, 4), 1), 4));
            code.call(wait, i32.const(1024 + barrierBytes));
          });
        });
      });
      made.meet(times);
      return words.slice(0, (size * line) / 4);
    };
    const two = meet(2, 10_000);
    assert.deepEqual([two[0], two[16], two[1], two[17]], [10_000, 10_000, 0, 0]);
    const three = meet(3, 100); // more threads than there may be processors: they also sleep
    assert.deepEqual([three[0], three[16], three[32], three[1], three[17], three[33]], [100, 100, 100, 0, 0, 0]);
  });

  it('computes the same bits in one, two and three threads', () => {
    const chunks = 48;
    const chunk = 64;
    /** Sums of fixed chunks, each by one thread; then their sum, in order, by the first. */
    const sum = (team: Team): number => {
      const arena = new Arena(2 ** 20, team);
      const numbers = arena.reserve(4 * chunks * chunk, 'Numbers');
      const sums = arena.reserve(4 * chunks, 'Sums');
      const barrier = arena.reserve(barrierBytes, 'A barrier');
      arena.open();
      const values = arena.floats(numbers, chunks * chunk);
      for (let i = 0; i < values.length; i++) values[i] = Math.sin(i * i) * 2 ** (i % 40);
      const assembler = new Assembler({ shared: team.shared });
      const wait = defineBarrier(assembler, 'wait', team.size);
      assembler.function('sum', ['i32'], 'f32', (code, [part]) => {
        const at = code.local('i32', i32.mul(part, chunks / team.size));
        const last = code.local('i32', i32.add(at, chunks / team.size));
        code.steps(at, last, 1, () => {
          const from = code.local('i32', i32.add(i32.mul(at, 4 * chunk), numbers));
          const to = code.local('i32', i32.add(from, 4 * chunk));
          const total = code.local('v128', f32x4.const(0));
          code.set(total, f32x4.const(0));
          code.while(i32.lt_u(from, to), () => {
            code.set(total, f32x4.add(total, v128.load(from)));
            code.set(from, i32.add(from, 16));
          });
          const lane = (i: number) => f32x4.extract_lane(total, i);
          code.store('f32', i32.add(i32.shl(at, 2), sums), f32.add(f32.add(lane(0), lane(1)), f32.add(lane(2), lane(3))));
        });
        code.call(wait, i32.const(barrier));
        const all = code.local('f32', 0);
        const next = code.local('i32', 0);
        code.steps(next, i32.const(chunks), 1, () => code.set(all, f32.add(all, f32.load(i32.shl(next, 2), sums))));
        code.return(all);
      });
      return team.link(compile(assembler.bytes()), arena.memory).sum();
    };
    const one = sum(alone);
    assert.ok(Number.isFinite(one) && one !== 0);
    assert.equal(sum(open(2)), one);
    assert.equal(sum(open(3)), one);
  });

  const counting = (assembler: Assembler): void => {
    assembler.function('count', ['i32'], null, (code, [part]) => {
      code.drop(i32.atomic_rmw_add(i32.const(0), i32.add(part, 1)));
    });
  };

  it('sleeps when there is nothing to do, and wakes when there is', async () => {
    const team = open(3);
    const { made, words } = linked(team, counting);
    for (let time = 1; time <= 3; time++) {
      while (team.asleep < 2) await pause(1);
      const before = process.cpuUsage();
      await pause(100);
      const { user, system } = process.cpuUsage(before);
      assert.equal(team.asleep, 2);
      assert.ok(user + system < 90_000, `${user + system} µs of processor time in 100 ms of sleep`);
      made.count();
      assert.equal(words[0], 6 * time);
    }
  });

  it('leaves no thread when it is closed, and says so when it is called then', async () => {
    const team = open(3);
    const { made } = linked(team, counting);
    team.close();
    await team.ended;
    assert.throws(() => made.count(), /TeamError: The threads of this run have been ended/);
    assert.throws(() => linked(team, counting), TeamError);
    team.close();
  });

  it('gives up when a thread fails, and tells what it failed of', async () => {
    const team = open(2);
    const { made } = linked(team, (assembler) => {
      assembler.function('stray', ['i32'], null, (code, [part]) => {
        code.if(part, () => code.store('i32', i32.const(70_000), part));
      });
      counting(assembler);
    });
    made.count();
    assert.throws(() => made.stray(), /thread 1 failed, memory access out of bounds\. Start the run anew/);
    assert.throws(() => made.count(), TeamError);
    await team.ended;
  });

  /** Ends a thread of the team as a fault of the system would. */
  const kill = (team: ThreadTeam): Promise<number> =>
    (team as unknown as { readonly workers: readonly { terminate(): Promise<number> }[] }).workers[0].terminate();

  it('gives up at once when a thread was ended between two calls', async () => {
    const team = open(3);
    const { made } = linked(team, counting);
    made.count();
    await kill(team);
    await team.ended;
    assert.throws(() => made.count(), /cannot go on: thread 1 has been ended/);
  });

  it('does not wait for ever for a thread that was ended in the middle of a call', async () => {
    for (const meeting of [false, true]) {
      const team = open(2, 1);
      const { made } = linked(team, (assembler) => {
        const wait = defineBarrier(assembler, 'wait', 2, 1);
        assembler.function('hang', ['i32'], null, (code, [part]) => {
          code.while(part, () => code.set(part, 1)); // the helper never comes back
          if (meeting) code.call(wait, i32.const(1024));
        });
      });
      const started = Date.now();
      assert.throws(() => made.hang(), meeting ? /cannot go on: unreachable/ : /thread 1 has not answered for 1 s/);
      assert.ok(Date.now() - started < 20_000);
      await team.ended;
    }
  });

  it('leaves no thread when the thread that has opened it is ended in the middle of a call', async () => {
    const owner = teams.script.replace('teamWorker', 'endlessTeam');
    await build({ entryPoints: ['test/engine/node/endlessTeam.ts'], bundle: true, platform: 'node', outfile: owner, logLevel: 'error' });
    const worker = new Worker(owner);
    const { buffer } = await new Promise<{ buffer: SharedArrayBuffer }>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    const counts = new Int32Array(buffer, 0, 3);
    while ([...counts].includes(0)) await pause(1);
    await worker.terminate();
    for (let before: number[] = []; before.join() !== counts.join(); await pause(20)) before = [...counts];
    const stopped = [...counts];
    await pause(50);
    assert.deepEqual([...counts], stopped);
  });

  it('says what is wrong with a function that has no thread’s number', () => {
    assert.throws(
      () => linked(open(2), (assembler) => assembler.function('lonely', [], null, () => undefined)),
      /lonely has 0 parameters; a function of a team has 1 to 12/,
    );
  });

  it('tells when the threads cannot be started', () => {
    assert.throws(() => new ThreadTeam(2, { script: `${teams.script}.none` }), /there is no .*teamWorker\.js\.none/);
  });
});
