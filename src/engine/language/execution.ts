/**
 * A lowered program at work on a model's layers: rounds of passes, operations and scalars, then the passes that store. As long as no
 * step concerns all layers at once, a layer goes through everything before the next begins, so that what lies in the cache is used.
 * A rule of element-wise lines alone is one call. Nothing is allocated in a step, but by operations in float64.
 */
import type { Batch, Floats, Measure } from '../backends/backend';
import type { ResidentModel } from '../backends/cpu/resident';
import type { Room } from './buffers';
import { lower, type Lowered } from './lower';
import type { ModelCalls } from './model';
import { Guards } from './needs';
import { Passes, sumsStatistics, type RunnablePass } from './passes';
import type { StatisticsTable } from './passStatistics';
import type { Program } from './program';
import { layerNames } from './reference';
import { Scalars } from './scalars';
import { inOrder, Rounds } from './rounds';
import { readsOf, schedule, withoutAliases, type Pass, type Schedule } from './schedule';
import { isScalar, showShape, type Shape } from './shape';

/** What a step is given, in this order. */
const given = ['t', 'lr', 'lr0', 'loss'];

const scratchName = (slot: number): string => `scratch ${slot}`;
const missing = (what: string): never => {
  throw new Error(`There is no ${what}.`);
};

export class Execution {
  private readonly lowered: Lowered;
  private readonly schedule: Schedule;
  private readonly scalars: Scalars;
  private readonly layers: number;
  /** Names of the states that are one number a layer. */
  private readonly numberStates: readonly string[];
  private readonly parts: readonly { readonly passes: readonly Pass[]; readonly module: Passes }[];
  /** Does the step do the same in all layers, with the same scalars? */
  private readonly alike: boolean;
  private readonly rateSlot: number;
  /** Does a pass sum the statistics? Only where the rule leaves the weights as they are, none does. */
  readonly sums: boolean;
  private run: (measure: Measure) => void = () => undefined;

  /**
   * Lowers the program and reserves what it needs.
   * @param targets shapes of the buffers that it replaces: weights, states, perhaps rates
   * @param statistics where its last pass sums statistics @param measures what its steps may be asked to measure
   */
  constructor(
    program: Program,
    private readonly targets: ReadonlyMap<string, Shape>,
    private readonly room: Room,
    private readonly model: ResidentModel,
    private readonly calls: ModelCalls,
    private readonly state: Readonly<Record<string, readonly Floats[]>>,
    statistics: StatisticsTable,
    measures: readonly Measure[],
  ) {
    this.lowered = withoutAliases(lower(program));
    this.schedule = schedule(this.lowered, targets);
    this.layers = model.layers.length;
    this.numberStates = program.states.filter(({ shape }) => isScalar(shape)).map(({ name }) => name);
    const { steps, shapes, final } = this.lowered;
    const computed = steps.filter(({ name }) => !shapes.has(name)).map(({ name }) => name);
    const ofLayer = ['rows', 'columns', 'matrix', ...this.numberStates];
    this.scalars = new Scalars([...given, ...ofLayer, ...computed], this.layers);
    const rate = final.get('rate');
    this.rateSlot = rate === undefined || shapes.has(rate) ? -1 : this.scalars.slot(rate);
    const read = new Set([...steps.flatMap(readsOf), ...this.numberStates]);
    this.alike = this.schedule.rounds.length === 0 && !ofLayer.some((name) => read.has(name));

    for (const { shape, slot } of this.schedule.scratch.values())
      if (!room.of(shape).has(scratchName(slot), shape)) room.of(shape).reserve(scratchName(slot), shape);
    const passes = [...this.schedule.rounds.flatMap((round) => round.passes), ...this.schedule.finals];
    this.parts = [room.beside, room.apart].map((buffers) => {
      const its = passes.filter(({ shape }) => room.of(shape) === buffers);
      return { passes: its, module: new Passes(this.lowered, its, buffers, (name) => this.bufferOf(name), statistics, measures) };
    });
    this.sums = this.schedule.finals.some(sumsStatistics);
  }

  private bufferOf(name: string): string {
    const place = this.schedule.scratch.get(name);
    return place === undefined ? name : scratchName(place.slot);
  }

  /** Makes the kernels; the room must be open. @param rates receives each layer's rate where that is one number */
  compile(rates: Float64Array): void {
    const { scalars, lowered, schedule } = this;
    const made = new Map(
      this.parts.flatMap(({ passes, module }) => module.compile(scalars, this.room.sizes).map((pass, i) => [passes[i], pass] as const)),
    );
    const runnable = (pass: Pass): RunnablePass => made.get(pass) ?? missing(`pass of ${showShape(pass.shape)}`);
    this.room.sizes.forEach((size, layer) => {
      scalars.at(layer);
      for (const [name, value] of layerNames(size, this.model.layers[layer].shape)) scalars.set(scalars.slot(name), Number(value));
    });
    const start = schedule.start.map(({ name, value }) => scalars.assign(name, value));
    const finals = schedule.finals.map(runnable);
    if (this.alike) {
      this.run = (measure) => {
        for (const compute of start) compute();
        for (const pass of finals) {
          pass.hand();
          pass.run(0, this.layers, measure);
        }
        if (this.rateSlot >= 0) rates.fill(scalars.get(this.rateSlot));
      };
      return;
    }
    const lasting = [...this.targets.keys(), ...this.numberStates, 'rate'];
    const guards = new Guards(lowered, lasting, schedule.known, scalars, this.layers);
    const ends = this.numberStates.map((name) => ({ values: this.state[name], slot: scalars.slot(lowered.final.get(name) ?? name) }));
    const rounds = new Rounds(this.room, scalars, guards, this.calls, (name, shape) => this.room.views(this.bufferOf(name), shape));
    let asked: Measure = 'nothing';
    const run = inOrder(this.layers, scalars, [
      { each: () => start.forEach((compute) => compute()) },
      ...rounds.actions(schedule.rounds, runnable),
      {
        each: (layer) => {
          for (const pass of finals) {
            pass.hand();
            pass.run(layer, layer + 1, asked);
          }
          for (const { values, slot } of ends) values[layer][0] = scalars.get(slot);
          if (this.rateSlot >= 0) rates[layer] = scalars.get(this.rateSlot);
        },
      },
    ]);
    this.run = (measure) => {
      asked = measure;
      run();
    };
  }

  /** One step of the rule on every layer. */
  step(t: number, lr: number, lr0: number, measure: Measure, batch: Batch): void {
    const { scalars } = this;
    for (let layer = 0; layer < (this.alike ? 1 : this.layers); layer++) {
      scalars.at(layer);
      scalars.set(0, t);
      scalars.set(1, lr);
      scalars.set(2, lr0);
      scalars.set(3, batch.loss);
      for (const name of this.numberStates) scalars.set(scalars.slot(name), this.state[name][layer][0]);
    }
    if (this.alike) scalars.at(0);
    this.run(measure);
  }
}
