/**
 * A dense network in float64: the arithmetic as a textbook writes it, in the order it writes it. Slow on purpose; what the fast
 * backends must agree with, and what a person steps through.
 */
import type { Dataset } from '../../problems/dataset';
import { startingWeights } from '../../network/initial';
import type { NetworkPlan } from '../../network/plan';
import { Samples } from '../../network/samples';
import { structure, type Structure } from '../../network/structure';
import type { Random } from '../../random';
import type { Evaluation, HessianOperator, Layer, Model, Moments } from '../backend';
import { addBiasGradient, addWeightGradient } from './arithmetic';
import { type CurvatureMatrix, ReferenceHessian } from './hessian';
import { carry, carryBack, carryErrors, outputsOf, type Pass } from './pass';

/** The most samples evaluated at once; more are taken in turn. */
const chunk = 256;

export class ReferenceNetwork implements Model {
  readonly layers: readonly Layer[];
  readonly parameters: number;
  readonly samples: number;
  readonly weights: readonly Float64Array[];
  readonly gradients: readonly Float64Array[];
  private readonly network: Structure;
  private readonly data: Samples;

  constructor(plan: NetworkPlan, data: Dataset) {
    this.network = structure(plan);
    this.data = new Samples(data, this.network);
    this.layers = this.network.layers;
    this.parameters = this.network.parameters;
    this.samples = data.samples;
    this.weights = startingWeights(plan).flatMap(({ weight, bias }) => [weight, bias]);
    this.gradients = this.weights.map((weight) => new Float64Array(weight.length));
  }

  gradient(rows: Uint32Array): number {
    const { dense, loss } = this.network;
    const pass = this.pass(this.weights, rows, 0, rows.length);
    for (const gradient of this.gradients) gradient.fill(0);
    const sum = carryBack(dense, loss, this.weights, pass, rows.length, (l, _e, delta) => {
      addWeightGradient(delta, pass.a[l], this.gradients[2 * l], pass.count, dense[l].inputs);
      addBiasGradient(delta, this.gradients[2 * l + 1], pass.count);
    });
    return sum / rows.length;
  }

  evaluate(rows: Uint32Array): Evaluation {
    let loss = 0;
    let right = 0;
    for (let from = 0; from < rows.length; from += chunk) {
      const pass = this.pass(this.weights, rows, from, Math.min(chunk, rows.length - from));
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

  moments(rows: Uint32Array, random: Random): readonly Moments[] {
    const { dense, loss, outputs } = this.network;
    const pass = this.pass(this.weights, rows, 0, rows.length);
    const e = new Float64Array(rows.length * outputs);
    loss.drawn(outputsOf(pass, outputs), random, e);
    const moments: Moments[] = [];
    carryErrors(dense, this.weights, pass, e, (l, _e, delta) => {
      const error = secondMoment(delta, dense[l].outputs);
      moments[2 * l] = { input: secondMoment(pass.a[l], dense[l].inputs), error };
      moments[2 * l + 1] = { input: Float64Array.of(1), error };
    });
    return moments;
  }

  private curvature(rows: Uint32Array, matrix: CurvatureMatrix): HessianOperator {
    const frozen = this.weights.map((weight) => weight.slice());
    return new ReferenceHessian(this.network, frozen, this.pass(frozen, rows, 0, rows.length), matrix);
  }

  private pass(weights: readonly Float64Array[], rows: Uint32Array, from: number, count: number): Pass {
    const { dense } = this.network;
    const x = new Float64Array(count * dense[0].inputs);
    const wanted = new Float64Array(count * this.data.wantedColumns);
    this.data.gather(rows, from, count, x, dense[0].inputs, wanted);
    return carry(dense, weights, x, wanted, count);
  }
}

/** xᵀ·x over the number of rows of x[n, columns]. */
function secondMoment(x: Float64Array, columns: number): Float64Array {
  const moment = new Float64Array(columns * columns);
  addWeightGradient(x, x, moment, x.length / columns, columns);
  return moment.map((sum) => (sum * columns) / x.length);
}
