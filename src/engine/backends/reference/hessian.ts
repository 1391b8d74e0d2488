/**
 * Exact Hessian-vector products by the R-operator (Pearlmutter 1994, "Fast exact multiplication by the Hessian", Neural Computation
 * 6:147). R{f} is the derivative of f as the weights move along v. Applied to the way there it gives how every value moves; applied to the
 * way back, how every derivative does, and those by the weights are H·v. What each operation adds is in `operations`.
 *
 * Without the terms that hold an operation's own curvature it is the generalised Gauss–Newton matrix JᵀH_L·J, in which the network counts
 * as linear in its weights (Schraudolph 2002, "Fast curvature matrix-vector products for second-order gradient descent", Neural Computation
 * 14:1723).
 */
import type { Structure } from '../../network/structure';
import type { HessianOperator } from '../backend';
import { arithmeticOf } from './operations';
import { carryBack, derivativesOf, lastOf, outputsOf, type Pass, siteOf, valuesLike } from './pass';

/** The Hessian itself, or the Gauss–Newton matrix. */
export type CurvatureMatrix = 'hessian' | 'gaussNewton';

export class ReferenceHessian implements HessianOperator {
  readonly size: number;
  /** ∂loss/∂ of each value, and of each layer. */
  private readonly d: readonly (Float64Array | null)[];
  private readonly slope: readonly Float64Array[];

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
    const { loss, outputs, layers, parameters } = network;
    this.size = parameters;
    this.d = valuesLike(pass);
    this.slope = layers.map((layer) => new Float64Array(layer.parameters));
    loss.gradient(outputsOf(pass, outputs), pass.wanted, 1 / pass.count, lastOf(this.d));
    carryBack(network, weights, pass, this.d, this.slope);
  }

  gradient(out: Float64Array): void {
    this.split(out).forEach((part, layer) => part.set(this.slope[layer]));
  }

  apply(v: Float64Array, out: Float64Array): void {
    const { network, pass, slope, d } = this;
    const { operations, loss, outputs } = network;
    const whole = this.matrix === 'hessian';
    const along = this.split(v);
    const parts = this.split(out.fill(0));

    const r = valuesLike(pass);
    operations.forEach((operation, i) => {
      arithmeticOf(operation).tangent(siteOf(network, this.weights, pass, i), derivativesOf(operation, i, r, along));
    });

    const rd = valuesLike(pass);
    loss.curvature(outputsOf(pass, outputs), pass.wanted, 1 / pass.count, lastOf(r), lastOf(rd));
    for (let i = operations.length - 1; i >= 0; i--) {
      const operation = operations[i];
      arithmeticOf(operation).tangentBackward(
        siteOf(network, this.weights, pass, i),
        derivativesOf(operation, i, d, slope),
        derivativesOf(operation, i, r, along),
        derivativesOf(operation, i, rd, parts),
        whole,
      );
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
