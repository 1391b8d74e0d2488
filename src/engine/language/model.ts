/**
 * What a rule may ask of the model in the middle of a step: the gradient or the loss at other weights, products with the Hessian and
 * the Gauss-Newton matrix, their inverses applied to a vector, moments of the layers' signals, random draws. The same for every
 * backend: it reads and writes the model's own arrays, and puts weights and gradients back as they were. A model on a GPU answers later,
 * so all of it can be waited for; whoever has a model that answers at once says `atOnce`.
 */
import type { Batch, EventualModel, EventualOperator, Floats, Moments } from '../backends/backend';
import type { CurvatureMatrix } from '../backends/webgpu/definition';
import { gaussNewtonSolve, hessianFunction } from '../curvature/solve';
import { wait, type Eventually, type Waiting } from '../eventually';
import { Random } from '../random';

/** One array a layer. */
type Layers = readonly Floats[];

/** Longest that a step's draws for one layer may be, in words of the random stream: they never run into the next step's. */
const drawSpan = 2 ** 31;

export class ModelCalls {
  private step = 0;
  private batch: Batch = { rows: new Uint32Array(0), loss: NaN };
  private readonly operators = new Map<CurvatureMatrix, EventualOperator>();
  private known: readonly Moments[] | null = null;
  private keptWeights: Floats[] = [];
  private keptGradients: Floats[] = [];
  private vector = new Float64Array(0);
  private result = new Float64Array(0);

  constructor(
    private readonly model: EventualModel,
    private readonly seed: number,
  ) {}

  /** A step begins: what was computed for the one before is forgotten. @param t from 1 */
  begin(t: number, batch: Batch): void {
    this.step = t;
    this.batch = batch;
    this.operators.clear();
    this.known = null;
  }

  /** The gradient at the weights `points`, into `out`. */
  *gradient(points: Layers, out: Layers): Waiting<void> {
    yield* this.at(points, () => this.model.gradient(this.batch.rows), out);
  }

  /** The loss at the weights `points`. */
  *loss(points: Layers): Waiting<number> {
    return yield* this.at(points, () => this.model.loss(this.batch.rows));
  }

  /** What is computed at the weights `points`, and the gradient that it leaves, where that is wanted. */
  private *at(points: Layers, compute: () => Eventually<number>, gradient: Layers = []): Waiting<number> {
    const { weights, gradients } = this.model;
    this.keptWeights = kept(this.keptWeights, weights);
    this.keptGradients = kept(this.keptGradients, gradients);
    copy(weights, this.keptWeights);
    copy(gradients, this.keptGradients);
    copy(points, weights);
    try {
      const loss = yield* wait(compute());
      gradient.forEach((out, layer) => out.set(gradients[layer]));
      return loss;
    } finally {
      copy(this.keptWeights, weights);
      copy(this.keptGradients, gradients);
    }
  }

  /** The matrix, at the weights that the step begins with, times `v`. */
  *product(kind: CurvatureMatrix, v: Layers, out: Layers): Waiting<void> {
    yield* this.flat(v, out, (vector, result) => wait(this.operator(kind).apply(vector, result)));
  }

  /** (H + damping·I)⁻¹v, with the absolute values of H's eigenvalues where `absolute`; where that is flat, v's part stays out, as in a pseudo-inverse. */
  *hessianSolve(v: Layers, damping: number, absolute: boolean, out: Layers): Waiting<void> {
    const inverse = (value: number): number => {
      const damped = (absolute ? Math.abs(value) : value) + damping;
      return damped === 0 ? 0 : 1 / damped;
    };
    yield* this.flat(v, out, (vector, result) => hessianFunction(this.operator('hessian'), vector, inverse, result));
  }

  /** (G + damping·I)⁻¹v. */
  *gaussNewtonSolve(v: Layers, damping: number, out: Layers): Waiting<void> {
    yield* this.flat(v, out, (vector, result) => gaussNewtonSolve(this.operator('gaussNewton'), vector, damping, result));
  }

  /** The moments of every layer over the mini-batch. @throws Error for a model without layers of units */
  *moments(): Waiting<readonly Moments[]> {
    if (this.known !== null) return this.known;
    if (this.model.moments === null)
      throw new Error(
        'This rule needs a network of dense layers: it takes moments of what goes into them and of the errors that come back.',
      );
    return (this.known = yield* wait(this.model.moments(this.batch.rows, this.random('moments', 0))));
  }

  /** Fills `out` with fresh draws for a layer. @param site which of the rule's calls it is for */
  draw(distribution: 'normal' | 'rademacher', site: number, layer: number, out: Floats): void {
    const random = this.random(`rule.${site}`, layer);
    if (distribution === 'normal') for (let i = 0; i < out.length; i++) out[i] = random.normal();
    else for (let i = 0; i < out.length; i++) out[i] = random.uint32() & 1 ? 1 : -1;
  }

  /** A stream of its own for each layer and purpose, at this step's place. */
  private random(purpose: string, layer: number): Random {
    const random = new Random(this.seed, `${purpose}.${layer}`);
    random.counter = (this.step * drawSpan) % Number.MAX_SAFE_INTEGER;
    return random;
  }

  private operator(kind: CurvatureMatrix): EventualOperator {
    const made = this.operators.get(kind) ?? this.model[kind](this.batch.rows);
    this.operators.set(kind, made);
    return made;
  }

  /** Runs `compute` on one vector of all parameters, layer after layer. */
  private *flat(v: Layers, out: Layers, compute: (vector: Float64Array, result: Float64Array) => Waiting<void>): Waiting<void> {
    const size = this.model.parameters;
    if (this.vector.length !== size) {
      this.vector = new Float64Array(size);
      this.result = new Float64Array(size);
    }
    let offset = 0;
    for (const part of v) {
      this.vector.set(part, offset);
      offset += part.length;
    }
    yield* compute(this.vector, this.result);
    offset = 0;
    for (const part of out) {
      part.set(this.result.subarray(offset, offset + part.length));
      offset += part.length;
    }
  }
}

const copy = (from: Layers, to: Layers): void => from.forEach((values, layer) => to[layer].set(values));
const kept = (before: Floats[], like: Layers): Floats[] => (before.length === like.length ? before : like.map((values) => values.slice()));
