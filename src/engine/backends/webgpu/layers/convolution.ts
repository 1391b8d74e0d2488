/**
 * A convolution: y = W ∗ x + b, and with e = ∂loss/∂y the gradients ∂W = e ∗ x, summed over samples and positions, ∂b = Σ e, and the error
 * e₋₁, e carried back through W. Along a direction it is bilinear, as a dense layer is:
 *
 *   Ry = V ∗ x + c + W ∗ Rx     R∂W = Re ∗ x + e ∗ Rx     R∂b = Σ Re     Re₋₁ = Re through W + e through V
 *
 * Software computes the sums directly, from windows in registers; hardware as matrix products whose one factor is found by computing.
 */
import type { ConvolutionOperation } from '../../../network/operations';
import type { Dispatch, Part, Place, Site } from '../definition';
import { directConvolution } from './directConvolution';
import { fusedAfter } from './fused';
import { implicitConvolution } from './implicitConvolution';

/** The sums that a convolution is made of. All matrices are of samples. */
export interface ConvolutionSums {
  /**
   * W ∗ x, begun with `start`, one number a filter, and followed by the fused activation; or added to what is in `result`, where that is null.
   * @param sum where it also goes as it is before the activation, if asked for
   */
  forward(x: Place, w: Place, start: Place | null, result: Place, sum?: Place): readonly Dispatch[];
  /** The error of x: e through W, times the slope of the activation before, in place of what is there or added to it. */
  back(e: Place, w: Place, x: Place, replace: boolean): readonly Dispatch[];
  /** The gradients of W and of b. @param adds to what is there in any case, not only where `info.add` says so; then b's is left out */
  learn(e: Place, x: Place, adds: boolean): readonly Dispatch[];
}

/** Wider windows would make the text of a direct sum too long. */
const widest = 16;

export function convolution(operation: ConvolutionOperation, index: number, site: Site): Part {
  const [from] = operation.from;
  const to = index + 1;
  const [weight, bias] = operation.parameters;
  const moving = site.wanted(from);
  const direct = site.adapter.kind === 'software' && operation.window.kernelWidth <= widest;
  const after = fusedAfter(operation, site);
  const sums = (direct ? directConvolution : implicitConvolution)(operation, index, site, after);
  const first = site.first(operation, from);
  return {
    forward() {
      const [x, w, b] = [site.value(from), site.parameter(weight), site.parameter(bias)];
      if (after === null) return sums.forward(x, w, b, site.value(to));
      return after.keepsInput ? sums.forward(x, w, b, after.result, site.value(to)) : sums.forward(x, w, b, after.result);
    },
    backward() {
      const e = site.error(to);
      return [...sums.learn(e, site.value(from), false), ...(moving ? sums.back(e, site.parameter(weight), site.error(from), first) : [])];
    },
    tangent() {
      const along = sums.forward(site.value(from), site.direction(weight), site.direction(bias), site.tangent(to));
      return moving ? [...along, ...sums.forward(site.tangent(from), site.parameter(weight), null, site.tangent(to))] : along;
    },
    tangentBackward(matrix) {
      const [e, re] = [site.error(to), site.tangentError(to)];
      const learned = sums.learn(re, site.value(from), false);
      if (!moving) return learned;
      const into = site.tangentError(from);
      const carried = sums.back(re, site.parameter(weight), into, first);
      if (matrix === 'gaussNewton') return [...learned, ...carried];
      return [...learned, ...sums.learn(e, site.tangent(from), true), ...carried, ...sums.back(e, site.direction(weight), into, false)];
    },
  };
}
