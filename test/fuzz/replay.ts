/**
 * Random runs gone back in: each optimizer in turn in a random small run, twenty random steps of which are visited again and must be, byte for
 * byte, what they were. The same seed gives the same runs.
 */
import { rules } from '../../src/engine/optimizers';
import { Random } from '../../src/engine/random';
import { journey, randomRun } from '../engine/run/randomRuns';

const VISITS = 20;

export interface ReplayCount {
  readonly runs: number;
  readonly visits: number;
  /** Visits that went back. */
  readonly back: number;
}

/** @throws Error with the run whose state was another */
export async function fuzzReplay(count: number, seed: number): Promise<ReplayCount> {
  const names = rules().map(({ name }) => name);
  let [visits, back] = [0, 0];
  for (let run = 0; run < count; run++) {
    const name = names[run % names.length];
    const random = new Random(seed, `fuzz/replay/${run}`);
    const spec = randomRun(random, name);
    try {
      const made = await journey(spec, VISITS, random);
      visits += made.visits;
      back += made.back;
    } catch (error) {
      throw new Error(`Run ${run}, ${JSON.stringify(spec)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  return { runs: count, visits, back };
}
