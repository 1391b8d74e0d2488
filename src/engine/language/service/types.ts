/** What the lines of a rule compute, in words: one number, a number for each weight, a matrix; known once the text is a rule. */
import { isScalar, sameShape, scalarShape, showShape, tensorShape } from '../shape';
import type { TextRule } from '../rule';
import { given, number, Types, type Type } from '../types';

/** @returns the type of every name that a line computes; of one that several lines give a value, the last line's */
export function computedTypes({ tree, file }: TextRule): ReadonlyMap<string, Type> {
  const types = new Types(tree, file);
  const setting = { shape: scalarShape, steady: true } as const;
  const kinds = { interval: 'number', choices: 'text', truth: 'truth' } as const;
  types.known.set('lr', { kind: 'number', ...setting });
  for (const { name, domain } of tree.parameters) {
    types.known.set(name, { kind: kinds[domain.kind], ...setting });
    types.parameters.add(name);
  }
  for (const [name, type] of given) types.known.set(name, type);
  for (const { name, shape } of tree.states) types.known.set(name, number(shape));
  const lasting = new Set(['w', 'g', ...tree.states.map(({ name }) => name)]);
  const computed = new Map<string, Type>();
  for (const { target, value } of tree.lines) {
    const type = types.of(value);
    if (lasting.has(target)) continue;
    types.known.set(target, type);
    computed.set(target, type);
  }
  return computed;
}

/** `one number`, `a number for each weight`, `true or false for each layer`, `a matrix [rows, rows]` */
export function typeInWords({ kind, shape, steady }: Type): string {
  const what = kind === 'truth' ? 'true or false' : 'one number';
  if (isScalar(shape)) return steady ? what : `${what} for each layer`;
  if (sameShape(shape, tensorShape)) return kind === 'truth' ? 'true or false for each weight' : 'a number for each weight';
  return `${kind === 'truth' ? 'truths' : 'numbers'} ${showShape(shape)}`;
}
