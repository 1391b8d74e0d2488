/**
 * What dropout and noise draw in training. Each layer has a stream of its own, which for every step begins at a place of that step's own:
 * whatever was drawn before, a step draws the same numbers, on every backend, so that a run can be repeated from any step.
 */
import type { Floats } from '../backends/backend';
import { Random } from '../random';
import type { DropoutOperation, NoiseOperation } from './operations';

/** Words of a stream kept for each step. A batch is far smaller: at most 2²⁸ numbers, each of at most four words. */
const stepSpan = 2 ** 31;

/**
 * The stream of an operation at the start of a step. Draw from it sequentially, sample after sample of the batch, number after number of a sample.
 * @param seed of the plan
 */
export function streamOf({ kind, index }: DropoutOperation | NoiseOperation, seed: number, step: number): Random {
  const random = new Random(seed, `${kind}.${index}`);
  random.counter = (step * stepSpan) % Number.MAX_SAFE_INTEGER;
  return random;
}

/** Factors of the next `count` numbers, into `out[at …]`: 1/(1 − rate) where a number is kept, which it is with probability 1 − rate, otherwise 0. */
export function drawMask(random: Random, rate: number, out: Floats, at: number, count: number): void {
  const dropped = rate * 2 ** 32;
  const kept = 1 / (1 - rate);
  for (let i = at; i < at + count; i++) out[i] = random.uint32() >= dropped ? kept : 0;
}

/** What is added to the next `count` numbers, into `out[at …]`: normal, with mean 0. */
export function drawNoise(random: Random, deviation: number, out: Floats, at: number, count: number): void {
  for (let i = at; i < at + count; i++) out[i] = deviation * random.normal();
}
