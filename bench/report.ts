/**
 * What a run of the benchmark found, and what follows from it: ratios, bars and whether they are reached. No measuring here, so that it is
 * tested without any. The JSON output is a `Report` as it is.
 */
import { nameOf, operationsOf, type Case } from './cases';
import type { Machine } from './machine';
import { ourName, type Missing } from './participants';
import { median } from './timing';

/** One participant's steps on one network. */
export interface StepTime {
  readonly name: string;
  readonly threads: 1 | 2;
  /** Of a step: the median over rounds. */
  readonly microseconds: number;
  /** The rounds' medians, in order. */
  readonly rounds: readonly number[];
  /** Processor time over time: how many cores were at work. */
  readonly cores: number;
  /** The largest relative difference of the first steps' losses from the float64 reference's. */
  readonly lossError: number;
}

/** How many threads a run of ours takes, and why. */
export interface Chosen {
  readonly threads: number;
  readonly note: string;
}

export interface TrainingRow {
  readonly id: string;
  /** `784-128-10 ReLU, 64` */
  readonly name: string;
  /** Of the matrix products of a step. */
  readonly megaflops: number;
  /** Null where ours did not take part. */
  readonly chosen: Chosen | null;
  readonly times: readonly StepTime[];
}

/** A number that was found, and what it should be. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** `×`, `µs`, `s`, `GFLOP/s`, `%`, `MiB`, … */
  readonly unit: string;
  /** What the value must be at least, or at most. */
  readonly bar?: { readonly atLeast: number } | { readonly atMost: number };
  readonly note?: string;
}

/** Figures of one kind. */
export interface Section {
  readonly title: string;
  readonly figures: readonly Figure[];
}

export interface Report {
  /** Of this layout. */
  readonly version: 1;
  /** When it was begun, ISO 8601. */
  readonly date: string;
  /** How long it took. */
  readonly seconds: number;
  readonly machine: Machine;
  /** Rounds and seconds of each measurement of a step. */
  readonly rounds: number;
  readonly secondsARound: number;
  /** Libraries that took part, and their versions. */
  readonly libraries: Readonly<Record<string, string>>;
  /** Peers that did not take part, and what would change that. */
  readonly missing: readonly Missing[];
  readonly training: readonly TrainingRow[];
  readonly sections: readonly Section[];
}

/** The most that a loss may differ, relative: larger than what the order of summation makes of 20 steps in float32. */
export const lossTolerance = 1e-3;

/** The time of those with so many threads (0: of the fastest); undefined where they did not take part. */
export function timeOf({ times }: TrainingRow, name: string, threads: 0 | 1 | 2): StepTime | undefined {
  const its = times.filter((each) => each.name === name && (threads === 0 || each.threads === threads));
  return its.sort((a, b) => a.microseconds - b.microseconds)[0];
}

/** The ratios that a case has bars for, and two threads over one. Without the peer there is no figure. */
export function ratios(one: Case, row: TrainingRow): Figure[] {
  const { id, bars, twoThreads } = one;
  const ours = (threads: 0 | 1 | 2): StepTime | undefined => timeOf(row, ourName, threads === 0 ? chosenOf(row) : threads);
  const against = bars.flatMap((bar): Figure[] => {
    const [mine, theirs] = [ours(bar.ours), timeOf(row, bar.peer, bar.threads)];
    if (!mine || !theirs) return [];
    const name = `${id}. ${bar.peer} (${bar.threads === 0 ? 'the faster' : `${bar.threads}T`}) ÷ ours (${mine.threads}T${bar.ours === 0 ? ', as chosen' : ''})`;
    return [{ name, value: theirs.microseconds / mine.microseconds, unit: '×', bar: { atLeast: bar.atLeast } }];
  });
  const [alone, two, chosen] = [ours(1), ours(2), ours(0)];
  if (!alone || !two || !chosen) return against;
  const team: Figure =
    twoThreads === null
      ? {
          name: `${id}. ours, 1T ÷ ${chosen.threads}T, as chosen`,
          value: alone.microseconds / chosen.microseconds,
          unit: '×',
          bar: { atLeast: 1 },
        }
      : { name: `${id}. ours, 1T ÷ 2T`, value: alone.microseconds / two.microseconds, unit: '×', bar: { atLeast: twoThreads } };
  return [...against, team];
}

/** The number of threads that a run takes; the faster where that is not known. */
const chosenOf = ({ chosen }: TrainingRow): 0 | 1 | 2 => (chosen?.threads === 1 || chosen?.threads === 2 ? chosen.threads : 0);

/** What somebody measured, round by round. */
export interface Measured extends Pick<StepTime, 'name' | 'threads' | 'rounds'> {
  readonly cores: readonly number[];
  /** Of the first steps. */
  readonly losses: readonly number[];
}

/** Puts a case's measurements together. @param reference losses of the first steps in float64 */
export function rowOf(one: Case, measured: readonly Measured[], reference: readonly number[], chosen: Chosen | null): TrainingRow {
  const error = (losses: readonly number[]): number =>
    Math.max(...reference.map((loss, i) => Math.abs((losses[i] ?? NaN) - loss) / Math.abs(loss)));
  return {
    id: one.id,
    name: nameOf(one),
    megaflops: operationsOf(one) / 1e6,
    chosen,
    times: measured.map(({ name, threads, rounds, cores, losses }) => ({
      ...{ name, threads, rounds },
      microseconds: median(rounds),
      cores: median(cores),
      lossError: error(losses),
    })),
  };
}

/** Is a figure as it should be? Null where nothing is asked of it. */
export function passes({ value, bar }: Figure): boolean | null {
  if (bar === undefined) return null;
  return 'atLeast' in bar ? value >= bar.atLeast : value <= bar.atMost;
}

/** Do all participants compute the same? Those that do not: NaN is no agreement. */
export const disagreeing = (rows: readonly TrainingRow[]): string[] =>
  rows.flatMap(({ id, times }) =>
    times.filter(({ lossError }) => !(lossError <= lossTolerance)).map(({ name, threads }) => `${name} (${threads}T) on ${id}`),
  );
