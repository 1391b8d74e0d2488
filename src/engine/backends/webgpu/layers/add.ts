/** The sum of two values: each gets the error of the sum. */
import { sizeOf } from '../../../network/builder';
import type { AddOperation } from '../../../network/operations';
import { type Dispatch, type Part, type Place, type Site, stride } from '../definition';
import { type Bound, eachItem, read, written } from './shader';

export function add(operation: AddOperation, index: number, site: Site): Part {
  const [left, right] = operation.from;
  const to = index + 1;
  const vectors = stride(sizeOf(site.structure.values[to])) / 4;
  const moving = [...new Set([left, right])].filter((v) => site.wanted(v));
  const name = (what: string): string => `add ${sizeOf(site.structure.values[to])} ${what}`;

  /** y = the sum of what `of` gives for the two values, where it moves. */
  const sum = (what: string, of: (v: number) => Place, values: readonly number[], y: Place): Dispatch[] => {
    const bind: Record<string, Bound> = { y: written(y, 'vec4f') };
    for (const v of values) bind[`x${v}`] = read(of(v), 'vec4f');
    const terms = values.map((v) => `x${v}[index]`);
    return terms.length === 0 ? [] : [eachItem(site, vectors, { name: name(what), bind, body: `  y[index] = ${terms.join(' + ')};` })];
  };
  const back = (what: string, e: Place, of: (v: number) => Place): Dispatch[] => {
    const bind: Record<string, Bound> = { e: read(e, 'vec4f') };
    for (const v of moving) bind[`x${v}`] = written(of(v), 'vec4f');
    const given = moving.map((v) => {
      const error = left === right ? 'error + error' : 'error';
      return `  x${v}[index] ${site.first(operation, v) ? '=' : '+='} ${error};`;
    });
    const body = ['  let error = e[index];', ...given].join('\n');
    return given.length === 0 ? [] : [eachItem(site, vectors, { name: name(what), bind, body })];
  };
  return {
    forward: () => sum('forward', (v) => site.value(v), [left, right], site.value(to)),
    backward: () => back('backward', site.error(to), (v) => site.error(v)),
    tangent: () =>
      sum(
        'tangent',
        (v) => site.tangent(v),
        [left, right].filter((v) => site.wanted(v)),
        site.tangent(to),
      ),
    tangentBackward: () => back('tangent backward', site.tangentError(to), (v) => site.tangentError(v)),
  };
}
