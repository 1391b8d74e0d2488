/**
 * The rule in float32 on the CPU: its element-wise lines fused into passes over memory in WebAssembly SIMD, with all that is one number
 * for a layer computed in float64; matrices, questions to the model and draws between the passes. What the passes are is decided by
 * `schedule.ts`; here a rule's state is laid out and its programs, with and without effective rates, are made ready to run.
 */
import type { Floats, Measure, Updater } from '../backends/backend';
import type { ResidentModel } from '../backends/cpu/resident';
import { meanOf, PlainStatistics } from '../backends/statistics';
import { Room, type Buffers } from './buffers';
import { Execution } from './execution';
import { flusher, flushesAfter } from './flush';
import { expand, matrixIn } from './matrixOperations';
import { ModelCalls } from './model';
import { StatisticsTable } from './passStatistics';
import { program, type Program } from './program';
import { initialStates, noBatch, stabilityLimit } from './reference';
import type { Settings, TextRule } from './rule';
import { countIn, isScalar, sameShape, showShape, tensorShape, type Shape } from './shape';

/**
 * @param settings every hyperparameter, complete and checked; `lr` among them is the rate before the schedule
 * @param seed of the run, for rules that draw
 * @throws RangeError where the rule's state does not fit into memory
 */
export function wasmUpdater(rule: TextRule, settings: Settings, model: ResidentModel, seed = 0): Updater {
  const plain = program(rule, settings, false);
  const measured = plain.rate === 'tensor' ? program(rule, settings, true) : plain;
  const room = new Room(model, rule.title);
  const calls = new ModelCalls(model, seed);
  const buffers = new Map<string, Shape>([['w', tensorShape]]);
  for (const { name, shape } of plain.states) if (!isScalar(shape)) buffers.set(name, shape);
  for (const [name, shape] of buffers) if (name !== 'w') room.of(shape).reserve(name, shape);
  const rateShape = shapeOfRate(measured);
  if (rateShape !== null) room.of(rateShape).reserve('rate', rateShape);

  const state: Record<string, Floats[]> = {};
  const table = new StatisticsTable(
    room.beside,
    model.layers.map(({ parameters }) => parameters),
  );
  const execution = (its: Program, targets: ReadonlyMap<string, Shape>, measures: readonly Measure[]): Execution =>
    new Execution(its, targets, room, model, calls, state, table, measures);
  const update = execution(plain, buffers, rateShape === null ? ['nothing', 'statistics'] : ['nothing']);
  const updateMeasured =
    rateShape === null ? update : execution(measured, new Map([...buffers, ['rate', rateShape]]), ['statistics', 'rates']);
  room.open();
  table.open();
  for (const [name, values] of startingStates(plain, room, model)) state[name] = values;

  /** Where the rate is one number: that of each layer. */
  const layerRates = new Float64Array(model.layers.length);
  update.compile(layerRates);
  if (updateMeasured !== update) updateMeasured.compile(layerRates);
  const rates = rateShape === null ? null : ratesIn(room, rateShape);
  const rate = (layer: number): Floats | number => rates?.(layer) ?? layerRates[layer];
  const flushes = [room.beside, room.apart].map((its) => flusher(its, statesIn(room, its, plain)));
  /** Where no pass sums statistics: the rule leaves the weights as they are. */
  const loops = updateMeasured.sums ? null : new PlainStatistics(model);
  const sumsRates = rateShape !== null && sameShape(rateShape, tensorShape);
  const collect = (): void => {
    table.collect(sumsRates);
    if (!sumsRates) model.layers.forEach((_, layer) => (table.of.meanRate[layer] = meanOf(rate(layer))));
  };
  const base = (lr: number): number => (typeof settings.lr === 'number' ? settings.lr : lr);
  return {
    state,
    statistics: loops?.of ?? table.of,
    step(t, lr, measure, batch = noBatch) {
      calls.begin(t, batch);
      if (measure !== 'nothing') loops?.before();
      (measure === 'nothing' ? update : updateMeasured).step(t, lr, base(lr), measure, batch);
      if (measure !== 'nothing') {
        if (loops === null) collect();
        else loops.after(rate);
      }
      if (flushesAfter(t)) for (const flush of flushes) flush();
    },
    rate,
    stabilityLimit: (t, lr) => stabilityLimit(plain.limit, t, lr, base(lr)),
  };
}

/** The states as the rule begins with them, in its order; what is one number a layer lies in no buffer. */
function startingStates(its: Program, room: Room, model: ResidentModel): [string, Floats[]][] {
  const computed = its.states.filter(({ shape, initial }) => isScalar(shape) || initial.kind !== 'number');
  const starts = computed.length > 0 ? initialStates({ ...its, states: computed }, model) : new Map<string, Float64Array[]>();
  return its.states.map(({ name, shape, initial }) => {
    const start = starts.get(name) ?? [];
    if (isScalar(shape)) return [name, start];
    const views = room.views(name, shape);
    views.forEach((values, layer) => (initial.kind === 'number' ? values.fill(initial.value) : values.set(start[layer])));
    return [name, views];
  });
}

/** The states that lie in some buffers, by shape. */
function statesIn(room: Room, buffers: Buffers, { states }: Program): Map<Shape, string[]> {
  const found = new Map<string, { readonly shape: Shape; readonly names: string[] }>();
  for (const { name, shape } of states) {
    if (isScalar(shape) || room.of(shape) !== buffers) continue;
    const its = found.get(showShape(shape)) ?? { shape, names: [] };
    its.names.push(name);
    found.set(showShape(shape), its);
  }
  return new Map([...found.values()].map(({ shape, names }) => [shape, names]));
}

/** The shape of the effective rate; null where it is one number. */
function shapeOfRate({ lines }: Program): Shape | null {
  const shape = [...lines].reverse().find(({ target }) => target === 'rate')?.shape;
  return shape === undefined || isScalar(shape) ? null : shape;
}

/** Reads the rates, one a weight; a rule may compute them a row or a column at a time. */
function ratesIn(room: Room, shape: Shape): (layer: number) => Float32Array {
  const computed = room.views('rate', shape);
  if (sameShape(shape, tensorShape)) return (layer) => computed[layer];
  const spread = room.sizes.map((size) => new Float32Array(countIn(tensorShape, size)));
  return (layer) => {
    const size = room.sizes[layer];
    expand(matrixIn(computed[layer], shape, size), matrixIn(spread[layer], tensorShape, size));
    return spread[layer];
  };
}
