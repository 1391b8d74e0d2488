/**
 * What the kernels of all products have in common: the bindings with their order, how an element of each factor is read, and what is
 * done with a finished sum. A kernel is written between these, and only chooses who computes which elements in which order.
 */
import { infoText, type Access, type Place, type Site } from '../definition';
import { indexText, isStrided, type Operand, type Places, type ProductShape } from './shape';

export interface Frame {
  /** Bindings and helpers: what stands before the kernel's own text. */
  readonly declarations: string;
  readonly access: readonly Access[];
  bind(places: Places): readonly Place[];
  /** Element of a factor, an f32 expression. @param row, column u32 expressions within the matrix */
  a(row: string, column: string): string;
  b(row: string, column: string): string;
  /** WGSL statements that bring a sum to its end: start, epilogue, store. @param sum an f32 expression */
  finish(row: string, column: string, sum: string): string;
}

const load = (name: string, operand: Operand, row: string, column: string): string =>
  isStrided(operand) ? `${name}[${indexText(operand, row, column)}]` : operand.load(row, column);

/** @param shape what is read and written @param site for where `info` lies */
export function frame(shape: ProductShape, { info }: Pick<Site, 'info'>): Frame {
  const { a, b, c, start, epilogue } = shape;
  const declarations: string[] = [infoText + ';'];
  const access: Access[] = [];
  const chosen: ((places: Places) => Place | undefined)[] = [];
  const bound = (name: string, how: Access, type: string, place: (places: Places) => Place | undefined): void => {
    const kind = { read: '<storage, read>', write: '<storage, read_write>', uniform: '<uniform>' }[how];
    declarations.push(`@group(0) @binding(${access.length}) var${kind} ${name}: ${type};`);
    access.push(how);
    chosen.push(place);
  };
  const floats = 'array<f32>';
  const reads = Array.from({ length: epilogue?.reads ?? 0 }, (_, i) => `read${i}`);
  bound('info', 'uniform', 'Info', () => info);
  bound('a', 'read', floats, (places) => places.a);
  bound('b', 'read', floats, (places) => places.b);
  bound('c', 'write', floats, (places) => places.c);
  if (start === 'row' || start === 'column') bound('start', 'read', floats, (places) => places.start);
  reads.forEach((name, i) => bound(name, 'read', floats, (places) => places.reads?.[i]));
  if (epilogue?.keepsSum) bound('kept', 'write', floats, (places) => places.kept);
  for (const helpers of [isStrided(a) ? '' : a.helpers, isStrided(b) ? '' : b.helpers, epilogue?.helpers]) {
    if (helpers) declarations.push(helpers);
  }

  const begun = (row: string, column: string): string => {
    if (start === 'zero') return '';
    if (start === 'row') return `sum += start[${column}];`;
    if (start === 'column') return `sum += start[${row}];`;
    return start === 'add' ? 'sum += c[at];' : 'if (info.add == 1u) { sum += c[at]; }';
  };
  return {
    declarations: declarations.join('\n'),
    access,
    bind: (places) =>
      chosen.map((place, i) => {
        const found = place(places);
        if (found === undefined)
          throw new Error(
            `Binding ${i} of a product has no place: \`start\`, \`reads\` and \`kept\` must be given where its shape has them.`,
          );
        return found;
      }),
    a: (row, column) => load('a', a, row, column),
    b: (row, column) => load('b', b, row, column),
    finish: (row, column, sum) => `{
  let at = ${'rowStep' in c ? indexText({ rowStep: c.rowStep, columnStep: 1 }, row, column) : c.index(row, column)};
  var sum = ${sum};
  ${begun(row, column)}
  ${epilogue?.keepsSum ? 'kept[at] = sum;' : ''}
  ${reads.map((name) => `let ${name}At = ${name}[at];`).join(' ')}
  c[at] = ${
    epilogue
      ? epilogue.value(
          'sum',
          reads.map((name) => `${name}At`),
        )
      : 'sum'
  };
}`,
  };
}
