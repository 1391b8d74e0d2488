/** What runs, in words: the two lines above a panel's charts and in the status bar. */
import type { HyperparameterValue, Rule } from '../language/rule';
import { findActivation } from '../network/activations';
import { findSchedule } from '../schedules';
import type { CompleteSpecification, NetworkSpecification } from './specification';

/**
 * `lr 0.001 · β₁ 0.9 · β₂ 0.999 · 784-128-10 ReLU · MNIST, 28 × 28 · batch 64 · CPU`
 * @param data what the data are called; undefined for a function
 */
export function describe(
  spec: CompleteSpecification,
  rule: Rule,
  settings: Readonly<Record<string, HyperparameterValue>>,
  data: string | undefined,
): string {
  const { problem, schedule, batchSize } = spec;
  const parts = [...describeHyperparameters(rule, settings)];
  if (schedule.name !== 'constant') parts.push((findSchedule(schedule.name)?.title ?? schedule.name).toLowerCase());
  if ('function' in problem) {
    const start = Object.entries(problem.start).map(([name, value]) => `${name} = ${showNumber(value)}`);
    parts.push(problem.function, `from ${start.join(', ')}`);
  } else {
    parts.push(describeNetwork(problem.network), data ?? '', batchSize === 'all' ? 'all samples at once' : `batch ${batchSize}`);
  }
  return [...parts, spec.backend === 'cpu' ? 'CPU' : 'float64 reference'].filter((part) => part !== '').join(' · ');
}

/**
 * The hyperparameters that matter: `lr`, those that differ from their default, and the numbers that are never idle (a default of 0 is
 * "not there"; `eps` only keeps a division finite).
 */
export function describeHyperparameters(rule: Rule, settings: Readonly<Record<string, HyperparameterValue>>): string[] {
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

/** `784-128-10 ReLU`: the widths, then the activations of the hidden layers, each once. */
function describeNetwork({ inputs, layers }: NetworkSpecification): string {
  const widths = [inputs ?? '?', ...layers.map(({ dense }) => dense)];
  const shown = widths.length > 8 ? [...widths.slice(0, 3), '…', ...widths.slice(-3)] : widths;
  const hidden = new Set(layers.slice(0, -1).map(({ activation }) => findActivation(activation ?? '')?.title ?? activation));
  return `${shown.join('-')} ${hidden.size === 0 ? 'linear' : [...hidden].join('/')}`;
}

export const showNumber = (value: number): string => String(value).replace('-', '−').replace(/e\+?/, 'e');
