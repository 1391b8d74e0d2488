/**
 * A dense layer: three matrix products, z = x·Wᵀ + b, ∂W = δᵀ·x and ∂x = δ·W, of which the first computes the activation with its sums and
 * the last multiplies by the slope of the activation before. Along a direction (V, c), with R the derivative along it,
 *
 *   Rz = x·Vᵀ + c + Rx·Wᵀ     R∂W = Rδᵀ·x + δᵀ·Rx     R∂b = Σ Rδ     R∂x = Rδ·W + δ·V
 */
import type { DenseOperation } from '../../../network/operations';
import { type Dispatch, type Part, type Place, type Site, stride } from '../definition';
import { product, type Product, type Start } from '../matmul/product';
import { biasGradient } from './biasGradient';
import { fusedAfter } from './fused';
import { slopeBefore } from './slope';

export function dense(operation: DenseOperation, index: number, site: Site): Part {
  const { inputs, outputs } = operation;
  const [from] = operation.from;
  const to = index + 1;
  const [weight, bias] = operation.parameters;
  const title = `dense ${inputs}×${outputs}`;
  const [x, z] = [stride(inputs), stride(outputs)];
  const moving = site.wanted(from);
  const after = fusedAfter(operation, site);
  const before = moving ? slopeBefore(operation, from, site) : null;

  const along = (start: Start, fused: typeof after): Product =>
    product(site, `${title} forward`, {
      m: 'rows',
      k: inputs,
      n: outputs,
      a: { rowStep: x, columnStep: 1 },
      b: { rowStep: 1, columnStep: inputs },
      c: { rowStep: z },
      start,
      ...(fused && { epilogue: { ...fused, keepsSum: fused.keepsInput } }),
    });
  const learning = (start: Start): Product =>
    product(site, `${title} weight gradient`, {
      m: outputs,
      k: 'rows',
      n: inputs,
      a: { rowStep: 1, columnStep: z },
      b: { rowStep: x, columnStep: 1 },
      c: { rowStep: inputs },
      start,
    });
  const back = (start: Start): Product =>
    product(site, `${title} input gradient`, {
      m: 'rows',
      k: outputs,
      n: inputs,
      a: { rowStep: z, columnStep: 1 },
      b: { rowStep: inputs, columnStep: 1 },
      c: { rowStep: x },
      start,
      ...(before && { epilogue: before.epilogue }),
    });

  const forward = along('row', after);
  const learn = learning('info');
  const carry = moving ? back(site.first(operation, from) ? 'zero' : 'add') : null;
  // What is added along a direction; the last is what `carry` is already where it adds.
  const directed = site.curvature && moving ? { forward: along('add', null), learn: learning('add'), carry: back('add') } : null;
  const sum = (delta: Place): Dispatch => biasGradient(site, title, outputs, delta, site.gradient(bias));
  return {
    forward() {
      const read = { a: site.value(from), b: site.parameter(weight), start: site.parameter(bias) };
      if (after === null) return forward.dispatches({ ...read, c: site.value(to) });
      return forward.dispatches({ ...read, c: after.result, ...(after.keepsInput && { kept: site.value(to) }) });
    },
    backward() {
      const delta = site.error(to);
      const learned = learn.dispatches({ a: delta, b: site.value(from), c: site.gradient(weight) });
      const carried = carry?.dispatches({ a: delta, b: site.parameter(weight), c: site.error(from), reads: before?.reads ?? [] });
      return [...learned, sum(delta), ...(carried ?? [])];
    },
    tangent() {
      const c = site.tangent(to);
      const own = forward.dispatches({ a: site.value(from), b: site.direction(weight), start: site.direction(bias), c });
      return [...own, ...(directed?.forward.dispatches({ a: site.tangent(from), b: site.parameter(weight), c }) ?? [])];
    },
    tangentBackward(matrix) {
      const [delta, tangent, gradient] = [site.error(to), site.tangentError(to), site.gradient(weight)];
      const learned = [...learn.dispatches({ a: tangent, b: site.value(from), c: gradient }), sum(tangent)];
      if (carry === null || directed === null) return learned;
      const c = site.tangentError(from);
      const carried = carry.dispatches({ a: tangent, b: site.parameter(weight), c });
      if (matrix === 'gaussNewton') return [...learned, ...carried];
      return [
        ...learned,
        ...directed.learn.dispatches({ a: delta, b: site.tangent(from), c: gradient }),
        ...carried,
        ...directed.carry.dispatches({ a: delta, b: site.direction(weight), c }),
      ];
    },
  };
}
