/**
 * A network in float64: the arithmetic as a textbook writes it, in the order it writes it. Slow on purpose; what the fast
 * backends must agree with, and what a person steps through.
 */
import { sizeOf } from '../../network/builder';
import { streamOf } from '../../network/draws';
import { startingWeights } from '../../network/initial';
import type { NetworkPlan } from '../../network/plan';
import { Samples } from '../../network/samples';
import { hasMoments, structure, type Structure } from '../../network/structure';
import type { Dataset } from '../../problems/dataset';
import type { Random } from '../../random';
import type { Evaluation, HessianOperator, Layer, Model, Moments } from '../backend';
import { type CurvatureMatrix, ReferenceHessian } from './hessian';
import type { Mode } from './operations/definition';
import { addWeightGradient } from './operations/matrices';
import { carry, carryBack, lastOf, outputsOf, type Pass, valuesLike } from './pass';

/** The most samples evaluated at once; more are taken in turn. */
const chunk = 256;

export class ReferenceNetwork implements Model {
  readonly layers: readonly Layer[];
  readonly parameters: number;
  readonly samples: number;
  readonly weights: readonly Float64Array[];
  readonly gradients: readonly Float64Array[];
  readonly buffers: readonly Float64Array[];
  readonly moments: Model['moments'];
  private readonly network: Structure;
  private readonly data: Samples;
  private readonly seed: number;
  private step = 0;
  /** Whether this step's gradient has yet to move the running statistics. */
  private moving = false;

  constructor(plan: NetworkPlan, data: Dataset) {
    this.network = structure(plan);
    this.data = new Samples(data, this.network);
    this.seed = plan.seed;
    this.layers = this.network.layers;
    this.parameters = this.network.parameters;
    this.samples = data.samples;
    this.weights = startingWeights(plan).flatMap(({ weight, bias }) => [weight, bias]);
    this.gradients = this.weights.map((weight) => new Float64Array(weight.length));
    this.buffers = this.network.buffers.map(({ length, start }) => new Float64Array(length).fill(start));
    this.moments = hasMoments(this.network) ? (rows, random) => this.secondMoments(rows, random) : null;
  }

  begin(step: number): void {
    this.step = step;
    this.moving = true;
  }

  gradient(rows: Uint32Array): number {
    const { network, weights, gradients } = this;
    const pass = this.pass(weights, rows, 0, rows.length, this.training(this.moving));
    this.moving = false;
    for (const gradient of gradients) gradient.fill(0);
    const d = valuesLike(pass);
    const sum = network.loss.gradient(outputsOf(pass, network.outputs), pass.wanted, 1 / rows.length, lastOf(d));
    carryBack(network, weights, pass, d, gradients);
    return sum / rows.length;
  }

  loss(rows: Uint32Array): number {
    const pass = this.pass(this.weights, rows, 0, rows.length, this.training(false));
    return this.network.loss.value(outputsOf(pass, this.network.outputs), pass.wanted) / rows.length;
  }

  evaluate(rows: Uint32Array): Evaluation {
    const mode: Mode = { draws: null, statistics: 'running', buffers: this.buffers, move: false };
    let loss = 0;
    let right = 0;
    for (let from = 0; from < rows.length; from += chunk) {
      const pass = this.pass(this.weights, rows, from, Math.min(chunk, rows.length - from), mode);
      const outputs = outputsOf(pass, this.network.outputs);
      loss += this.network.loss.value(outputs, pass.wanted);
      right += this.data.right(rows, from, outputs);
    }
    return { loss: loss / rows.length, accuracy: this.data.classifies ? right / rows.length : null };
  }

  hessian(rows: Uint32Array): HessianOperator {
    return this.curvature(rows, 'hessian');
  }

  gaussNewton(rows: Uint32Array): HessianOperator {
    return this.curvature(rows, 'gaussNewton');
  }

  private secondMoments(rows: Uint32Array, random: Random): readonly Moments[] {
    const { network, weights, layers } = this;
    const pass = this.pass(weights, rows, 0, rows.length, this.still());
    const d = valuesLike(pass);
    network.loss.drawn(outputsOf(pass, network.outputs), random, lastOf(d));
    carryBack(
      network,
      weights,
      pass,
      d,
      layers.map(({ parameters }) => new Float64Array(parameters)),
    );
    return network.operations.flatMap((operation, i) => {
      if (operation.kind !== 'dense') return [];
      const error = secondMoment(d[i + 1] ?? new Float64Array(0), operation.outputs);
      return [
        { input: secondMoment(pass.values[operation.from[0]], operation.inputs), error },
        { input: Float64Array.of(1), error },
      ];
    });
  }

  private curvature(rows: Uint32Array, matrix: CurvatureMatrix): HessianOperator {
    const frozen = this.weights.map((weight) => weight.slice());
    return new ReferenceHessian(this.network, frozen, this.pass(frozen, rows, 0, rows.length, this.still()), matrix);
  }

  /** As in training at this step. */
  private training(move: boolean): Mode {
    return { draws: (operation) => streamOf(operation, this.seed, this.step), statistics: 'batch', buffers: this.buffers, move };
  }

  /** Nothing drawn, and the samples' own statistics. */
  private still(): Mode {
    return { draws: null, statistics: 'batch', buffers: this.buffers, move: false };
  }

  private pass(weights: readonly Float64Array[], rows: Uint32Array, from: number, count: number, mode: Mode): Pass {
    const inputs = sizeOf(this.network.inputs);
    const x = new Float64Array(count * inputs);
    const wanted = new Float64Array(count * this.data.wantedColumns);
    this.data.gather(rows, from, count, x, inputs, wanted);
    return carry(this.network, weights, x, wanted, count, mode);
  }
}

/** xᵀ·x over the number of rows of x[n, columns]. */
function secondMoment(x: Float64Array, columns: number): Float64Array {
  const moment = new Float64Array(columns * columns);
  addWeightGradient(x, x, moment, x.length / columns, columns);
  return moment.map((sum) => (sum * columns) / x.length);
}
