/** Where a GPU differs from a CPU in float32 by its nature, rule by rule. All others are held to what the CPU is held to. */
import type { Exception } from '../engine/optimizers/follow';

export const gpuExceptions: ReadonlyMap<string, Exception> = new Map<string, Exception>([
  ['prodigy', { reason: 'numbers below 2^-126 are 0 on a GPU, and d² times a gradient of 1e-30 is one', floor: 1e-23 }],
]);
