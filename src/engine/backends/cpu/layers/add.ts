/** The sum of two values: each gets the error of the sum. */
import type { AddOperation } from '../../../network/operations';
import { added, copied, passedBack } from './elementwise';
import { rowBytes, sizeOf } from '../matrix';
import type { Call, Operand } from '../kernels';
import type { Part, Site } from './definition';

export function add(operation: AddOperation, index: number, site: Site): Part {
  const { kernels, structure } = site;
  const to = index + 1;
  const bytes: Operand = { perRow: rowBytes(sizeOf(structure, to)) };
  const [left, right] = operation.from;
  const back = (e: Operand, into: (v: number) => Operand): Call[] =>
    [left, right]
      .filter((v) => site.wanted(v))
      .map((v, i, all) => passedBack(kernels, e, into(v), bytes, site.first(operation, v) && all.indexOf(v) === i));
  return {
    forward: () => [added(kernels, site.value(left), site.value(right), site.value(to), bytes)],
    backward: () => back(site.error(to), (v) => site.error(v)),
    tangent() {
      const moving = [left, right].filter((v) => site.wanted(v));
      const [first, second] = moving;
      if (moving.length === 0) return [];
      if (moving.length === 1) return [copied(kernels, site.tangent(first), site.tangent(to), bytes)];
      return [added(kernels, site.tangent(first), site.tangent(second), site.tangent(to), bytes)];
    },
    tangentBackward: () => back(site.tangentError(to), (v) => site.tangentError(v)),
  };
}
