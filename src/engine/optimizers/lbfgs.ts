/**
 * L-BFGS (Liu & Nocedal 1989): Newton's step from the last few changes of position and gradient, without ever forming a matrix. One step
 * of the run is up to `maxIterations` iterations on the same mini-batch, each with or without a line search, decided as PyTorch decides.
 */
import type { Batch, EventualModel, Floats, Walker } from '../backends/backend';
import type { Waiting } from '../eventually';
import type { Settings } from '../language';
import { distance, norm } from '../vectors';
import { defineRule, FlatModel, interval, largest, plus, stateOfAll } from './code/definition';
import { dot, trialsAlong, twoLoops } from './code/quasiNewton';
import { strongWolfe } from './code/strongWolfe';

/** Curvature pairs with less than this are not worth remembering. */
const leastCurvature = 1e-10;

export const lbfgs = defineRule({
  name: 'lbfgs',
  title: 'L-BFGS',
  summary:
    'A quasi-Newton rule: the last changes of position and gradient stand for the inverse Hessian, and a line search picks the length of the step. One step makes several iterations on its mini-batch.',
  use: 'For smooth problems with all samples in a batch: few, strong steps, usually the fastest way to a precise minimum of a small problem. Noise of small mini-batches spoils the remembered curvature.',
  relatives: ['lbfgsOptax', 'newton', 'hessianFree'],
  source: 'Liu & Nocedal 1989, doi:10.1007/BF01589116; line search: Nocedal & Wright 2006, algorithms 3.5, 3.6; torch.optim.LBFGS',
  states: ['changes', 'steps', 'direction', 'lastGradient', 'numbers'],
  needs: ['gradient', 'loss'],
  formula: [
    'sᵢ = wᵢ₊₁ − wᵢ,  yᵢ = ∇f(wᵢ₊₁) − ∇f(wᵢ),  the last n pairs with y·s > 0',
    'd = −B·g,  B from γ·I (γ = y·s / y·y) by the BFGS updates of the pairs',
    'η by the strong Wolfe conditions: f(w + η·d) ≤ f(w) + 10⁻⁴·η·g·d,  |∇f(w + η·d)·d| ≤ 0.9·|g·d|',
    'w ← w + η·d',
  ],
  parameters: {
    lr: {
      aliases: ['learning_rate', 'learningRate'],
      default: 1,
      domain: interval(0, Infinity, 'both'),
      symbol: 'η',
      doc: 'length of a step, with a line search the first that is tried',
    },
    maxIterations: { aliases: ['max_iter'], default: 20, domain: interval(1, 1000), symbol: 'k', doc: 'the most iterations in a step' },
    maxEvaluations: {
      aliases: ['max_eval'],
      default: 0,
      domain: interval(0, 2000),
      symbol: 'e',
      doc: 'the most evaluations of loss and gradient in a step; 0 is 5/4 of the iterations',
    },
    historySize: { aliases: ['history_size'], default: 10, domain: interval(1, 100), symbol: 'n', doc: 'how many pairs are remembered' },
    lineSearch: {
      aliases: ['line_search_fn'],
      default: 'strongWolfe',
      domain: { kind: 'choices', values: ['strongWolfe', 'none'] },
      symbol: 'search',
      doc: 'whether the length is searched for or is the learning rate',
    },
    toleranceGradient: {
      aliases: ['tolerance_grad'],
      default: 1e-7,
      domain: interval(0, Infinity, 'to'),
      symbol: 'τ₁',
      doc: 'a step ends where no component of the gradient is larger',
    },
    toleranceChange: {
      aliases: ['tolerance_change'],
      default: 1e-9,
      domain: interval(0, Infinity, 'to'),
      symbol: 'τ₂',
      doc: 'a step ends where neither the loss nor any weight changes by more',
    },
  },
  require: ({ maxIterations, historySize, maxEvaluations }) =>
    [maxIterations, historySize, maxEvaluations].every(Number.isInteger)
      ? null
      : 'maxIterations, maxEvaluations and historySize are whole numbers.',
  walker: (settings, model) => new Lbfgs(settings, model),
});

/** What `numbers` keeps, in order. */
const enum Kept {
  pairs,
  oldest,
  iterations,
  length,
  scale,
  count,
}

class Lbfgs implements Walker {
  readonly state: Record<string, Floats[]>;
  private readonly flat: FlatModel;
  private readonly size: number;
  private readonly history: number;
  /** y of each pair, one after the other, in a ring. */
  private readonly changes: Float64Array;
  /** s of each pair. */
  private readonly steps: Float64Array;
  private readonly direction: Float64Array;
  private readonly lastGradient: Float64Array;
  private readonly numbers = new Float64Array(Kept.count);
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
    this.direction = new Float64Array(this.size);
    this.lastGradient = new Float64Array(this.size);
    const { changes, steps, direction, lastGradient, numbers } = this;
    this.state = stateOfAll(model, { changes, steps, direction, lastGradient, numbers });
  }

  rate(): number {
    return this.shown;
  }

  stabilityLimit(): null {
    return null;
  }

  *walk(_t: number, lr: number, batch: Batch): Waiting<void> {
    const { flat, model } = this;
    const start = flat.read(model.weights);
    const g = flat.read(model.gradients);
    const end = yield* this.iterate(start, g, lr, batch);
    flat.write(end, model.weights);
    flat.write(g, model.gradients);
    const size = norm(g);
    this.shown = size > 0 ? distance(end, start) / size : 0;
  }

  /** @returns where the iterations of this step arrive */
  private *iterate(start: Float64Array, g: Float64Array, lr: number, batch: Batch): Waiting<Float64Array> {
    const { settings, numbers } = this;
    const mostIterations = Number(settings.maxIterations);
    const mostEvaluations = Number(settings.maxEvaluations) || Math.floor((mostIterations * 5) / 4);
    const [toleranceGradient, toleranceChange] = [Number(settings.toleranceGradient), Number(settings.toleranceChange)];
    let point = start;
    let { loss } = batch;
    let gradient = g;
    let evaluations = 1;
    if (largest(gradient) <= toleranceGradient) return point;
    for (let iteration = 1; ; iteration++) {
      numbers[Kept.iterations]++;
      this.turn(gradient);
      const { direction } = this;
      const lossBefore = loss;
      this.lastGradient.set(gradient);
      const total = gradient.reduce((sum, each) => sum + Math.abs(each), 0);
      let length = numbers[Kept.iterations] === 1 ? Math.min(1, 1 / total) * lr : lr;
      numbers[Kept.length] = length;
      const slope = dot(gradient, direction);
      if (!(slope <= -toleranceChange)) return point;
      if (settings.lineSearch === 'strongWolfe') {
        const from = point;
        const found = yield* strongWolfe({
          at: trialsAlong(this.flat, from, direction, batch),
          start: { length: 0, loss, slope, gradient },
          first: length,
          reach: largest(direction),
          toleranceChange,
          mostEvaluations: mostEvaluations - evaluations,
        });
        ({ length, loss, gradient } = found.best);
        evaluations += found.evaluations;
        point = plus(point, length, direction);
      } else {
        point = plus(point, length, direction);
        // Another mini-batch follows the last iteration: nothing to evaluate on this one.
        if (iteration === mostIterations) return point;
        ({ loss, gradient } = yield* this.flat.at(point, batch));
        evaluations++;
      }
      numbers[Kept.length] = length;
      const idle = Math.abs(length) * largest(direction) <= toleranceChange || Math.abs(loss - lossBefore) < toleranceChange;
      if (iteration === mostIterations || evaluations >= mostEvaluations || idle || largest(gradient) <= toleranceGradient) return point;
    }
  }

  /** Remembers the last pair and makes the next direction. */
  private turn(gradient: Float64Array): void {
    const { numbers, direction, size, history } = this;
    if (numbers[Kept.iterations] === 1) {
      direction.set(gradient.map((each) => -each));
      numbers[Kept.scale] = 1;
      return;
    }
    const y = plus(gradient, -1, this.lastGradient);
    const s = direction.map((each) => each * numbers[Kept.length]);
    const curvature = dot(y, s);
    if (curvature > leastCurvature) {
      const full = numbers[Kept.pairs] === history;
      const slot = full ? numbers[Kept.oldest] : numbers[Kept.pairs];
      this.changes.set(y, slot * size);
      this.steps.set(s, slot * size);
      if (full) numbers[Kept.oldest] = (slot + 1) % history;
      else numbers[Kept.pairs]++;
      numbers[Kept.scale] = curvature / dot(y, y);
    }
    direction.set(this.descent(gradient));
  }

  /** −B·gradient. */
  private descent(gradient: Float64Array): Float64Array {
    const { numbers, size, history } = this;
    const pairs = Array.from({ length: numbers[Kept.pairs] }, (_, i) => {
      const at = ((numbers[Kept.oldest] + i) % history) * size;
      const [y, s] = [this.changes.subarray(at, at + size), this.steps.subarray(at, at + size)];
      return { y, s, weight: 1 / dot(y, s) };
    });
    return twoLoops(
      gradient.map((each) => -each),
      pairs,
      numbers[Kept.scale],
    );
  }
}
