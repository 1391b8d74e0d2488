/**
 * SFO, the sum of functions optimizer (Sohl-Dickstein, Poole & Ganguli 2014): quasi-Newton on mini-batches. Each mini-batch of the first
 * pass stays a function of its own with a quadratic model, and a step goes to the least point of the sum of all models; then the one
 * whose model is the most out of date is measured again. So it takes single mini-batches, as SGD does, and curvature, as L-BFGS does.
 */
import type { Batch, EventualModel, Floats, Walker } from '../backends/backend';
import type { Waiting } from '../eventually';
import type { Settings } from '../language';
import { distance, dot, norm } from '../vectors';
import { defineRule, FlatModel, interval, plus, stateOfAll } from './code/definition';
import { MOST_SUBFUNCTIONS, Subfunctions } from './code/subfunctions';

/** Models of so many weights fit into memory with their history. */
const MOST_PARAMETERS = 20_000;
/** Where a loss came out higher than its model said, by more than half of the model's curvature, steps are damped by this factor more. */
const MORE_DAMPING = 2;
const LESS_DAMPING = 0.5;
const LEAST_DAMPING = 1e-3;
/** The first measurement of curvature is made this far along the gradient, as a share of the size of the weights. */
const PROBE = 1e-3;

export const sfo = defineRule({
  name: 'sfo',
  title: 'SFO',
  summary:
    'Keeps a quadratic model of the loss of every mini-batch and steps to the least point of their sum; curvature comes from the changes of each mini-batch’s gradient between visits. The mini-batches of the first pass stay as they are and are visited in an order of its own.',
  use: 'For problems of up to 20,000 weights and some ten to thirty mini-batches (choose the batch size so): as few passes as L-BFGS needs steps, and no learning rate to tune.',
  relatives: ['lbfgs', 'hessianFree'],
  source: 'Sohl-Dickstein, Poole & Ganguli 2014, arXiv:1311.2115',
  states: [
    'basis',
    'positions',
    'gradients',
    'hessians',
    'history',
    'curvatures',
    'pairs',
    'counts',
    'owners',
    'center',
    'losses',
    'numbers',
  ],
  needs: ['gradient'],
  formula: [
    'gᵢ(w) = fᵢ(wᵢ) + (w − wᵢ)·∇fᵢ(wᵢ) + ½·(w − wᵢ)·Hᵢ·(w − wᵢ),  Hᵢ by BFGS from the history of mini-batch i',
    'w ← w + η·(argmin Σᵢ gᵢ − w)',
    'i = the mini-batch whose wᵢ is furthest from w;  measure fᵢ and ∇fᵢ at w',
  ],
  parameters: {
    lr: {
      aliases: ['learning_rate', 'learningRate'],
      default: 1,
      domain: interval(0, 1, 'from'),
      symbol: 'η',
      doc: 'share of the way to the least point of the model that a step goes',
    },
    history: {
      aliases: ['max_history', 'maxHistory'],
      default: 10,
      domain: interval(1, 20),
      symbol: 'n',
      doc: 'how many changes of its gradient each mini-batch remembers',
    },
    longestStep: {
      aliases: ['max_step_length_ratio'],
      default: 10,
      domain: interval(1, Infinity, 'to'),
      symbol: 'r',
      doc: 'the longest step, as a multiple of the mean length of the steps before',
    },
  },
  require: ({ history }) => (Number.isInteger(history) ? null : 'history is a whole number.'),
  walker(settings, model) {
    if (model.parameters > MOST_PARAMETERS)
      throw new RangeError(
        `SFO keeps a model of every mini-batch: at most ${MOST_PARAMETERS.toLocaleString('en')} weights fit, and this network has ${model.parameters.toLocaleString('en')}. Take a smaller network, or L-BFGS.`,
      );
    return new Sfo(settings, model);
  },
});

class Sfo implements Walker {
  readonly state: Record<string, Floats[]>;
  private readonly flat: FlatModel;
  private readonly models: Subfunctions;
  /** Of each sample the mini-batch that it came in, from 1; 0 before it came. */
  private readonly owners: Float64Array;
  /** The first weights: positions are counted from there, so that the subspace need not hold them. */
  private readonly center: Float64Array;
  /** Of each mini-batch its loss when it was measured last. */
  private readonly losses = new Float64Array(MOST_SUBFUNCTIONS);
  /** Steps taken, the sum of their lengths, whether the first pass is over, the damping. */
  private readonly numbers = new Float64Array(4);
  private shown = 0;

  constructor(
    private readonly settings: Settings,
    private readonly model: EventualModel,
  ) {
    this.flat = new FlatModel(model);
    this.models = new Subfunctions(this.flat.size, Number(settings.history));
    this.owners = new Float64Array(model.samples);
    this.center = this.flat.read(model.weights);
    const { basis, positions, gradients, hessians, history, curvatures, pairs, counts } = this.models;
    const { owners, center, losses, numbers } = this;
    const models = { basis, positions, gradients, hessians, history, curvatures, pairs, counts };
    this.state = stateOfAll(model, { ...models, owners, center, losses, numbers });
  }

  rate(): number {
    return this.shown;
  }

  stabilityLimit(): null {
    return null;
  }

  *walk(_t: number, lr: number, batch: Batch): Waiting<void> {
    const { flat, model, models } = this;
    const start = flat.read(model.weights);
    const received = flat.read(model.gradients);
    const measured = yield* this.measured(start, received, batch);
    let here = models.coordinates(plus(start, -1, this.center));
    let gradient = models.coordinates(measured.gradient);
    if (models.full) {
      const kept = [here, gradient];
      models.clear(kept);
      [here, gradient] = kept;
    }
    this.judge(measured.subfunction, here, measured.loss);
    models.measure(measured.subfunction, here, gradient);
    if (models.curvatures[measured.subfunction] === 0)
      yield* this.firstCurvature(measured.subfunction, start, measured.gradient, measured.rows);
    const { step } = models.descend(here, this.numbers[3]);
    const bounded = this.bounded(step, lr);
    const end = plus(start, 1, models.vector(bounded));
    flat.write(end, model.weights);
    flat.write(received, model.gradients);
    const size = norm(received);
    this.shown = size > 0 ? distance(end, start) / size : 0;
  }

  /** Which mini-batch is measured in this step, and its gradient: in the first pass the run's own, afterwards the one furthest out of date. */
  private *measured(
    start: Float64Array,
    received: Float64Array,
    { rows, loss }: Batch,
  ): Waiting<{ readonly subfunction: number; readonly loss: number; readonly gradient: Float64Array; readonly rows: Uint32Array }> {
    const { models, owners, numbers } = this;
    if (rows.every((row) => owners[row] === 0) && numbers[2] === 0) {
      if (models.count === MOST_SUBFUNCTIONS)
        throw new RangeError(
          `SFO keeps a model of every mini-batch, at most ${MOST_SUBFUNCTIONS}, and an epoch has more. Take a larger batchSize: ten to thirty mini-batches an epoch suit it.`,
        );
      const subfunction = models.add();
      for (const row of rows) owners[row] = subfunction + 1;
      return { subfunction, loss, gradient: received, rows };
    }
    numbers[2] = 1;
    const here = models.coordinates(plus(start, -1, this.center));
    const subfunction = models.furthest(here, models.descend(here, 0).hessian);
    const own = Uint32Array.from([...owners.keys()].filter((row) => owners[row] === subfunction + 1));
    return { subfunction, ...(yield* this.flat.at(start, { rows: own, loss: NaN })), rows: own };
  }

  /** The curvature of a mini-batch met for the first time: that of the others, or, of the first of all, measured a little way down its gradient. */
  private *firstCurvature(subfunction: number, start: Float64Array, gradient: Float64Array, rows: Uint32Array): Waiting<void> {
    const { models } = this;
    if (models.count > 1) return models.assume(subfunction, 1);
    const size = norm(gradient);
    if (!(size > 0)) return models.assume(subfunction, 1);
    const way = (PROBE * Math.max(1, norm(start))) / size;
    const there = (yield* this.flat.at(plus(start, -way, gradient), { rows, loss: NaN })).gradient;
    const change = plus(there, -1, gradient);
    const curvature = -dot(change, gradient) / (way * size * size);
    models.assume(subfunction, curvature > 0 ? curvature : norm(change) / (way * size) || 1);
  }

  /** Holds the loss of a mini-batch against what its model said, and damps the steps accordingly. */
  private judge(subfunction: number, here: Float64Array, loss: number): void {
    const { models, losses, numbers } = this;
    if (models.curvatures[subfunction] > 0) {
      const { change, curvature } = models.predicted(subfunction, here);
      // What float32 cannot tell apart is no fault of the model.
      const worse = !(loss - losses[subfunction] - change <= 0.5 * curvature + 1e-6 * Math.abs(loss));
      numbers[3] = worse ? Math.max(numbers[3] * MORE_DAMPING, LEAST_DAMPING) : numbers[3] * LESS_DAMPING;
      if (numbers[3] < LEAST_DAMPING) numbers[3] = 0;
    }
    losses[subfunction] = loss;
  }

  /** The step no longer than its forerunners allow. */
  private bounded(step: Float64Array, lr: number): Float64Array {
    const { numbers } = this;
    const full = lr * norm(step);
    const most = numbers[0] > 0 ? (Number(this.settings.longestStep) * numbers[1]) / numbers[0] : Infinity;
    const scale = full > most ? (lr * most) / full : lr;
    numbers[0]++;
    numbers[1] += Math.min(full, most);
    return step.map((each) => each * scale);
  }
}
