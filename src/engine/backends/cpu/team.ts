/**
 * The threads that compute one run. All of them link the same modules to the same memories, and a function that is called runs in all of
 * them at once, each on its own part of the work; inside it they meet at barriers (`barrier.ts`). Work is divided by what is written,
 * and sums over what is divided are put together in a fixed order, so that the numbers are the same bits for every number of
 * threads. How threads are started is not the engine's affair: `src/node/team.ts` has a team of worker threads, and here is the team of one.
 */
import { elementwise } from '../../language/functions';
import { createMemory, link, type WasmExports, type WasmMemory, type WasmModule } from './webassembly';

export interface Team {
  /** Threads, the caller's included. */
  readonly size: number;
  /** Whether memories are shared: a module for them must say so (`new Assembler({ shared })`). */
  readonly shared: boolean;
  /** A memory that every thread sees. It stays until the team is closed. @throws RangeError where the system refuses so much */
  createMemory(pages: number): WasmMemory;
  /**
   * Links a module in every thread. Each exported function has the thread's number (the caller's is 0) as its last parameter, which the caller
   * need not give; it runs in all threads at once and returns, when all are done, what it returned in the caller's.
   * @param functions names of the functions of the rule language that it imports, e.g. `pow`
   */
  link(module: WasmModule, memory: WasmMemory, functions?: readonly string[]): WasmExports;
  /** Ends the other threads; nothing that was linked can be called any more. Memories stay readable. */
  close(): void;
}

/** The functions of the rule language, in float64, as a module imports them. */
export const imported = (names: readonly string[]): Record<string, (a: number, b: number) => number> =>
  Object.fromEntries(names.map((name) => [name, (a, b) => elementwise.get(name)?.value(a, b) ?? NaN]));

/** The caller's thread, and none besides. */
export const alone: Team = {
  size: 1,
  shared: false,
  createMemory: (pages) => createMemory(pages),
  link: (module, memory, functions = []) => link(module, memory, imported(functions)),
  close: () => undefined,
};
