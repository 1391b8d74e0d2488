/**
 * What a learning-rate schedule is: a name, its settings, and a pure function from the step to the rate. One file in this folder
 * is one schedule; the specification's check, the command line's list and the editor's completion all read the same definition.
 */

/** A number that a schedule takes, with its domain and its meaning. */
export interface Setting {
  readonly kind: 'integer' | 'number';
  /** The least value allowed; -Infinity where there is none. */
  readonly min: number;
  /** The largest value allowed; Infinity where there is none. */
  readonly max: number;
  /** Undefined where a value must be given. */
  readonly default?: number;
  /** What it means, in one line. */
  readonly doc: string;
  /** The values allowed, as a person reads them: `integer ≥ 1`. */
  readonly domain: string;
  /** Null where the value is allowed; otherwise what is expected, for an error message. */
  check(value: unknown): string | null;
}

interface SettingOptions {
  readonly min?: number;
  readonly max?: number;
  readonly default?: number;
  readonly doc: string;
}

/** A setting that takes any finite number within its bounds. */
export const number = (options: SettingOptions): Setting => setting('number', options);

/** A setting that takes a whole number within its bounds. */
export const integer = (options: SettingOptions): Setting => setting('integer', options);

/** A schedule as everybody sees it. */
export interface Schedule {
  /** What a specification calls it: `cosine`. */
  readonly name: string;
  /** What a person reads: `Cosine annealing`. */
  readonly title: string;
  /** What it does, in one sentence. */
  readonly doc: string;
  /** The paper; empty where there is nothing to cite. */
  readonly source: string;
  readonly settings: Readonly<Record<string, Setting>>;
  /**
   * The learning rate of one step.
   * @param k step, from 0
   * @param lr the optimizer's own rate
   * @param values every setting, complete and checked
   */
  rate(k: number, lr: number, values: Readonly<Record<string, number>>): number;
}

/** Declares a schedule; the settings' names become the names that `rate` receives. */
export function defineSchedule<Settings extends Readonly<Record<string, Setting>>>(
  schedule: Omit<Schedule, 'settings' | 'rate'> & {
    readonly settings: Settings;
    rate(k: number, lr: number, values: Readonly<Record<keyof Settings, number>>): number;
  },
): Schedule {
  // A caller of the plain face passes every setting, so the narrower parameter is always satisfied.
  return { ...schedule, rate: (k, lr, values) => schedule.rate(k, lr, values as Readonly<Record<keyof Settings, number>>) };
}

function setting(kind: Setting['kind'], { min = -Infinity, max = Infinity, ...rest }: SettingOptions): Setting {
  const domain = `${kind === 'integer' ? 'a whole number' : 'a number'}${bounds(min, max)}`;
  const allowed = (value: unknown): boolean =>
    typeof value === 'number' && Number.isFinite(value) && (kind === 'number' || Number.isInteger(value)) && value >= min && value <= max;
  return { kind, min, max, ...rest, domain, check: (value) => (allowed(value) ? null : domain) };
}

function bounds(min: number, max: number): string {
  if (min > -Infinity && max < Infinity) return ` from ${min} to ${max}`;
  if (min > -Infinity) return `, at least ${min}`;
  return max < Infinity ? `, at most ${max}` : '';
}
