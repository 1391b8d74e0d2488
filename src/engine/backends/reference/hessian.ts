/**
 * Exact Hessian-vector products by the R-operator (Pearlmutter 1994, "Fast exact multiplication by the Hessian", Neural Computation
 * 6:147). R{f} is the derivative of f as the weights move along v; applied to each line of backpropagation it gives, with V and c the
 * parts of v that belong to a layer's W and b,
 *
 *   Rz = Ra₋₁·Wᵀ + a₋₁·Vᵀ + c          Re₋₁ = Rδ·W + δ·V
 *   Ra = f′(z)∘Rz                       Rδ = f′(z)∘Re + f″(z)∘e∘Rz
 *   (H·v) for W = Rδᵀ·a₋₁ + δᵀ·Ra₋₁     (H·v) for b = Σ Rδ
 *
 * Without the terms that hold e or δ it is the generalised Gauss–Newton matrix JᵀH_L·J, in which the network counts as linear in its
 * weights (Schraudolph 2002, "Fast curvature matrix-vector products for second-order gradient descent", Neural Computation 14:1723).
 */
import type { Structure } from '../../network/structure';
import type { HessianOperator } from '../backend';
import { addBiasGradient, addInputGradient, addWeightGradient, forward } from './arithmetic';
import { carryBack, outputsOf, type Pass } from './pass';

/** The Hessian itself, or the Gauss–Newton matrix. */
export type CurvatureMatrix = 'hessian' | 'gaussNewton';

export class ReferenceHessian implements HessianOperator {
  readonly size: number;
  /** By layer: δ, f′(z), and f″(z)∘e where f″ is not zero and counts. */
  private readonly delta: Float64Array[] = [];
  private readonly slope: Float64Array[] = [];
  private readonly bend: (Float64Array | null)[] = [];

  /**
   * @param weights weight, bias, layer after layer, that nobody changes any more @param pass the samples, carried through these weights
   * @param matrix which of the two
   */
  constructor(
    private readonly network: Structure,
    private readonly weights: readonly Float64Array[],
    private readonly pass: Pass,
    private readonly matrix: CurvatureMatrix,
  ) {
    const { dense, loss } = network;
    this.size = network.parameters;
    carryBack(dense, loss, weights, pass, pass.count, (l, e, delta) => {
      const f = dense[l].function;
      const a = pass.a[l + 1];
      this.delta[l] = delta;
      this.slope[l] = pass.z[l].map((z, k) => f.slope(z, a[k]));
      this.bend[l] = f.piecewiseLinear || matrix === 'gaussNewton' ? null : pass.z[l].map((z, k) => f.second(z, a[k]) * e[k]);
    });
  }

  gradient(out: Float64Array): void {
    const { dense } = this.network;
    const parts = this.split(out.fill(0));
    dense.forEach(({ inputs }, l) => {
      addWeightGradient(this.delta[l], this.pass.a[l], parts[2 * l], this.pass.count, inputs);
      addBiasGradient(this.delta[l], parts[2 * l + 1], this.pass.count);
    });
  }

  apply(v: Float64Array, out: Float64Array): void {
    const { dense, loss, outputs } = this.network;
    const { a, wanted, count } = this.pass;
    const whole = this.matrix === 'hessian';
    const along = this.split(v);
    const parts = this.split(out.fill(0));

    const rz: Float64Array[] = [];
    const ra: (Float64Array | null)[] = [null]; // the samples do not move
    dense.forEach(({ inputs }, l) => {
      rz[l] = new Float64Array(this.delta[l].length);
      forward(a[l], along[2 * l], along[2 * l + 1], rz[l], count, inputs);
      const before = ra[l];
      if (before) forward(before, this.weights[2 * l], null, rz[l], count, inputs);
      ra[l + 1] = rz[l].map((value, k) => value * this.slope[l][k]);
    });

    const moved = ra[dense.length] as Float64Array;
    let re = new Float64Array(moved.length);
    loss.curvature(outputsOf(this.pass, outputs), wanted, 1 / count, moved, re);
    for (let l = dense.length - 1; l >= 0; l--) {
      const { inputs } = dense[l];
      const bend = this.bend[l];
      const rDelta = re.map((value, k) => value * this.slope[l][k] + (bend ? bend[k] * rz[l][k] : 0));
      const before = ra[l];
      addWeightGradient(rDelta, a[l], parts[2 * l], count, inputs);
      if (before && whole) addWeightGradient(this.delta[l], before, parts[2 * l], count, inputs);
      addBiasGradient(rDelta, parts[2 * l + 1], count);
      if (l === 0) break;
      re = new Float64Array(a[l].length);
      addInputGradient(rDelta, this.weights[2 * l], re, count, inputs);
      if (whole) addInputGradient(this.delta[l], along[2 * l], re, count, inputs);
    }
  }

  /** Views of a vector of all parameters, one a layer. @throws RangeError where it has another length */
  private split(vector: Float64Array): Float64Array[] {
    if (vector.length !== this.size)
      throw new RangeError(`The vector has ${vector.length} entries; the network has ${this.size} parameters.`);
    let at = 0;
    return this.network.layers.map(({ parameters }) => vector.subarray(at, (at += parameters)));
  }
}
