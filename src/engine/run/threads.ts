/**
 * In how many threads a run computes. It is measured: a few gradients of the run's own model and first batch, in one thread and in several,
 * and the faster goes on. The numbers are the same bits either way, so nothing of it is in the record. Small networks and short runs
 * are not worth measuring and take one thread.
 */
import { alone, type Team } from '../backends/cpu/team';
import type { Operation } from '../network/operations';
import { structure } from '../network/structure';
import { assemble, type Machine } from './machine';
import type { Prepared } from './prepare';

/** What a run may compute with. */
export interface Threads {
  /** How many, or to find out which number is fastest. */
  readonly asked: number | 'auto';
  /** The most that `auto` tries. */
  readonly most: number;
  /** @throws Error where the system does not let it */
  open(size: number): Team;
  /** Milliseconds since any fixed moment. */
  clock(): number;
}

export interface Assembled {
  readonly machine: Machine;
  /** Why so many threads, in words for a person. */
  readonly note: string;
}

/** Multiply-adds of a step below which threads would mostly wait for one another. */
const smallestStep = 200_000;
/** Multiply-adds of a whole run below which measuring takes longer than it could save: some two seconds of one thread's work. */
const smallestRun = 5e10;
/** Gradients that a run must have beside those of measuring. */
const leastRatio = 200;
/** The most samples of a measured gradient. */
const mostRows = 256;
/** Milliseconds of warming up, in which the engine compiles the kernels well, and of each measurement. */
const warmUp = 30;
const measurement = 3;
/** Measurements of each number of threads, in turn. */
const rounds = 7;
/** How much of the time more threads must save to be taken. */
const worthwhile = 0.05;

/** Builds the model and the updater of a prepared run, for the number of threads that is asked for or fastest. Its team is to be closed at the run's end. */
export function assembleWith(threads: Threads, prepared: Prepared): Assembled {
  const { problem, spec, batch, steps } = prepared;
  const { asked } = threads;
  const one = (reason: string): Assembled => ({ machine: assemble(prepared), note: `1 thread: ${reason}` });
  if (problem.kind === 'function' || spec.backend === 'reference') return one('only networks on the CPU backend take more');
  if (asked === 1) return one('as asked');
  if (asked !== 'auto') return { machine: assemble(prepared, threads.open(asked)), note: `${asked} threads: as asked` };
  if (threads.most < 2) return one('there are no processors for more');
  const sample = multiplyAdds(structure(problem.plan).operations);
  const run = sample * batch * steps;
  if (sample * batch < smallestStep) return one('the network is too small for more');
  if (run < smallestRun || run < leastRatio * sample * Math.min(batch, mostRows)) return one('the run is too short to measure more');
  return measured(threads, prepared);
}

/** Those of a gradient for one sample: forward, and back to the inputs and to the weights. */
const multiplyAdds = (operations: readonly Operation[]): number =>
  operations.reduce((sum, operation) => {
    if (operation.kind === 'dense') return sum + 3 * operation.inputs * operation.outputs;
    if (operation.kind !== 'convolution') return sum;
    const { channels, kernelHeight, kernelWidth, outHeight, outWidth } = operation.window;
    return sum + 3 * operation.filters * channels * kernelHeight * kernelWidth * outHeight * outWidth;
  }, 0);

/** 2, 4, 8, … and the most. */
function* sizes(most: number): Iterable<number> {
  for (let size = 2; size < most; size *= 2) yield size;
  yield most;
}

/** Takes more threads as long as that pays. */
function measured({ most, open, clock }: Threads, prepared: Prepared): Assembled {
  let best = assemble(prepared);
  const times: string[] = [];
  for (const size of sizes(most)) {
    let team: Team = alone;
    try {
      team = open(size);
      const more = assemble(prepared, team);
      const [before, after] = compare([best, more], prepared, clock);
      if (times.length === 0) times.push(`${before.toPrecision(3)} ms in 1 thread`);
      times.push(`${after.toPrecision(3)} ms in ${size}`);
      const [kept, dropped] = after < before * (1 - worthwhile) ? [more, best] : [best, more];
      dropped.team.close();
      best = kept;
      if (kept !== more) break;
    } catch (error) {
      team.close();
      times.push(`${size} threads cannot be had (${error instanceof Error ? error.message : String(error)})`);
      break;
    }
  }
  const { size } = best.team;
  return { machine: best, note: `${size} ${size === 1 ? 'thread' : 'threads'}: a gradient takes ${times.join(', ')}` };
}

/** Median milliseconds of a gradient on each of two machines, which are left as they were. */
function compare(machines: readonly [Machine, Machine], { problem, batch }: Prepared, clock: () => number): readonly [number, number] {
  const rows = problem.kind === 'network' ? problem.train.slice(0, Math.min(batch, mostRows)) : new Uint32Array(0);
  const [one, other] = machines.map(({ model }) => {
    const buffers = model.buffers.map((numbers) => numbers.slice());
    const times: number[] = [];
    /** Milliseconds a gradient, over some time. */
    const run = (milliseconds: number): number => {
      const from = clock();
      let [now, count] = [from, 0];
      for (; now - from < milliseconds; now = clock(), count++) {
        model.begin(1);
        model.gradient(rows);
      }
      return (now - from) / count;
    };
    run(warmUp);
    return {
      measure: () => void times.push(run(measurement)),
      finish: (): number => {
        model.buffers.forEach((numbers, i) => numbers.set(buffers[i]));
        for (const gradient of model.gradients) gradient.fill(0);
        model.begin(0);
        return times.sort((a, b) => a - b)[times.length >> 1];
      },
    };
  });
  for (let round = 0; round < rounds; round++) for (const { measure } of [one, other]) measure();
  return [one.finish(), other.finish()];
}
