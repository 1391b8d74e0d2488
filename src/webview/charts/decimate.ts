/**
 * As many points as a chart has pixels to show: the steps that it spans are divided into buckets, and of each the lowest and the highest number
 * are kept in their order, and the very first and last. The line then covers exactly what all points together would have covered; each point that is drawn
 * is a measured one. The buckets lie where the steps are, not where the rows are: while a run streams, what was drawn stays as it is.
 */

export interface Point {
  x: number;
  y: number;
}

/** Numbers in order of x, read by index. */
export interface Series {
  readonly length: number;
  /** As long as this stays, rows before the newest one stay as they are; undefined where that is not known. */
  readonly epoch?: number;
  x(index: number): number;
  y(index: number): number;
}

/** The first row of a step not before `step`, or, with `after`, after it; the length where there is none. */
export function rowFrom(series: Series, step: number, after = false): number {
  let [low, high] = [0, series.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const x = series.x(middle);
    if (x < step || (after && x === step)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The row whose step is nearest to `step`; −1 where there is none. */
export function rowNearest(series: Series, step: number): number {
  const next = rowFrom(series, step);
  if (next === 0) return series.length > 0 ? 0 : -1;
  return next < series.length && series.x(next) - step < step - series.x(next - 1) ? next : next - 1;
}

/** How far a line is decimated for good: what comes before its last bucket stays as it is while it only grows. */
export interface Settled {
  /** The row that the last bucket begins with, and the last one that was kept before it. */
  row: number;
  kept: number;
  /** The points kept before it. */
  count: number;
  /** There were no more rows than points are allowed: all were kept. */
  whole: boolean;
}

/** Nothing is settled yet. */
export const unsettled = (): Settled => ({ row: -1, kept: -1, count: 0, whole: false });

/**
 * Fills `points` from `series`, reusing the objects that are there: what lies from `from` to `to`, and the point before and after it, so that
 * the line goes on to the edge.
 * @param buckets into how many `from … to` is divided; the points kept are at most twice as many, and four: the ends, and those before and after
 * @param settled from where on: what was settled the time before, of the same line, which has grown since
 * @returns how many of the points were settled, and left as they are
 */
export function decimate(
  series: Series,
  from: number,
  to: number,
  buckets: number,
  points: Point[],
  settled: Settled = unsettled(),
): number {
  const first = rowFrom(series, from);
  const end = rowFrom(series, to, true);
  const whole = end - first <= 2 * buckets;
  if (settled.count === 0 || settled.row < first || settled.whole !== whole) Object.assign(settled, unsettled(), { row: first, whole });
  let { kept, count } = settled;
  const left = count;
  const keep = (index: number): void => {
    if (index <= kept) return;
    kept = index;
    put(points, count++, series.x(index), series.y(index));
  };
  const settle = (row: number): void => {
    settled.row = row;
    settled.kept = kept;
    settled.count = count;
  };
  if (first > 0) keep(first - 1);
  if (whole)
    for (let index = settled.row; index < end; index++) {
      settle(index);
      keep(index);
    }
  else {
    const across = buckets / (to - from);
    keep(first);
    for (let index = settled.row; index < end;) {
      settle(index);
      const bucket = Math.floor((series.x(index) - from) * across);
      const start = index;
      let [lowest, highest, low, high] = [start, start, series.y(start), series.y(start)];
      for (index++; index < end && Math.floor((series.x(index) - from) * across) === bucket; index++) {
        const y = series.y(index);
        // A number that is not finite must not hide the others of its bucket.
        if (y < low || Number.isNaN(low)) [lowest, low] = [index, y];
        if (y > high || Number.isNaN(high)) [highest, high] = [index, y];
      }
      keep(Math.min(lowest, highest));
      keep(Math.max(lowest, highest));
    }
    keep(end - 1);
  }
  if (end < series.length) keep(end);
  points.length = count;
  return left;
}

/** The same of a smooth line, of which any rows tell how it goes: evenly some of them, the same ones while it grows. @param most that are taken within the window */
export function sample(series: Series, from: number, to: number, most: number, points: Point[]): void {
  const first = rowFrom(series, from);
  const end = rowFrom(series, to, true);
  let stride = 1;
  // as close together where the line takes a part of the window only
  const room = first < end ? Math.max(4, (most * (series.x(end - 1) - series.x(first))) / (to - from)) : most;
  while (end - first > room * stride) stride *= 2;
  let count = 0;
  const keep = (index: number): void => put(points, count++, series.x(index), series.y(index));
  if (first > 0) keep(first - 1);
  if (first < end) keep(first);
  for (let index = (Math.floor(first / stride) + 1) * stride; index < end - 1; index += stride) keep(index);
  if (end - 1 > first) keep(end - 1);
  if (end < series.length) keep(end);
  points.length = count;
}

function put(points: Point[], index: number, x: number, y: number): void {
  const point = points[index];
  if (point) {
    point.x = x;
    point.y = y;
  } else points[index] = { x, y };
}
