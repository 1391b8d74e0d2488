/** An activation as an operation of its own; where its neighbours compute it with their own results, nothing is left to do. */
import { sizeOf } from '../../../network/builder';
import type { ActivationOperation } from '../../../network/operations';
import type { Dispatch, Part, Place, Site } from '../definition';
import { shaderTexts } from '../functions';
import { eachElement } from './elements';

export function activation(operation: ActivationOperation, index: number, site: Site): Part {
  const { structure } = site;
  const [from] = operation.from;
  const to = index + 1;
  const size = sizeOf(structure.values[to]);
  const { wgsl, name, piecewiseLinear } = operation.function;
  const producer = from > 0 ? structure.operations[from - 1] : null;
  const readers = structure.operations.filter((other) => other.from.includes(to));
  const carried = readers.length === 1 && site.slope(readers[0], to) === operation;

  /** z and a = f(z), and whatever else is at hand. */
  const element = (what: string, value: string, out: Place, others: Record<string, () => Place> = {}, adds = false): Dispatch =>
    eachElement(site, {
      name: `${name} ${size} ${what}`,
      size,
      from: { z: () => site.value(from), a: () => site.value(to), ...others },
      to: out,
      adds,
      helpers: shaderTexts(wgsl.helpers),
      value,
    });
  const slope = wgsl.slope('z', 'a');
  const [error, tangent, tangentError] = [() => site.error(to), () => site.tangent(from), () => site.tangentError(to)];
  return {
    forward: () => (producer !== null && site.fused(producer) === operation ? [] : [element('forward', wgsl.value('z'), site.value(to))]),
    backward() {
      if (!site.wanted(from) || carried) return [];
      return [element('backward', `e * (${slope})`, site.error(from), { e: error }, !site.first(operation, from))];
    },
    tangent: () => (site.wanted(from) ? [element('tangent', `t * (${slope})`, site.tangent(to), { t: tangent })] : []),
    tangentBackward(matrix) {
      if (!site.wanted(from)) return [];
      const bend = matrix === 'hessian' && !piecewiseLinear ? ` + e * t * (${wgsl.second('z', 'a')})` : '';
      const value = `s * (${slope})${bend}`;
      const others = { e: error, t: tangent, s: tangentError };
      return [element(`${matrix} backward`, value, site.tangentError(from), others, !site.first(operation, from))];
    },
  };
}
