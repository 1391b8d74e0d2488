/** What runs, in words: the two lines above a panel's charts and in the status bar. */
import type { Rule, Settings } from '../language/rule';
import { findActivation } from '../network/activations';
import { type LayerSpecification, layerOf } from '../network/layers';
import { showCount } from '../problems/files';
import { findSchedule } from '../schedules';
import { backendTitles } from './backendNames';
import type { ChosenRule } from './chooseRule';
import type { CompleteSpecification, NetworkSpecification, ScheduleSpecification } from './specification';

/** `Adam`, `Adam, clipping by global norm`: the optimizer, then what goes round it, the outermost last. */
export const titleOf = ({ optimizer, wrappers }: Pick<ChosenRule, 'optimizer' | 'wrappers'>): string =>
  [optimizer.rule.title, ...wrappers.map(({ rule }) => lower(rule.title)).reverse()].join(', ');

/**
 * `lr 0.001 · β₁ 0.9 · β₂ 0.999 · 784-128-10 ReLU · MNIST, 28 × 28 · batch 64 · CPU`
 * @param chosen the rules with their hyperparameters
 * @param data what the data are called; undefined for a function
 */
export function describe(spec: CompleteSpecification, chosen: ChosenRule, data: string | undefined): string {
  const { problem, schedule, batchSize } = spec;
  const rules = [chosen.optimizer, ...[...chosen.wrappers].reverse()];
  const parts = [...rules.flatMap(({ rule, settings }) => describeHyperparameters(rule, settings)), describeSchedule(schedule)];
  if ('function' in problem) {
    const start = Object.entries(problem.start).map(([name, value]) => `${name} = ${showNumber(value)}`);
    parts.push(problem.function, `from ${start.join(', ')}`);
  } else {
    parts.push(describeNetwork(problem.network), data ?? '', batchSize === 'all' ? 'all samples at once' : `batch ${batchSize}`);
  }
  return [...parts, backendTitles[spec.backend]].filter((part) => part !== '').join(' · ');
}

/**
 * The hyperparameters that matter: `lr`, those that differ from their default, and the numbers that are never idle (a default of 0 is
 * "not there"; `eps` only keeps a division finite).
 */
export function describeHyperparameters(rule: Rule, settings: Settings): string[] {
  return rule.hyperparameters
    .filter(({ name, default: standard }) => {
      const value = settings[name];
      return name === 'lr' || value !== standard || (typeof value === 'number' && value !== 0 && name !== 'eps');
    })
    .map(({ name, symbol }) => {
      const value = settings[name];
      const label = name === 'lr' ? 'lr' : symbol || name;
      return value === true ? label : `${label} ${typeof value === 'number' ? showNumber(value) : value}`;
    });
}

/** `cosine annealing after 100 steps of warm-up`; nothing where the rate is always the same. */
function describeSchedule({ name, warmup }: ScheduleSpecification): string {
  const front = Number(warmup) > 0 ? `${showCount(Number(warmup))} ${Number(warmup) === 1 ? 'step' : 'steps'} of warm-up` : '';
  if (name === 'constant') return front;
  const title = lower(findSchedule(name)?.title ?? name);
  return front === '' ? title : `${title} after ${front}`;
}

/** A title within a sentence; one that begins with an abbreviation stays. */
const lower = (title: string): string => (/^\p{Lu}\p{Ll}/u.test(title) ? title[0].toLowerCase() + title.slice(1) : title);

/**
 * `784-128-10 ReLU`: the widths, then the activations of the hidden layers, each once. Where there is more than dense layers, their widths
 * stand in a row of layers: `1 × 28 × 28 → conv 6 → max pool → dense 120-84-10, ReLU`.
 */
export function describeNetwork({ inputs, layers }: NetworkSpecification): string {
  const form = [inputs ?? '?'].flat();
  const steps: (string | number[])[] = [];
  for (const layer of layers) {
    const { dense } = layer;
    const last = steps[steps.length - 1];
    if (typeof dense !== 'number') steps.push(layerOf(layer).brief(layer));
    else if (Array.isArray(last)) last.push(dense);
    else steps.push([dense]);
  }
  const told = steps.filter((step) => step !== '');
  const hidden = activationsOf(layers.slice(0, -1)).map((name) => findActivation(name)?.title ?? name);
  const [only] = told;
  if (told.length === 1 && Array.isArray(only)) return `${row([...form, ...only])} ${hidden.length === 0 ? 'linear' : hidden.join('/')}`;
  const shown = short(told.map((step) => (Array.isArray(step) ? `dense ${row(step)}` : step)));
  return `${[form.join(' × '), ...shown].join(' → ')}${hidden.length === 0 ? '' : `, ${hidden.join('/')}`}`;
}

/** At most eight of them, those in the middle left out. */
const short = <Part>(parts: readonly Part[]): readonly (Part | string)[] =>
  parts.length > 8 ? [...parts.slice(0, 3), '…', ...parts.slice(-3)] : parts;
const row = (widths: readonly (number | string)[]): string => short(widths).join('-');

/** The activations of layers and of layers within them, each once. */
function activationsOf(layers: readonly LayerSpecification[]): readonly string[] {
  const names = layers.flatMap((layer) =>
    Object.values(layer).flatMap((value) => (Array.isArray(value) ? activationsOf(value.filter((part) => typeof part === 'object')) : [])),
  );
  const own = layers.map(({ activation }) => activation).filter((name) => typeof name === 'string');
  const all = [...new Set([...own, ...names])];
  return all.length > 1 ? all.filter((name) => name !== 'identity') : all;
}

export const showNumber = (value: number): string => String(value).replace('-', '−').replace(/e\+?/, 'e');
