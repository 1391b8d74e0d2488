/**
 * Where the threads of a team wait for one another: nobody passes before all have come. Whoever comes last raises the number of the
 * round, which the others watch. They spin for a while, since they come almost together as a rule, and then sleep. A thread that never
 * comes (it was ended, or failed) must not hold the others for ever: when their patience is over they trap.
 */
import type { Assembler, Code } from './assembler';
import { i32, type I32, memory } from './instructions';

/** Bytes of memory that a barrier needs, zero at first. */
export const barrierBytes = 64;

/** Words of a barrier: how many have come, the number of the round, how many sleep. */
const come = 0;
const round = 4;
const asleep = 8;

/** Looks at the round before sleeping, about 100 µs of them: waking a sleeper costs as much. */
const looks = 50_000;

/** How long a sleep lasts at most before one counts it. A machine that is suspended stretches one of them, not all. */
const second = 1e9;

/** How many such sleeps a thread takes before it gives up. */
const patience = 60;

/**
 * Emits a barrier.
 * @param address of its bytes @param size threads that meet; nothing is emitted for one
 * @param seconds that a thread waits for the others before it traps
 */
export function emitBarrier(code: Code, address: I32 | number, size: number, seconds = patience): void {
  if (size === 1) return;
  const at = typeof address === 'number' ? i32.const(address) : address;
  const now = code.local('i32', i32.atomic_load(at, round));
  code.if(
    i32.eq(i32.atomic_rmw_add(at, 1, come), size - 1),
    () => {
      code.atomicStore(at, 0, come);
      code.atomicStore(at, i32.add(now, 1), round);
      code.if(i32.atomic_load(at, asleep), () => code.drop(memory.atomic_notify(at, size, round)));
    },
    () => {
      const left = code.local('i32', looks);
      const same = (): I32 => i32.eq(i32.atomic_load(at, round), now);
      code.while(i32.and(same(), i32.ne(left, 0)), () => code.set(left, i32.sub(left, 1)));
      code.if(same(), () => {
        code.set(left, seconds);
        code.drop(i32.atomic_rmw_add(at, 1, asleep));
        code.while(same(), () => {
          code.if(i32.eqz(left), () => code.trap());
          code.set(left, i32.sub(left, 1));
          code.drop(memory.atomic_wait32(at, now, second, round));
        });
        code.drop(i32.atomic_rmw_add(at, -1, asleep));
      });
    },
  );
}

/** A function of a module that is a barrier at a given address: a call is shorter than the barrier itself. */
export const barrierFunction = (assembler: Assembler, name: string, size: number, seconds?: number) =>
  assembler.function(name, ['i32'], null, (code, [address]) => emitBarrier(code, address, size, seconds));
