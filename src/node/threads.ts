/** The threads that a run in Node may compute in. */
import { availableParallelism } from 'node:os';
import type { Threads } from '../engine/run/threads';
import { ThreadTeam } from './team';

/** @param most that `auto` tries */
export const nodeThreads = (asked: number | 'auto', most = availableParallelism()): Threads => ({
  asked,
  most,
  open: (size) => new ThreadTeam(size),
  clock: () => performance.now(),
});
