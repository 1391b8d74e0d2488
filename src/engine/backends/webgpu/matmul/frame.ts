/** What the shaders of all products are bound to: the factors, C, what sums begin with and what the epilogue reads and keeps. */
import { infoText, type Access, type Place, type Site } from '../definition';
import { factors } from './factor';
import { inVectors, readsOf } from './finish';
import { isStrided, type Places, type ProductShape } from './shape';

export interface Frame {
  /** Bindings, and the functions of computed factors and of the epilogue. */
  readonly declarations: string;
  readonly access: readonly Access[];
  /** @throws Error where a place is missing that the shape has */
  bind(places: Places): readonly Place[];
}

const spaces = { read: 'storage, read', write: 'storage, read_write', uniform: 'uniform' } as const;

interface Binding {
  readonly name: string;
  readonly access: Access;
  readonly type: string;
  place(places: Places): Place | undefined;
}

/** @param reads the factors, or the sums of parts in their stead, whose place is `a` */
export function frame(shape: ProductShape, { info }: Pick<Site, 'info'>, reads: 'factors' | 'sums' = 'factors'): Frame {
  const { a, b } = factors(shape);
  const { start, epilogue } = shape;
  const array = (vectors: boolean): string => `array<${vectors ? 'vec4f' : 'f32'}>`;
  const result = array(inVectors(shape));
  const ofFactors: readonly Binding[] = [
    { name: 'a', access: 'read', type: array(a.vectors), place: (places) => places.a },
    { name: 'b', access: 'read', type: array(b.vectors), place: (places) => places.b },
  ];
  const ofSums: readonly Binding[] = [{ name: 'sums', access: 'read', type: array(true), place: (places) => places.a }];
  const bindings: Binding[] = [
    { name: 'info', access: 'uniform', type: 'Info', place: () => info },
    ...(reads === 'factors' ? ofFactors : ofSums),
    { name: 'c', access: 'write', type: result, place: (places) => places.c },
  ];
  if (start === 'row' || start === 'column')
    bindings.push({ name: 'start', access: 'read', type: array(false), place: (places) => places.start });
  readsOf(shape).forEach((name, i) => bindings.push({ name, access: 'read', type: result, place: (places) => places.reads?.[i] }));
  if (epilogue?.keepsSum) bindings.push({ name: 'kept', access: 'write', type: result, place: (places) => places.kept });

  const helpers = [shape.a, shape.b].map((operand) => (reads === 'sums' || isStrided(operand) ? undefined : operand.helpers));
  return {
    declarations: [
      `${infoText};`,
      ...bindings.map(({ name, access, type }, i) => `@group(0) @binding(${i}) var<${spaces[access]}> ${name}: ${type};`),
      ...[...helpers, epilogue?.helpers].filter((text) => text !== undefined),
    ].join('\n'),
    access: bindings.map(({ access }) => access),
    bind: (places) =>
      bindings.map(({ name, place }) => {
        const found = place(places);
        if (found === undefined) throw new Error(`A product's shape asks for \`${name}\`, and no place is given for it.`);
        return found;
      }),
  };
}
