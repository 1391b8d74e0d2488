/**
 * How long a step takes: trains in windows and takes the best of them, since whatever else the machine does can only make a window longer.
 * Steps that are under way at a time are part of what is measured.
 */
import type { Training } from '../../engine/run/training';
import type { RunSpecification } from '../../engine/run/specification';

/**
 * Microseconds of a step on the CPU below which a GPU cannot win: on a GPU a step is some twenty dispatches, each of which costs
 * microseconds whatever it computes, and its numbers must come back.
 */
export const WORTH_IT = 300;

/** What a training must be able to do to be timed. */
export type Timed = Pick<Training, 'begin' | 'advance' | 'step' | 'finishing'>;

export interface SpeedOptions {
  readonly clock: () => number;
  /** Lets messages be looked at. */
  readonly breath: () => Promise<void>;
  /** Milliseconds of a window. */
  readonly window?: number;
  readonly windows?: number;
  /** Milliseconds after which no further window begins. */
  readonly most?: number;
}

/** Milliseconds between two looks at the messages. */
const SLICE = 8;

/** The same run with nothing but its steps, so many that the measurement ends before they do; a schedule could watch evaluations, and costs nothing. */
export const bareRun = ({ epochs: _epochs, schedule: _schedule, ...spec }: RunSpecification): RunSpecification => ({
  ...spec,
  steps: 1_000_000_000,
  measure: { ...spec.measure, curvatureEvery: 0, evaluateEvery: 0 },
});

/** @param training that has not begun; whoever closes it settles it first @returns microseconds a step */
export async function measureSpeed(
  training: Timed,
  { clock, breath, window = 150, windows = 4, most = 4000 }: SpeedOptions,
): Promise<number> {
  await training.begin();
  const began = clock();
  let best = NaN;
  // the first window warms up: shaders are compiled, threads are chosen, steps begin to be under way
  for (let k = 0; k <= windows && !training.finishing; k++) {
    const time = await oneWindow(training, clock, breath, window);
    if (time < WORTH_IT) return time; // longer windows could only find it faster, and nothing hangs on by how much
    if (k > 0 || training.finishing || clock() - began > most) best = Number.isNaN(best) ? time : Math.min(best, time);
    if (clock() - began > most) break;
  }
  return best;
}

/** At least one step, and as many as there is time for. @returns microseconds of one */
async function oneWindow(training: Timed, clock: () => number, breath: () => Promise<void>, length: number): Promise<number> {
  const [from, first] = [clock(), training.step];
  let breathed = from;
  while (!training.finishing && (training.step === first || clock() - from < length)) {
    const waited = training.advance();
    if (waited instanceof Promise) await waited;
    if (clock() - breathed < SLICE) continue;
    await breath();
    breathed = clock();
  }
  return (1000 * (clock() - from)) / (training.step - first);
}
