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

/**
 * Fills `points` from `series`, reusing the objects that are there: what lies from `from` to `to`, and the point before and after it, so that
 * the line goes on to the edge.
 * @param buckets into how many `from … to` is divided; the points kept are at most twice as many, and four: the ends, and those before and after
 */
export function decimate(series: Series, from: number, to: number, buckets: number, points: Point[]): void {
  let count = 0;
  let kept = -1;
  const keep = (index: number): void => {
    if (index <= kept) return;
    kept = index;
    const point = points[count];
    if (point) [point.x, point.y] = [series.x(index), series.y(index)];
    else points[count] = { x: series.x(index), y: series.y(index) };
    count++;
  };
  const first = rowFrom(series, from);
  const end = rowFrom(series, to, true);
  if (first > 0) keep(first - 1);
  if (end - first <= 2 * buckets) for (let index = first; index < end; index++) keep(index);
  else {
    const across = buckets / (to - from);
    keep(first);
    for (let index = first; index < end;) {
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
}
