/** An activation as an operation of its own; where its neighbours compute it with their own results, nothing is left to do. */
import type { ActivationOperation } from '../../../network/operations';
import { activationCalls, passedBack } from './elementwise';
import { rowBytes, sizeOf } from '../matrix';
import type { Operand } from '../kernels';
import type { Part, Site } from './definition';

export function activation(operation: ActivationOperation, index: number, site: Site): Part {
  const { kernels, structure } = site;
  const [from] = operation.from;
  const to = index + 1;
  const producer = from > 0 ? structure.operations[from - 1] : null;
  const calls = activationCalls(kernels, operation.function);
  const bytes: Operand = { perRow: rowBytes(sizeOf(structure, to)) };
  const readers = structure.operations.filter((other) => other.from.includes(to));
  const carried = readers.length === 1 && site.slope(readers[0], to) === operation;
  return {
    forward: () => (producer !== null && site.fused(producer) === operation ? [] : [calls.value(site.value(from), site.value(to), bytes)]),
    backward() {
      if (!site.wanted(from) || carried) return [];
      const [z, a, e] = [site.value(from), site.value(to), site.error(to)];
      return [(site.first(operation, from) ? calls.delta : calls.deltaAdded)(z, a, e, site.error(from), bytes)];
    },
    tangent: () => (site.wanted(from) ? [calls.delta(site.value(from), site.value(to), site.tangent(from), site.tangent(to), bytes)] : []),
    tangentBackward(matrix) {
      if (!site.wanted(from)) return [];
      const [z, a, s] = [site.value(from), site.value(to), site.tangentError(to)];
      const bent = matrix === 'hessian' && !operation.function.piecewiseLinear;
      const one = bent ? calls.bend(z, a, site.error(to), site.tangent(from), s, s, bytes) : calls.delta(z, a, s, s, bytes);
      return [one, passedBack(kernels, s, site.tangentError(from), bytes, site.first(operation, from))];
    },
  };
}
