/**
 * The text of a matrix product by one workgroup of four invocations that read each other's registers, for adapters that compute on the CPU:
 * there the four are the lanes of one vector, and a number that is read costs as much as several that are multiplied. All four work on
 * one tile, a column of four each; what belongs to the tile's rows each reads for one of four terms, and the others take it from there.
 */
import { each, type Extent, mostOf, type Product, textOf, times } from './product';

export const sharingLanes = 4;

/** One of the factors as the tile sees it: element (index, k) at `at + index·step + k·kStep`; null for ones. */
interface Side {
  readonly extent: Extent;
  readonly factor: { readonly array: string; readonly at: number; readonly step: number; readonly kStep: number } | null;
}

/** Rows of a tile, its columns in fours, and which way round. */
interface Tile {
  readonly down: Side;
  readonly across: Side;
  readonly rows: number;
  readonly fours: number;
  /** Whether the tile's rows are the product's columns. */
  readonly turned: boolean;
}

/** What reading or writing a number costs, and multiplying, in relation to one another; and text that does either, which has to be compiled once. */
const cost = { read: 4, multiply: 1, text: 60 } as const;
/** More sums than there are registers for are slow. */
const mostSums = 8;

/** The tiles that cost least for all of the product. */
function tileFor({ m, n, k, a, b }: Product): Tile {
  const left: Side = { extent: m, factor: { array: a.array, at: a.at, step: a.rowStep, kStep: a.columnStep } };
  const right: Side = { extent: n, factor: b && { array: b.array, at: b.at, step: b.columnStep, kStep: b.rowStep } };
  const tiles = [false, true].flatMap((turned) =>
    [1, 2, 4, 8].flatMap((rows) =>
      [1, 2].flatMap((fours): Tile[] => {
        const [down, across] = turned ? [right, left] : [left, right];
        return rows * fours > mostSums ? [] : [{ down, across, rows, fours, turned }];
      }),
    ),
  );
  const costOf = ({ down, across, rows, fours }: Tile): number => {
    const count = Math.ceil(mostOf(down.extent) / rows) * Math.ceil(mostOf(across.extent) / (sharingLanes * fours));
    const sums = rows * fours;
    const reads = (down.factor ? rows : 0) + (across.factor ? sharingLanes * fours : 0);
    const fourTerms = cost.read * reads + cost.multiply * sharingLanes * sums;
    return count * (Math.ceil(mostOf(k) / sharingLanes) * fourTerms + cost.read * sums) + cost.text * (reads + 2 * sums);
  };
  return tiles.reduce((best, tile) => (costOf(tile) < costOf(best) ? tile : best));
}

/** Whole tiles, where rows beyond the last have room. */
const countText = (extent: Extent, edge: number): string =>
  typeof extent === 'number' ? `${Math.ceil(extent / edge)}u` : `((padded + ${edge - 1}u) / ${edge}u)`;

/** The text has `lane` and `padded`. */
export function sharedProductText(product: Product): string {
  const { k, start, store } = product;
  const { down, across, rows, fours, turned } = tileFor(product);
  const width = sharingLanes * fours;
  const [lines, columns] = [each(rows, (i) => i), each(fours, (j) => j)];
  const overhangs = (extent: Extent, edge: number): extent is number => typeof extent === 'number' && extent % edge !== 0;
  const inside = (index: string, extent: Extent, edge: number): string =>
    overhangs(extent, edge) ? `min(${index}, ${extent - 1}u)` : index;
  const place = (name: string, side: Side, index: string, lane: string): string =>
    side.factor ? `let ${name} = ${side.factor.at}u + ${times(index, side.factor.step)}${lane};` : '';
  const load = ({ factor }: Side, name: string, k: string): string =>
    factor ? `${factor.array}[${name} + ${times(k, factor.kStep)}]` : '1f';

  /** Up to four terms from `at` on. */
  const terms = (at: string, count: number): string => {
    const mine = count < sharingLanes ? `min(lane, ${count - 1}u)` : 'lane';
    const reads = down.factor ? lines.map((i) => `let x${i} = ${load(down, `d${i}`, `(${at} + ${mine})`)};`) : [];
    const products = each(count, (q) =>
      [
        ...(across.factor ? columns.map((j) => `let y${j} = ${load(across, `c${j}`, `(${at} + ${q}u)`)};`) : []),
        ...lines.flatMap((i) => {
          const shared = down.factor ? `subgroupBroadcast(x${i}, ${q}u)` : '';
          const factor = down.factor && fours > 1 ? [`let z${i} = ${shared};`] : [];
          const value = factor.length > 0 ? `z${i}` : shared;
          const term = (j: number): string => [value, across.factor ? `y${j}` : ''].filter((text) => text !== '').join(' * ');
          return [...factor, ...columns.map((j) => `sum${i}${j} += ${term(j)};`)];
        }),
      ].join(' '),
    );
    return [...reads, ...products.map((text) => `{ ${text} }`)].join('\n');
  };
  const stores = lines.flatMap((i) =>
    columns.map((j) => {
      const text = turned ? store(`column${j}`, `row${i}`, `sum${i}${j}`) : store(`row${i}`, `column${j}`, `sum${i}${j}`);
      const conditions = [
        ...(overhangs(down.extent, rows) ? [`row + ${i}u < ${down.extent}u`] : []),
        ...(overhangs(across.extent, width) ? [`column + ${sharingLanes * j}u < ${across.extent}u`] : []),
      ];
      return conditions.length === 0 ? `{ ${text} }` : `if (${conditions.join(' && ')}) { ${text} }`;
    }),
  );
  const begin = (i: number, j: number): string => start?.(turned ? `row${i}` : `column${j}`) ?? '0f';
  return `for (var tile = 0u; tile < ${countText(down.extent, rows)} * ${countText(across.extent, width)}; tile++) {
let row = tile / ${countText(across.extent, width)} * ${rows}u;
let column = tile % ${countText(across.extent, width)} * ${width}u + lane;
${lines.map((i) => `let row${i} = ${inside(`row + ${i}u`, down.extent, rows)}; ${place(`d${i}`, down, `row${i}`, '')}`).join('\n')}
${columns.map((j) => `let column${j} = ${inside(`column + ${sharingLanes * j}u`, across.extent, width)}; ${place(`c${j}`, across, `column${j}`, '')}`).join('\n')}
${lines.flatMap((i) => columns.map((j) => `var sum${i}${j} = ${begin(i, j)};`)).join('\n')}
${loop(k, terms)}
${stores.join('\n')}
}`;
}

/** All terms, four at a time, and what is left. */
function loop(k: Extent, terms: (at: string, count: number) => string): string {
  const whole = typeof k === 'number' ? Math.floor(k / sharingLanes) * sharingLanes : textOf(k);
  const left = typeof k === 'number' ? k % sharingLanes : 0;
  const fours =
    whole === 0
      ? ''
      : `for (var k = 0u; k < ${typeof whole === 'number' ? `${whole}u` : whole}; k += ${sharingLanes}u) {\n${terms('k', sharingLanes)}\n}`;
  return left === 0 ? fours : `${fours}\n{\n${terms(`${whole}u`, left)}\n}`;
}
