/** Measuring how long a call takes, in this process. */

/** Seconds that a block of calls lasts at least: long beside the clock's grain, short beside a measurement. */
const blockSeconds = 0.002;

export interface Timed {
  /** Of one call: the median over blocks of calls. */
  readonly microseconds: number;
  readonly steps: number;
  /** Processor time of this process over time: 1 where one core was at work throughout. */
  readonly cores: number;
}

/** The middle number; of an even count the upper of the two. NaN of none. */
export const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? NaN;

/** Calls again and again for so many seconds, at least once. */
export function time(seconds: number, call: () => void): Timed {
  const times: number[] = [];
  let steps = 0;
  let block = 1;
  const start = performance.now();
  const worked = process.cpuUsage();
  do {
    const began = performance.now();
    for (let i = 0; i < block; i++) call();
    const took = performance.now() - began;
    steps += block;
    if (took >= 500 * blockSeconds) times.push(took / block); // shorter ones do not count
    if (took < 1000 * blockSeconds) block *= 2;
  } while (performance.now() < start + 1000 * seconds || times.length === 0);
  const { user, system } = process.cpuUsage(worked);
  return { microseconds: 1000 * median(times), steps, cores: (user + system) / (1000 * (performance.now() - start)) };
}
