/**
 * The training loss of a run's network as a function of all its weights, beside the run and without touching it: a network of its own,
 * without what draws in training, over a fixed set of samples. Batch norms take the statistics of these samples, as the Hessian does. It computes
 * on the CPU, also where the run is on a GPU.
 */
import type { Floats, HessianOperator, Model } from '../backends/backend';
import { cpuBackend } from '../backends/cpu';
import { referenceBackend } from '../backends/reference';
import type { LossSurface } from '../curvature/slice';
import { stillPlan } from '../network/still';
import type { Prepared } from './prepare';

export class NetworkSurface implements LossSurface {
  private readonly model: Model;

  /** @param rows the samples @throws Error for a function of variables */
  constructor(
    { problem, spec }: Prepared,
    private readonly rows: Uint32Array,
  ) {
    if (problem.kind === 'function')
      throw new Error('A function of variables has no slice: its landscape is drawn whole, in the Landscape panel.');
    const backend = spec.backend === 'reference' ? referenceBackend : cpuBackend;
    this.model = backend.network(stillPlan(problem.plan), problem.data, rows.length);
  }

  get samples(): number {
    return this.rows.length;
  }

  /** Mean loss over the samples, in the backend's own precision. */
  lossAt(weights: Float64Array): number {
    this.stand(weights);
    return this.model.loss(this.rows);
  }

  /** The Hessian of the same loss at these weights. */
  hessianAt(weights: Float64Array): HessianOperator {
    this.stand(weights);
    return this.model.hessian(this.rows);
  }

  private stand(weights: Float64Array): void {
    let at = 0;
    for (const layer of this.model.weights) layer.set(weights.subarray(at, (at += layer.length)));
  }
}

/** All weights in one vector, layer after layer. */
export function joined(layers: readonly Floats[]): Float64Array {
  const all = new Float64Array(layers.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const layer of layers) {
    all.set(layer, at);
    at += layer.length;
  }
  return all;
}
