/** A worker whose team never comes to an end: each thread counts in a word of its own, for a test that ends the worker. */
import { parentPort } from 'node:worker_threads';
import { Assembler } from '../../../src/engine/backends/cpu/assembler';
import { i32 } from '../../../src/engine/backends/cpu/instructions';
import { compile } from '../../../src/engine/backends/cpu/webassembly';
import { ThreadTeam } from '../../../src/node/team';

const team = new ThreadTeam(3);
const assembler = new Assembler({ shared: true });
assembler.function('count', ['i32'], null, (code, [part]) => {
  const word = code.local('i32', i32.shl(part, 2));
  code.while(i32.const(1), () => code.drop(i32.atomic_rmw_add(word, 1)));
});
const memory = team.createMemory(1);
const { count } = team.link(compile(assembler.bytes()), memory);
parentPort?.postMessage({ buffer: memory.buffer });
count();
