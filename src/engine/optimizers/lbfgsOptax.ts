/**
 * L-BFGS (Liu & Nocedal 1989) as Optax computes it: one direction and one line search a step, and every pair remembered, whatever its
 * curvature. PyTorch's, with several iterations a step, is `lbfgs`.
 */
import type { Batch, EventualModel, Floats, Walker } from '../backends/backend';
import type { Waiting } from '../eventually';
import type { Settings } from '../language';
import { norm } from '../vectors';
import { defineRule, FlatModel, interval, plus, stateOfAll } from './code/definition';
import { dot, trialsAlong, twoLoops } from './code/quasiNewton';
import { zoomSearch } from './code/zoomSearch';

export const lbfgsOptax = defineRule({
  name: 'lbfgsOptax',
  title: 'L-BFGS (Optax)',
  summary:
    'A quasi-Newton rule: the last changes of position and gradient stand for the inverse Hessian, and a line search picks the length of the step, one step for each gradient.',
  use: 'For smooth problems with all samples in a batch, as in JAX. The line search asks for further losses of the same samples; noise of small mini-batches spoils the remembered curvature.',
  relatives: ['lbfgs', 'newton', 'hessianFree'],
  source:
    'Liu & Nocedal 1989, doi:10.1007/BF01589116; line search: Nocedal & Wright 2006, algorithms 3.5, 3.6, and Hager & Zhang 2006, doi:10.1145/1132973.1132979; optax.lbfgs',
  states: ['changes', 'steps', 'weights', 'lastPoint', 'lastGradient', 'count'],
  needs: ['gradient', 'loss'],
  formula: [
    'sᵢ = wᵢ₊₁ − wᵢ,  yᵢ = ∇f(wᵢ₊₁) − ∇f(wᵢ),  the last n pairs, counted for 1/y·s (0 where y·s = 0)',
    'd = −η·B·g,  B from γ·I (γ = y·s / y·y) by the BFGS updates of the pairs',
    'α by the strong Wolfe conditions: f(w + α·d) ≤ f(w) + 10⁻⁴·α·g·d,  |∇f(w + α·d)·d| ≤ 0.9·|g·d|',
    'w ← w + α·d',
  ],
  parameters: {
    lr: {
      aliases: ['learning_rate', 'learningRate'],
      default: 1,
      domain: interval(0, Infinity, 'both'),
      symbol: 'η',
      doc: 'length of a step; with a line search, of the first that is tried',
    },
    historySize: { aliases: ['memory_size'], default: 10, domain: interval(1, 100), symbol: 'n', doc: 'how many pairs are remembered' },
    scaleStart: {
      aliases: ['scale_init_precond'],
      default: true,
      domain: { kind: 'truth' },
      symbol: 'scaled',
      doc: 'begin B from γ·I, at the first step from the smaller of 1 and 1/‖g‖; otherwise from I',
    },
    lineSearch: {
      aliases: ['linesearch'],
      default: 'zoom',
      domain: { kind: 'choices', values: ['zoom', 'none'] },
      symbol: 'search',
      doc: 'whether the length is searched for or is the learning rate',
    },
    mostTrials: {
      aliases: ['max_linesearch_steps'],
      default: 20,
      domain: interval(1, 1000),
      symbol: 'k',
      doc: 'the most lengths that a line search tries',
    },
  },
  require: ({ historySize, mostTrials }) =>
    [historySize, mostTrials].every(Number.isInteger) ? null : 'historySize and mostTrials are whole numbers.',
  walker: (settings, model) => new LbfgsOptax(settings, model),
});

class LbfgsOptax implements Walker {
  readonly state: Record<string, Floats[]>;
  private readonly flat: FlatModel;
  private readonly size: number;
  private readonly history: number;
  /** y of each pair, one after the other, in a ring. */
  private readonly changes: Float64Array;
  /** s of each pair. */
  private readonly steps: Float64Array;
  /** 1/y·s of each pair. */
  private readonly weights: Float64Array;
  private readonly lastPoint: Float64Array;
  private readonly lastGradient: Float64Array;
  /** One number: the steps made. */
  private readonly count = new Float64Array(1);
  private shown = 0;

  constructor(
    private readonly settings: Settings,
    private readonly model: EventualModel,
  ) {
    this.flat = new FlatModel(model);
    this.size = this.flat.size;
    this.history = Number(settings.historySize);
    this.changes = new Float64Array(this.history * this.size);
    this.steps = new Float64Array(this.history * this.size);
    this.weights = new Float64Array(this.history);
    this.lastPoint = new Float64Array(this.size);
    this.lastGradient = new Float64Array(this.size);
    const { changes, steps, weights, lastPoint, lastGradient, count } = this;
    this.state = stateOfAll(model, { changes, steps, weights, lastPoint, lastGradient, count });
  }

  rate(): number {
    return this.shown;
  }

  stabilityLimit(): null {
    return null;
  }

  *walk(_t: number, lr: number, batch: Batch): Waiting<void> {
    const { flat, model, settings } = this;
    const point = flat.read(model.weights);
    const gradient = flat.read(model.gradients);
    const direction = this.preconditioned(gradient, this.remember(point, gradient)).map((each) => -lr * each);
    let length = 1;
    if (settings.lineSearch === 'zoom') {
      const at = trialsAlong(flat, point, direction, batch);
      const start = { length: 0, loss: batch.loss, gradient, slope: dot(gradient, direction) };
      ({ length } = yield* zoomSearch({ at, start, mostTrials: Number(settings.mostTrials) }));
      flat.write(gradient, model.gradients);
    }
    flat.write(plus(point, length, direction), model.weights);
    const size = norm(gradient);
    this.shown = size > 0 ? (Math.abs(length) * norm(direction)) / size : 0;
  }

  /** Keeps what has changed since the last step. @returns γ, what B begins from */
  private remember(point: Float64Array, gradient: Float64Array): number {
    const { count, size, history, lastPoint, lastGradient } = this;
    const { scaleStart } = this.settings;
    let scale = scaleStart ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    if (count[0] > 0) {
      const s = plus(point, -1, lastPoint);
      const y = plus(gradient, -1, lastGradient);
      const curvature = dot(y, s);
      const square = dot(y, y);
      if (scaleStart) scale = square > 0 ? curvature / square : 1;
      const slot = (count[0] - 1) % history;
      this.steps.set(s, slot * size);
      this.changes.set(y, slot * size);
      this.weights[slot] = curvature === 0 ? 0 : 1 / curvature;
    }
    lastPoint.set(point);
    lastGradient.set(gradient);
    count[0]++;
    return scale;
  }

  /** B·gradient. */
  private preconditioned(gradient: Float64Array, scale: number): Float64Array {
    const { size, history } = this;
    const made = this.count[0] - 1;
    const oldest = made > history ? made % history : 0;
    const pairs = Array.from({ length: Math.min(made, history) }, (_, i) => {
      const slot = (oldest + i) % history;
      const part = (of: Float64Array): Float64Array => of.subarray(slot * size, (slot + 1) * size);
      return { s: part(this.steps), y: part(this.changes), weight: this.weights[slot] };
    });
    return twoLoops(gradient, pairs, scale);
  }
}
