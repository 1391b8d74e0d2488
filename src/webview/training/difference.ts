/** In what two runs differ: what somebody set, by name, each as a person writes it. */
import type { Settings } from '../../engine/language';
import { settingLabel } from '../../engine/language/settingLabel';
import type { StartEvent } from '../../engine/run/record';
import { ruleTexts, settingWords } from '../../shared/record/settings';
import { valueInWords } from '../charts/changes';
import { integer } from '../format';
import type { Run } from '../run';
import { startSettings } from './settings';

export interface Difference {
  /** What a person calls it: `β₁`. */
  readonly name: string;
  /** What it means; empty where nobody said. */
  readonly doc: string;
  /** Of the two runs; `–` where one has no such thing. Of what was changed on the way: `0.001 → 0.01`. */
  readonly values: readonly [string, string];
}

/** The optimizer first, in any case; then every setting in which they differ. */
export function differences(one: Run, other: Run): Difference[] {
  const optimizer: Difference = { name: 'optimizer', doc: '', values: [one.title, other.title] };
  if (!one.start || !other.start) return [optimizer];
  const settings = [coursesOf(one), coursesOf(other)] as const;
  const names = new Set(settings.flatMap((each) => [...each.keys()]));
  const words = [one, other].map((run) => settingWords(run.start!, ruleTexts(run.start!, run.changes)));
  const around = [surroundings(one.start), surroundings(other.start)] as const;
  return [
    optimizer,
    ...[...names]
      .filter((name) => !settings.some((side, index) => !side.has(name) && isIdle(name, settings[1 - index].get(name)!)))
      .map((name): Difference => {
        const { label, doc } = words[0].get(name) ?? words[1].get(name) ?? { label: settingLabel(name), doc: '' };
        const [first, second] = settings.map((side) => side.get(name)?.map(valueInWords).join(' → ') ?? '–');
        return { name: label, doc, values: [first, second] };
      })
      .filter(differ),
    ...Object.keys(around[0])
      .map((name): Difference => ({ name, doc: '', values: [around[0][name], around[1][name]] }))
      .filter(differ),
  ];
}

/** Every value that each hyperparameter had, one after the other. */
function coursesOf(run: Run): ReadonlyMap<string, readonly Settings[string][]> {
  const courses = new Map<string, Settings[string][]>();
  for (const settings of [startSettings(run), ...run.changes.map((change) => change.settings)])
    for (const [name, value] of Object.entries(settings)) {
      const course = courses.get(name) ?? [];
      if (course.at(-1) !== value) courses.set(name, [...course, value]);
    }
  return courses;
}

const differ = ({ values: [one, other] }: Difference): boolean => one !== other;

/** Something that only one of two optimizers has, and that does nothing as it is set, says nothing of how they differ. */
const isIdle = (name: string, course: readonly Settings[string][]): boolean =>
  course.every((value) => value === 0 || value === false) || name === 'eps';

/** All but the rules. */
function surroundings({ spec, steps }: StartEvent): Record<string, string> {
  const { problem, schedule, batchSize, seed, order, backend } = spec;
  const isFunction = 'function' in problem;
  return {
    problem: isFunction ? problem.function : layersInWords(problem.network.layers),
    data: isFunction ? '–' : inWords(problem.data, 'generator'),
    start: isFunction ? JSON.stringify(problem.start) : '–',
    schedule: inWords(schedule, 'name'),
    'batch size': String(batchSize),
    'steps asked for': integer(steps),
    seed: String(seed),
    order,
    'computed on': backend,
  };
}

/** `dense 64 tanh → dense 2`: all that is said of each layer, its activation by its value alone. */
const layersInWords = (layers: readonly object[]): string =>
  layers
    .map((layer) => {
      const { activation, ...others } = layer as Readonly<Record<string, unknown>>;
      const fields = Object.entries(others).map(
        ([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
      );
      return [...fields, ...(activation === undefined ? [] : [String(activation)])].join(' ');
    })
    .join(' → ');

/** `moons, samples 2000`; what is 0 is not there. @param called the field that names it */
function inWords(what: object, called: string): string {
  return Object.entries(what)
    .filter(([name, value]) => name === called || (value !== 0 && value !== undefined))
    .map(([name, value]) =>
      name === called ? String(value) : `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
    )
    .join(', ');
}

let last: { readonly one: Run; readonly other: Run; readonly changes: number; readonly names: readonly [string, string] } | undefined;

/** What the two runs are called so that they can be told apart: where they have the same name, with the first setting in which they differ. */
export function namesApart(one: Run, other: Run): readonly [string, string] {
  if (one.name !== other.name) return [one.name, other.name];
  const changes = one.changes.length + other.changes.length;
  if (last?.one !== one || last.other !== other || last.changes !== changes) {
    const [apart] = differences(one, other).filter(differ);
    const name = (run: Run, value: string | undefined): string => (value === undefined ? run.name : `${run.name}, ${apart.name} ${value}`);
    last = { one, other, changes, names: [name(one, apart?.values[0]), name(other, apart?.values[1])] };
  }
  return last.names;
}
