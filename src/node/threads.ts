/** The threads that a run in Node may compute in. */
import { availableParallelism } from 'node:os';
import type { Threads } from '../engine/run/threads';
import { ThreadTeam } from './team';

/** The most that can be asked for. */
export const mostThreads = 64;

/** In the editor one processor is left to the editor itself, its panels and the extension host. */
export const besideEditor = (): number => Math.max(1, availableParallelism() - 1);

/** @param most that `auto` tries */
export const nodeThreads = (asked: number | 'auto', most = availableParallelism()): Threads => ({
  asked,
  most,
  open: (size) => new ThreadTeam(size),
  clock: () => performance.now(),
});
