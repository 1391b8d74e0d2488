/**
 * What something with a name takes beside it: a schedule its lengths and ends, a generator its noise. A setting says its kind, its domain,
 * its default and its meaning once; the specification's check, the JSON Schema, the command line's list and the documentation all
 * read that.
 */

/** What a setting may hold. */
export type SettingValue = number | boolean | string | readonly number[] | readonly Part[];

/** One of several within a setting: its name, and settings of its own that have no parts. */
export type Part = Readonly<Record<string, number | boolean | string | readonly number[]>> & { readonly name: string };

interface Face<Value> {
  /** What it means, in one line. */
  readonly doc: string;
  /** The values allowed, as a person reads them: `a whole number, at least 1`. */
  readonly domain: string;
  /** Other names by which a specification may call it, such as PyTorch's. */
  readonly aliases: readonly string[];
  /** Undefined where a value must be given, or comes from the run. */
  readonly default?: Value;
  /** Null where the value is allowed; otherwise what is expected, for an error message. */
  check(value: unknown): string | null;
}

export interface NumberSetting extends Face<number> {
  readonly kind: 'integer' | 'number';
  /** The least value allowed; -Infinity where there is none. */
  readonly min: number;
  /** The largest value allowed; Infinity where there is none. */
  readonly max: number;
  /** Values must be above this; -Infinity where that says nothing. */
  readonly above: number;
  /** Values must be below this; Infinity where that says nothing. */
  readonly below: number;
  /** Left out, it is the number of steps of the run after the warm-up. */
  readonly ofRun: boolean;
}

export interface ListSetting extends Face<readonly number[]> {
  readonly kind: 'list';
  /** What each entry must be. */
  readonly of: NumberSetting;
  /** The fewest and the most entries. */
  readonly least: number;
  readonly most: number;
  /** No entry may be smaller than the one before it. */
  readonly ascending: boolean;
}

export interface ChoiceSetting<Name extends string = string> extends Face<Name> {
  readonly kind: 'choice';
  /** The names allowed, each with what it means. */
  readonly choices: Readonly<Record<Name, string>>;
}

export interface TruthSetting extends Face<boolean> {
  readonly kind: 'truth';
}

/** A list of things that have settings themselves; what each may be is for its owner to say, and to check. */
export interface PartsSetting extends Face<readonly Part[]> {
  readonly kind: 'parts';
  readonly least: number;
  readonly most: number;
}

export type Setting = NumberSetting | ListSetting | ChoiceSetting | TruthSetting | PartsSetting;
export type Settings = Readonly<Record<string, Setting>>;

/** What a setting of this kind holds. */
export type ValueOf<One extends Setting> =
  One extends ChoiceSetting<infer Name>
    ? Name
    : One extends ListSetting
      ? readonly number[]
      : One extends TruthSetting
        ? boolean
        : One extends PartsSetting
          ? readonly Part[]
          : number;

/** A value for every setting, complete and checked. */
export type Values<All extends Settings> = { readonly [Name in keyof All]: ValueOf<All[Name]> };

interface Options<Value> {
  readonly default?: Value;
  readonly doc: string;
  readonly aliases?: readonly string[];
}

interface NumberOptions extends Options<number> {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
}

/** A setting that takes any finite number within its bounds. */
export const number = (options: NumberOptions): NumberSetting => numeric('number', options);

/** A setting that takes a whole number within its bounds. */
export const integer = (options: NumberOptions): NumberSetting => numeric('integer', options);

/** A whole number of steps, at least 1; left out, the steps of the run after the warm-up. */
export const stepsOfRun = (options: Options<never>): NumberSetting => ({ ...integer({ min: 1, ...options }), ofRun: true });

/** A setting that takes a list of numbers. @param of what each must be */
export function numbers(
  of: NumberSetting,
  options: Options<readonly number[]> & { readonly least?: number; readonly ascending?: boolean },
): ListSetting {
  const { least = 0, ascending = false, aliases = [], ...rest } = options;
  const most = 1000;
  const count = least > 0 ? `at least ${least} and at most ${most}` : `at most ${most}`;
  const each = of.domain.replace(/^a /, '').replace('number', 'numbers');
  const domain = `a list of ${count} ${each}${ascending ? ', none smaller than the one before it' : ''}`;
  const allowed = (value: unknown): boolean =>
    Array.isArray(value) &&
    value.length >= least &&
    value.length <= most &&
    Array.from<unknown>(value).every(
      (entry, i, all) => of.check(entry) === null && (!ascending || i === 0 || Number(all[i - 1]) <= Number(entry)),
    );
  return { kind: 'list', of, least, most, ascending, aliases, ...rest, domain, check: (value) => (allowed(value) ? null : domain) };
}

/** A setting that takes one of some names. @param choices the names, each with what it means */
export function choice<const Name extends string>(
  choices: Readonly<Record<Name, string>>,
  { aliases = [], ...rest }: Options<NoInfer<Name>>,
): ChoiceSetting<Name> {
  const domain = Object.keys(choices)
    .map((name) => JSON.stringify(name))
    .join(' or ');
  const allowed = (value: unknown): boolean => typeof value === 'string' && Object.hasOwn(choices, value);
  return { kind: 'choice', choices, aliases, ...rest, domain, check: (value) => (allowed(value) ? null : domain) };
}

/** A setting that is true or false. */
export const truth = ({ aliases = [], ...rest }: Options<boolean>): TruthSetting => {
  const domain = 'true or false';
  return { kind: 'truth', aliases, ...rest, domain, check: (value) => (typeof value === 'boolean' ? null : domain) };
};

/** A setting that takes a list of objects with names. @param what they are: `schedules` */
export function parts(
  what: string,
  { aliases = [], ...rest }: Options<never> & { readonly least: number; readonly most: number },
): PartsSetting {
  const domain = `a list of at least ${rest.least} and at most ${rest.most} ${what}`;
  const allowed = (value: unknown): boolean => Array.isArray(value) && value.length >= rest.least && value.length <= rest.most;
  return { kind: 'parts', aliases, ...rest, domain, check: (value) => (allowed(value) ? null : domain) };
}

function numeric(kind: NumberSetting['kind'], options: NumberOptions): NumberSetting {
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity, aliases = [], ...rest } = options;
  const domain = `${kind === 'integer' ? 'a whole number' : 'a number'}${bounds(min, max, above, below)}`;
  const allowed = (value: unknown): boolean =>
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (kind === 'number' || Number.isInteger(value)) &&
    value >= min &&
    value <= max &&
    value > above &&
    value < below;
  return { kind, min, max, above, below, ofRun: false, aliases, ...rest, domain, check: (value) => (allowed(value) ? null : domain) };
}

function bounds(min: number, max: number, above: number, below: number): string {
  if (min > -Infinity && max < Infinity) return ` from ${min} to ${max}`;
  const least = min > -Infinity ? `at least ${min}` : above > -Infinity ? `above ${above}` : '';
  const most = max < Infinity ? `at most ${max}` : below < Infinity ? `below ${below}` : '';
  const both = [least, most].filter(Boolean).join(' and ');
  return both && `, ${both}`;
}
