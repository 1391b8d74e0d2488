/**
 * The rule in float64, line by line, as the text says it: what every fast lowering is held against, and what a person steps through.
 * `lines` stops after each line and shows what it gave; `step` goes through to the end. The weights change when the last line is done.
 */
import type { Batch, Floats, Model, Updater } from '../backends/backend';
import { PlainStatistics } from '../backends/statistics';
import { Evaluator, matrixOf, repeated, type Environment, type Matrix, type Value } from './evaluate';
import { ModelCalls } from './model';
import { program, type Program, type ProgramLine } from './program';
import type { Settings, TextRule } from './rule';
import { countIn, extentIn, isScalar, matrixSize, type MatrixSize } from './shape';
import type { Assignment } from './tree';

export type { Matrix, Value } from './evaluate';

/** Where the reference stands after a line. */
export interface LineStop {
  readonly line: Assignment;
  /** What the line gave, one value a layer. */
  readonly values: readonly Value[];
}

export interface ReferenceUpdater extends Updater {
  /** The same as `step`, stopping after each line. The update is complete when the generator ends. */
  lines(t: number, lr: number, batch?: Batch): Generator<LineStop, void, void>;
  /** What a name stands for at this moment in a layer: `w`, `g`, a state, a name computed by an earlier line, `t`, `lr`. */
  value(name: string, layer: number): Value | undefined;
}

/** A batch for rules that ask nothing of the model. */
export const noBatch: Batch = { rows: new Uint32Array(0), loss: NaN };

/** The stability limit for a step, from lines that all follow from hyperparameters and the step; null where there are none. */
export function stabilityLimit(lines: readonly ProgramLine[], t: number, lr: number, lr0: number): number | null {
  if (lines.length === 0) return null;
  const environment: Environment = new Map([
    ['t', t],
    ['lr', lr],
    ['lr0', lr0],
  ]);
  const evaluator = new Evaluator([{ rows: 1, columns: 1 }], null);
  for (const { target, value } of lines) environment.set(target, evaluator.evaluate(value, [environment])[0]);
  const limit = environment.get('limit');
  return typeof limit === 'number' ? limit : null;
}

/** What the states of a program start as: one array a layer, in the order of the states. */
export function initialStates({ states }: Program, model: Pick<Model, 'layers' | 'weights'>): Map<string, Float64Array[]> {
  const sizes = model.layers.map(({ shape }) => matrixSize(shape));
  const evaluator = new Evaluator(sizes, null);
  const environments = sizes.map((size, layer): Environment => {
    const w = matrixOf(Float64Array.from(model.weights[layer]), size.rows, size.columns);
    return layerNames(size, model.layers[layer].shape).set('w', w);
  });
  return new Map(
    states.map(({ name, shape, initial }) => {
      const values = evaluator.evaluate(initial, environments);
      return [name, values.map((value, layer) => spread(value, extents(shape, sizes[layer])).values.slice())];
    }),
  );
}

/** What is known of a layer before the first step. */
export function layerNames(size: MatrixSize, shape: readonly number[]): Environment {
  return new Map<string, Value>([
    ['rows', size.rows],
    ['columns', size.columns],
    ['matrix', Number(shape.length > 1)],
  ]);
}

const extents = (shape: ProgramLine['shape'], size: MatrixSize): MatrixSize => ({
  rows: extentIn(shape[0], size),
  columns: extentIn(shape[1], size),
});
const spread = (value: Value, { rows, columns }: MatrixSize): Matrix => repeated(value, rows, columns);

/**
 * @param settings every hyperparameter, complete and checked; `lr` among them is the rate before the schedule
 * @param seed of the run, for rules that draw
 */
export function referenceUpdater(rule: TextRule, settings: Settings, model: Model, seed = 0): ReferenceUpdater {
  const compiled = program(rule, settings, true);
  const { lines, states, limit } = compiled;
  const sizes = model.layers.map(({ shape }) => matrixSize(shape));
  const calls = new ModelCalls(model, seed);
  const evaluator = new Evaluator(sizes, calls);
  const shapes = new Map(states.map(({ name, shape }) => [name, shape]));
  const state = Object.fromEntries(initialStates(compiled, model));
  const environments: Environment[] = sizes.map(() => new Map());
  const statistics = new PlainStatistics(model);
  const base = (lr: number): number => (typeof settings.lr === 'number' ? settings.lr : lr);

  function begin(t: number, lr: number, batch: Batch): void {
    calls.begin(t, batch);
    sizes.forEach((size, layer) => {
      const names = layerNames(size, model.layers[layer].shape);
      const tensor = (values: ArrayLike<number>): Matrix => matrixOf(Float64Array.from(values), size.rows, size.columns);
      names.set('t', t).set('lr', lr).set('lr0', base(lr)).set('loss', batch.loss);
      names.set('w', tensor(model.weights[layer])).set('g', tensor(model.gradients[layer]));
      for (const [name, shape] of shapes) {
        const values = state[name][layer];
        const { rows, columns } = extents(shape, size);
        names.set(name, isScalar(shape) ? values[0] : matrixOf(values.slice(), rows, columns));
      }
      environments[layer] = names;
    });
  }

  function* run(t: number, lr: number, batch: Batch = noBatch): Generator<LineStop, void, void> {
    begin(t, lr, batch);
    for (const { target, value, line } of lines) {
      const values = evaluator.evaluate(value, environments);
      values.forEach((each, layer) => environments[layer].set(target, each));
      yield { line, values };
    }
    environments.forEach((names, layer) => {
      put(names.get('w'), model.weights[layer]);
      for (const name of shapes.keys()) put(names.get(name), state[name][layer]);
    });
  }

  function rate(layer: number): Floats | number {
    const value = environments[layer].get('rate') ?? 0;
    if (typeof value === 'number') return value;
    return value.values.length === countIn(['rows', 'columns'], sizes[layer]) ? value.values : spread(value, sizes[layer]).values;
  }

  return {
    state,
    statistics: statistics.of,
    lines: run,
    step(t, lr, measure, batch = noBatch) {
      if (measure !== 'nothing') statistics.before();
      const walk = run(t, lr, batch);
      while (walk.next().done !== true);
      if (measure !== 'nothing') statistics.after(rate);
    },
    rate,
    value: (name, layer) => environments[layer].get(name),
    stabilityLimit: (t, lr) => stabilityLimit(limit, t, lr, base(lr)),
  };
}

function put(value: Value | undefined, to: Float64Array | Float32Array): void {
  if (typeof value === 'number') to.fill(value);
  else if (value !== undefined) to.set(value.values);
}
