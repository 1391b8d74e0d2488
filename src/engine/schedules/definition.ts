/**
 * What a learning-rate schedule is: a name, its settings, and the rate of each step. Most are planned: a pure function of the step. One
 * that watches also looks at the loss of every evaluation and keeps what it remembers in a few plain numbers, so that a checkpoint can hold
 * them. One file in this folder is one schedule; the specification's check, the command line's list, the editor's completion and the
 * documentation all read the same definition. Every schedule has a linear warm-up in front of it for the asking (`warmup`).
 */
import { between } from '../interpolation';
import { integer, number, type Settings, type SettingValue, type Values } from '../setting';

/** Settings that every schedule has beside its own. */
const common = {
  warmup: integer({
    min: 0,
    default: 0,
    aliases: ['warmupSteps', 'warmup_steps'],
    doc: 'steps of linear warm-up in front; the schedule itself begins to count after them',
  }),
  warmupFrom: number({
    min: 0,
    max: 1,
    default: 0,
    aliases: ['warmup_from'],
    doc: 'where the warm-up begins, as a share of the rate it leads to; at 1 that rate is held for the `warmup` steps',
  }),
} as const satisfies Settings;

type Common = typeof common;

/** Values of the settings by name, as everybody but the schedule itself sees them. */
export type ScheduleValues = Readonly<Record<string, SettingValue>>;

/** What a schedule that watches remembers; the names are always the same. */
export type Memory = Readonly<Record<string, number>>;

interface ScheduleFace {
  /** What a specification calls it: `cosine`. */
  readonly name: string;
  /** What a person reads: `Cosine annealing`. */
  readonly title: string;
  /** What PyTorch, Optax and others call it; a specification may too. */
  readonly aliases: readonly string[];
  /** What it does, in one sentence or two. */
  readonly doc: string;
  /** The rate at step k (from 0), as papers write it. */
  readonly formula: string;
  /** When to use it, and when not. */
  readonly use: string;
  /** The paper, or the outside implementation that it follows; empty where there is nothing to cite. */
  readonly source: string;
  /** Its own settings, then those of the warm-up. */
  readonly settings: Settings;
  /** Null where the values fit together; otherwise the setting at fault and what to tell. */
  require(values: ScheduleValues): Misfit | null;
  /** Of a schedule made of schedules: the steps that each of its parts has. @param steps of the run after the warm-up */
  lengths(values: ScheduleValues, steps: number): readonly number[];
}

/** Settings that are allowed each, but not together. */
export interface Misfit {
  readonly setting: string;
  readonly message: string;
}

/** A schedule that is known before the run begins. */
export interface PlannedSchedule extends ScheduleFace {
  readonly kind: 'planned';
  /**
   * The learning rate of one step, without warm-up. Finite and not negative, whatever the step.
   * @param k step, from 0
   * @param lr the optimizer's own rate
   * @param values every setting, complete and checked
   */
  rate(k: number, lr: number, values: ScheduleValues): number;
}

/** A schedule that goes by the loss: of the samples held out, or of the training samples where none are, at every evaluation. */
export interface WatchingSchedule extends ScheduleFace {
  readonly kind: 'watching';
  /** What it knows before the first loss. @param lr the optimizer's own rate */
  begin(lr: number, values: ScheduleValues): Memory;
  /** What it knows after one more loss, which may be NaN or infinite. */
  observe(memory: Memory, loss: number, values: ScheduleValues): Memory;
  /** The learning rate that follows. Finite and not negative. */
  rate(memory: Memory): number;
}

/** A schedule as everybody sees it. */
export type Schedule = PlannedSchedule | WatchingSchedule;

/** What a file of this folder says: the face, with values under the names and types of its own settings. */
type Declared<Own extends Settings> = Omit<ScheduleFace, 'settings' | 'require' | 'lengths' | 'aliases'> & {
  readonly aliases?: readonly string[];
  readonly settings: Own;
  require?(values: Values<Own & Common>): Misfit | null;
  lengths?(values: Values<Own & Common>, steps: number): readonly number[];
};

/** Declares a planned schedule; the settings' names become the names that `rate` receives. */
export function defineSchedule<Own extends Settings>(
  declared: Declared<Own> & { rate(k: number, lr: number, values: Values<Own & Common>): number },
): PlannedSchedule {
  return {
    ...face(declared),
    kind: 'planned',
    // A caller of the plain face passes every setting, so the narrower parameter is always satisfied.
    rate: (k, lr, values) => bounded(declared.rate(k, lr, values as Values<Own & Common>)),
  };
}

/** Declares a schedule that watches the loss. */
export function defineWatchingSchedule<Own extends Settings, State extends Memory>(
  declared: Declared<Own> & {
    begin(lr: number, values: Values<Own & Common>): State;
    observe(memory: State, loss: number, values: Values<Own & Common>): State;
    rate(memory: State): number;
  },
): WatchingSchedule {
  return {
    ...face(declared),
    kind: 'watching',
    begin: (lr, values) => declared.begin(lr, values as Values<Own & Common>),
    observe: (memory, loss, values) => declared.observe(memory as State, loss, values as Values<Own & Common>),
    rate: (memory) => bounded(declared.rate(memory as State)),
  };
}

function face<Own extends Settings>(declared: Declared<Own>): ScheduleFace {
  const { name, title, aliases = [], doc, formula, use, source, settings } = declared;
  return {
    ...{ name, title, aliases, doc, formula, use, source },
    settings: { ...settings, ...common },
    require: (values) => declared.require?.(values as Values<Own & Common>) ?? null,
    lengths: (values, steps) => declared.lengths?.(values as Values<Own & Common>, steps) ?? [],
  };
}

/**
 * The rate at step k with the warm-up in front.
 * @param own the schedule's rate at a step of its own, from 0
 */
export function warmedUp(k: number, values: ScheduleValues, own: (k: number) => number): number {
  const warmup = Number(values.warmup);
  const target = own(Math.max(k - warmup, 0));
  return k < warmup ? between(Number(values.warmupFrom) * target, target, k / warmup) : target;
}

/** A growing rate stops at the largest number there is; what is no number any more (0·∞) is no rate. */
const bounded = (rate: number): number => (rate >= 0 ? Math.min(rate, Number.MAX_VALUE) : 0);
