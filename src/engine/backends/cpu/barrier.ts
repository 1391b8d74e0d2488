/**
 * Where the threads of a team wait for one another: nobody passes before all have come. One word counts: its low bits are how many have
 * come, the bits above the number of the round, which rises when all have. Who waits watches the round: spinning for a while, since
 * threads come almost together as a rule, and asleep then. A thread that never comes (it was ended, or failed) must not hold the
 * others for ever: when their patience is over they trap.
 */
import { type Assembler, call, type WasmFunction } from './assembler';
import { i32, type I32, memory } from './instructions';

/** Bytes of memory that a barrier needs, zero at first. */
export const barrierBytes = 64;

/** Words of a barrier: rounds and how many have come, and how many sleep. */
const come = 0;
const asleep = 4;

/** Looks at the round before sleeping, some 30 µs of them. More would only help where threads come late by themselves; on a
 * busy machine one of them waits for the very processor that the other spins on. */
const looks = 20_000;

/** How long a sleep lasts at most before it counts. A machine that is suspended stretches one of them, not all. */
const second = 1e9;

/** What the instruction returns then; otherwise somebody has come. */
const timedOut = 2;

/** How many such sleeps a thread takes before it gives up. */
const patience = 60;

/**
 * Defines a barrier as a function of its address, with no result.
 * @param size threads that meet; for one the function does nothing
 * @param seconds that a thread waits for the others before it traps
 */
export function defineBarrier(assembler: Assembler, name: string, size: number, seconds = patience): WasmFunction<null> {
  if (size === 1) return assembler.function(name, ['i32'], null, () => undefined);
  // On its own: the baseline compiler of Node 20 loses the variables of a function that waits.
  const sleep = assembler.function(`${name}.sleep`, ['i32', 'i32'], 'i32', (code, [at, now]) => {
    code.return(memory.atomic_wait32(at, now, second, come));
  });
  /** What a round adds to the word: the next power of two, so that the word may overflow. */
  const whole = 2 ** Math.ceil(Math.log2(size));
  return assembler.function(name, ['i32'], null, (code, [at]) => {
    const before = code.local('i32', i32.atomic_rmw_add(at, 1, come));
    const now = code.local('i32');
    const left = code.local('i32', looks);
    const alike = (): I32 => i32.lt_u(i32.xor(now, before), whole);
    const look = (): void => code.set(now, i32.atomic_load(at, come));
    code.if(i32.eq(i32.and(before, whole - 1), size - 1), () => {
      if (size < whole) code.drop(i32.atomic_rmw_add(at, whole - size, come));
      code.if(i32.atomic_load(at, asleep), () => code.drop(memory.atomic_notify(at, size, come)));
      code.return();
    });
    look();
    code.while(i32.and(alike(), i32.ne(left, 0)), () => {
      code.set(left, i32.sub(left, 1));
      look();
    });
    code.if(alike(), () => {
      code.set(left, seconds);
      code.drop(i32.atomic_rmw_add(at, 1, asleep));
      look();
      code.while(alike(), () => {
        code.if(i32.eqz(left), () => code.trap());
        code.set(left, i32.sub(left, i32.eq(call(sleep, at, now), timedOut)));
        look();
      });
      code.drop(i32.atomic_rmw_add(at, -1, asleep));
    });
  });
}
