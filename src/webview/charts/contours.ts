/**
 * Contour lines of a function that is known on a grid: marching squares (Lorensen & Cline 1987, in two dimensions), with each crossing placed by
 * linear interpolation, and the pieces joined to lines. Pure: no canvas.
 */

/** Values at the crossings of columns and rows. */
export interface Grid {
  /** Coordinates of the columns, ascending. */
  readonly x: ArrayLike<number>;
  /** Coordinates of the rows, ascending. */
  readonly y: ArrayLike<number>;
  /** [rows, columns], row by row; what is not finite is a hole. */
  readonly values: ArrayLike<number>;
}

/** A line at one level: x, y, x, y, … in the grid's coordinates. Closed where its ends are the same. */
export interface ContourLine {
  readonly level: number;
  readonly points: readonly number[];
}

/** Evaluates a function on an even grid. @param columns, rows at least 2 */
export function sample(
  f: (x: number, y: number) => number,
  [left, right]: readonly [number, number],
  [bottom, top]: readonly [number, number],
  columns: number,
  rows: number,
): Grid {
  const even = (from: number, to: number, count: number): Float64Array =>
    Float64Array.from({ length: count }, (_, k) => from + ((to - from) * k) / (count - 1));
  const [x, y] = [even(left, right, columns), even(bottom, top, rows)];
  const values = new Float64Array(rows * columns);
  for (let row = 0, at = 0; row < rows; row++) for (let column = 0; column < columns; column++) values[at++] = f(x[column], y[row]);
  return { x, y, values };
}

/**
 * Edges of a cell that a line joins, by which of its corners are above the level (bit 0: lower left, 1: lower right, 2: upper right, 3: upper
 * left). Edges: 0 bottom, 1 right, 2 top, 3 left. The two ambiguous cases are settled by the mean of the corners.
 */
const JOINED: readonly (readonly [number, number][])[] = [
  [],
  [[3, 0]],
  [[0, 1]],
  [[3, 1]],
  [[1, 2]],
  [
    [3, 2],
    [0, 1],
  ],
  [[0, 2]],
  [[3, 2]],
  [[2, 3]],
  [[2, 0]],
  [
    [3, 0],
    [1, 2],
  ],
  [[2, 1]],
  [[1, 3]],
  [[1, 0]],
  [[0, 3]],
  [],
];

/** All lines at one level. */
export function contourAt(grid: Grid, level: number): ContourLine[] {
  const { x, y, values } = grid;
  const [columns, rows] = [x.length, y.length];
  /** Where a line crosses an edge of the grid: horizontal edges first, then vertical ones; each is shared by two cells. */
  const crossing = (edge: number): [number, number] => {
    const vertical = edge >= columns * rows;
    const at = vertical ? edge - columns * rows : edge;
    const [column, row] = [at % columns, Math.floor(at / columns)];
    const [a, b] = [values[at], values[vertical ? at + columns : at + 1]];
    const share = b === a ? 0.5 : (level - a) / (b - a);
    return vertical ? [x[column], y[row] + share * (y[row + 1] - y[row])] : [x[column] + share * (x[column + 1] - x[column]), y[row]];
  };
  /** Each crossed edge, and the one or two that it is joined with. */
  const joined = new Map<number, number[]>();
  const join = (a: number, b: number): void => {
    const [ofA, ofB] = [joined.get(a), joined.get(b)];
    if (ofA) ofA.push(b);
    else joined.set(a, [b]);
    if (ofB) ofB.push(a);
    else joined.set(b, [a]);
  };
  for (let row = 0; row + 1 < rows; row++)
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      const [a, b, c, d] = [values[at], values[at + 1], values[at + columns + 1], values[at + columns]];
      const sum = a + b + c + d;
      if (!Number.isFinite(sum)) continue;
      let form = Number(a > level) | (Number(b > level) << 1) | (Number(c > level) << 2) | (Number(d > level) << 3);
      if (form === 0 || form === 15) continue;
      if ((form === 5 || form === 10) && sum <= 4 * level) form = 15 - form;
      const edges = [at, columns * rows + at + 1, at + columns, columns * rows + at];
      for (const [from, to] of JOINED[form]) join(edges[from], edges[to]);
    }
  return chains(joined).map((chain) => ({ level, points: chain.flatMap(crossing) }));
}

/** Follows the joints: open lines from their ends first, then the closed ones. */
function chains(joined: ReadonlyMap<number, number[]>): number[][] {
  const left = new Set(joined.keys());
  const follow = (from: number): number[] => {
    const chain = [from];
    left.delete(from);
    for (let at: number | undefined = from; at !== undefined;) {
      at = joined.get(at)?.find((next) => left.has(next));
      if (at === undefined) break;
      left.delete(at);
      chain.push(at);
    }
    return chain;
  };
  const found: number[][] = [];
  for (const [edge, next] of joined) if (next.length === 1 && left.has(edge)) found.push(follow(edge));
  for (const edge of joined.keys())
    if (left.has(edge)) {
      const chain = follow(edge);
      if (chain.length > 2) chain.push(edge);
      found.push(chain);
    }
  return found;
}

export const contourLines = (grid: Grid, levels: readonly number[]): ContourLine[] => levels.flatMap((level) => contourAt(grid, level));
