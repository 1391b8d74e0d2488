/**
 * The rule in float64, line by line, as the text says it: what every fast lowering is held against, and what a person steps through.
 * `lines` stops after each line and shows what it gave; `step` goes through to the end.
 */
import type { Model, Updater } from '../backends/backend';
import { elementwise, reductions } from './functions';
import { program, type ProgramLine } from './program';
import type { HyperparameterValue, Rule } from './rule';
import { operate } from './scalar';
import type { Assignment, Expression } from './tree';

/** One number for the layer, or one a weight; truths are 0 and 1. */
export type Value = number | Float64Array;

/** Where the reference stands after a line. */
export interface LineStop {
  readonly line: Assignment;
  /** What the line gave, one value a layer. */
  readonly values: readonly Value[];
}

export interface ReferenceUpdater extends Updater {
  /** The same as `step`, stopping after each line. The update is complete when the generator ends. */
  lines(t: number, lr: number): Generator<LineStop, void, void>;
  /** What a name stands for at this moment in a layer: `w`, `g`, a state, a name computed by an earlier line, `t`, `lr`. */
  value(name: string, layer: number): Value | undefined;
}

type Environment = Map<string, Value>;

/** Applies `f` to every element; a number counts for all. */
function broadcast(f: (a: number, b: number) => number, a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return f(a, b);
  const size = typeof a === 'number' ? (b as Float64Array).length : a.length;
  const out = new Float64Array(size);
  if (typeof a === 'number') for (let i = 0; i < size; i++) out[i] = f(a, (b as Float64Array)[i]);
  else if (typeof b === 'number') for (let i = 0; i < size; i++) out[i] = f(a[i], b);
  else for (let i = 0; i < size; i++) out[i] = f(a[i], b[i]);
  return out;
}

/** Sums pairwise, so that rounding grows with the logarithm of the size. */
function pairwise(values: Float64Array, from: number, to: number, term: (x: number) => number): number {
  if (to - from > 128) {
    const middle = (from + to) >>> 1;
    return pairwise(values, from, middle, term) + pairwise(values, middle, to, term);
  }
  let sum = 0;
  for (let i = from; i < to; i++) sum += term(values[i]);
  return sum;
}

/** A value as a tensor of the layer's size. */
function spread(value: Value, environment: ReadonlyMap<string, Value>): Float64Array {
  const weights = environment.get('w');
  return typeof value === 'number' ? new Float64Array(typeof weights === 'object' ? weights.length : 1).fill(value) : value;
}

/** Evaluates an expression where every name stands for something. */
export function evaluate(node: Expression, environment: ReadonlyMap<string, Value>): Value {
  switch (node.kind) {
    case 'number':
      return node.value;
    case 'truth':
      return Number(node.value);
    case 'name': {
      const value = environment.get(node.name);
      if (value === undefined) throw new Error(`\`${node.name}\` has no value at line ${node.at.line}, column ${node.at.column}.`);
      return value;
    }
    case 'unary': {
      const operand = evaluate(node.operand, environment);
      return broadcast(node.operator === '-' ? (a) => -a : (a) => Number(a === 0), operand, 0);
    }
    case 'binary':
      return broadcast(operate[node.operator], evaluate(node.left, environment), evaluate(node.right, environment));
    case 'choice': {
      const condition = evaluate(node.condition, environment);
      if (typeof condition === 'number') return evaluate(condition !== 0 ? node.then : node.otherwise, environment);
      const then = evaluate(node.then, environment);
      const otherwise = evaluate(node.otherwise, environment);
      const pick = (from: Value, i: number): number => (typeof from === 'number' ? from : from[i]);
      return condition.map((holds, i) => pick(holds !== 0 ? then : otherwise, i));
    }
    case 'call': {
      const operands = node.operands.map((operand) => evaluate(operand, environment));
      const reduction = reductions.get(node.name);
      if (reduction !== undefined) {
        // Settings can leave one number where the rule speaks of a tensor: it counts for every element.
        const values = spread(operands[0], environment);
        const sum = pairwise(values, 0, values.length, reduction.term === 'square' ? (x) => x * x : (x) => x);
        return reduction.finish(sum, values.length);
      }
      const known = elementwise.get(node.name);
      if (known === undefined) throw new Error(`There is no function ${node.name}.`);
      return broadcast(known.value, operands[0], operands[1] ?? 0);
    }
    case 'text':
      throw new Error('A text has no number; the checker lets none through.');
  }
}

/** The stability limit for a step, from lines that are all scalar; null where there are none. */
export function stabilityLimit(lines: readonly ProgramLine[], t: number, lr: number, lr0: number): number | null {
  if (lines.length === 0) return null;
  const environment: Environment = new Map([
    ['t', t],
    ['lr', lr],
    ['lr0', lr0],
  ]);
  for (const { target, value } of lines) environment.set(target, evaluate(value, environment));
  const limit = environment.get('limit');
  return typeof limit === 'number' ? limit : null;
}

/** @param settings every hyperparameter, complete and checked; `lr` among them is the rate before the schedule */
export function referenceUpdater(rule: Rule, settings: Readonly<Record<string, HyperparameterValue>>, model: Model): ReferenceUpdater {
  const { lines, states, limit } = program(rule, settings, true);
  const initialOf = new Map(states.map(({ name, initial }) => [name, initial]));
  const state = Object.fromEntries(
    [...initialOf].map(([name, initial]) => [name, model.layers.map(({ parameters }) => new Float64Array(parameters).fill(initial))]),
  );
  const tensors = new Set(['w', 'g', ...rule.states]);
  const layers = model.layers.map((_, layer) => layer);
  const environments: Environment[] = layers.map(() => new Map());
  const base = (lr: number): number => (typeof settings.lr === 'number' ? settings.lr : lr);

  /** Puts a line's result where it lasts: the weights and the states in their own arrays, all else in the environment. */
  function assign(target: string, layer: number, value: Value): void {
    const lasting = target === 'w' ? model.weights[layer] : initialOf.has(target) ? state[target][layer] : undefined;
    if (lasting !== undefined) {
      if (typeof value === 'number') lasting.fill(value);
      else lasting.set(value);
    }
    environments[layer].set(target, tensors.has(target) ? spread(value, environments[layer]) : value);
  }

  function* run(t: number, lr: number): Generator<LineStop, void, void> {
    for (const layer of layers) {
      const environment = environments[layer];
      environment.clear();
      environment.set('t', t).set('lr', lr).set('lr0', base(lr));
      environment.set('w', Float64Array.from(model.weights[layer]));
      environment.set('g', Float64Array.from(model.gradients[layer]));
      for (const { name } of states) environment.set(name, Float64Array.from(state[name][layer]));
    }
    for (const { target, value, line } of lines) {
      const values = layers.map((layer) => evaluate(value, environments[layer]));
      for (const layer of layers) assign(target, layer, values[layer]);
      yield { line, values };
    }
  }

  return {
    state,
    lines: run,
    step(t, lr) {
      const walk = run(t, lr);
      while (walk.next().done !== true);
    },
    rate: (layer) => environments[layer].get('rate') ?? 0,
    value: (name, layer) => environments[layer].get(name),
    stabilityLimit: (t, lr) => stabilityLimit(limit, t, lr, base(lr)),
  };
}
