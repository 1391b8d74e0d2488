/**
 * The text of a matrix product that one workgroup computes with others in the same shader. Each invocation computes small tiles of the
 * result in registers: the larger the tile, the fewer numbers are read for each product, but every invocation should have one. Sums are in
 * one order, from the first term to the last.
 */

/** Element (i, j) of a matrix is `array[at + i·rowStep + j·columnStep]`. */
export interface Matrix {
  readonly array: 'work' | 'weights' | 'gradients';
  readonly at: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

/** A constant, or the number of samples in whole fours: `padded` in the shader, at most so many. */
export type Extent = number | { readonly most: number };

/** C[m, n] = start + A[m, k]·B[k, n]. */
export interface Product {
  readonly m: Extent;
  readonly n: number;
  readonly k: Extent;
  readonly a: Matrix;
  /** Null for a matrix of ones. */
  readonly b: Matrix | null;
  /** What the sums of a column begin with. */
  start?(column: string): string;
  /** Statements that put a sum where it belongs. @param row, column u32 @param sum a variable */
  store(row: string, column: string, sum: string): string;
}

/** Edges of a tile, from the best on. */
const edges = [4, 3, 2, 1];
/** How much of a row of tiles may stick out. */
const spare = 1.2;
/** Samples are in fours: those beyond the last repeat another, and their errors are 0. */
export const rowsTogether = 4;
/** Room for samples is in these: tiles that go beyond the last of them have room, and what they put there is never read. */
export const rowsRoom = 16;

const padded = (extent: number, edge: number): number => Math.ceil(extent / edge) * edge;
export const mostOf = (extent: Extent): number => (typeof extent === 'number' ? extent : extent.most);
export const textOf = (extent: Extent): string => (typeof extent === 'number' ? `${extent}u` : 'padded');

function edgeFor(extent: Extent): number {
  if (typeof extent !== 'number') return rowsTogether;
  return edges.find((edge) => padded(extent, edge) <= spare * extent) ?? 1;
}

/** The largest tile of which there are enough for all. */
function tileOf({ m, n }: Product, lanes: number): readonly [number, number] {
  let [down, across] = [edgeFor(m), edgeFor(n)];
  const count = (): number => Math.ceil(mostOf(m) / down) * Math.ceil(n / across);
  while (count() < lanes && down * across > 1)
    if (down >= across) down = Math.floor(down / 2);
    else across = Math.floor(across / 2);
  return [down, across];
}

export const times = (index: string, step: number): string => (step === 1 ? index : `${index} * ${step}u`);
export const each = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/** Terms that are written one after another, without a loop's cost for each. */
const unrolled = 8;

/** @param lanes invocations of the workgroup; the text has `lane` and `padded` */
export function productText(product: Product, lanes: number): string {
  const { m, n, k, a, b, start, store } = product;
  const [down, across] = tileOf(product, lanes);
  const tilesAcross = Math.ceil(n / across);
  const tilesDown = typeof m === 'number' ? `${Math.ceil(m / down)}u` : `(padded / ${down}u)`;
  const inside = (index: string, extent: Extent, edge: number): string =>
    typeof extent === 'number' && extent % edge !== 0 ? `min(${index}, ${extent - 1}u)` : index;
  const rowsOf = each(down, (i) => `let row${i} = ${inside(`row + ${i}u`, m, down)};`);
  const columnsOf = each(across, (j) => `let column${j} = ${inside(`column + ${j}u`, n, across)};`);
  const places = [
    ...each(down, (i) => `let a${i} = ${a.at}u + ${times(`row${i}`, a.rowStep)};`),
    ...(b ? each(across, (j) => `let b${j} = ${b.at}u + ${times(`column${j}`, b.columnStep)};`) : []),
  ];
  const begin = each(across, (j) => `let begin${j} = ${start?.(`column${j}`) ?? '0f'};`);
  const sums = each(down, (i) => each(across, (j) => `var sum${i}${j} = begin${j};`).join(' '));
  const term = (index: string): string =>
    [
      ...each(down, (i) => `let x${i} = ${a.array}[a${i} + ${times(index, a.columnStep)}];`),
      ...(b ? each(across, (j) => `let y${j} = ${b.array}[b${j} + ${times(index, b.rowStep)}];`) : []),
      ...each(down, (i) => each(across, (j) => `sum${i}${j} += ${b ? `x${i} * y${j}` : `x${i}`};`).join(' ')),
    ].join(' ');
  const guarded = (i: number, j: number): string => {
    const text = store(`row${i}`, `column${j}`, `sum${i}${j}`);
    const conditions = [
      ...(typeof m === 'number' && m % down !== 0 && i > 0 ? [`row + ${i}u < ${m}u`] : []),
      ...(n % across !== 0 && j > 0 ? [`column + ${j}u < ${n}u`] : []),
    ];
    return conditions.length === 0 ? `{ ${text} }` : `if (${conditions.join(' && ')}) { ${text} }`;
  };
  return `for (var tile = lane; tile < ${tilesDown} * ${tilesAcross}u; tile += ${lanes}u) {
let row = tile / ${tilesAcross}u * ${down}u;
let column = tile % ${tilesAcross}u * ${across}u;
${[...rowsOf, ...columnsOf, ...places, ...begin, ...sums].join('\n')}
${loop(k, term)}
${each(down, (i) => each(across, (j) => guarded(i, j)).join('\n')).join('\n')}
}`;
}

/** All terms: a few are written out, many are a loop over as many at a time as divide them. */
function loop(k: Extent, term: (index: string) => string): string {
  if (typeof k === 'number' && k <= unrolled) return each(k, (i) => `{ ${term(`${i}u`)} }`).join('\n');
  const together = typeof k === 'number' ? ([4, 3, 2].find((count) => k % count === 0) ?? 1) : rowsTogether;
  const terms = each(together, (i) => `{ let at = k + ${i}u; ${term('at')} }`);
  return `for (var k = 0u; k < ${textOf(k)}; k += ${together}u) {\n${terms.join('\n')}\n}`;
}
