/**
 * As many points as a chart has pixels to show: the rows are put into buckets, and of each the lowest and the highest are kept in
 * their order. The line then covers exactly what all points together would have covered; each point that is drawn is a measured one.
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

/**
 * Fills `points` from `series`, reusing the objects that are there.
 * @param buckets the points kept are at most twice as many, and the first and the last
 */
export function decimate(series: Series, buckets: number, points: Point[]): void {
  let count = 0;
  const keep = (index: number): void => {
    const [x, y] = [series.x(index), series.y(index)];
    const point = points[count];
    if (point) [point.x, point.y] = [x, y];
    else points[count] = { x, y };
    count++;
  };
  const { length } = series;
  if (length <= 2 * buckets + 2) for (let index = 0; index < length; index++) keep(index);
  else {
    keep(0);
    for (let bucket = 0; bucket < buckets; bucket++) {
      const from = 1 + Math.floor((bucket * (length - 2)) / buckets);
      const to = 1 + Math.floor(((bucket + 1) * (length - 2)) / buckets);
      let [lowest, highest] = [from, from];
      for (let index = from + 1; index < to; index++) {
        const y = series.y(index);
        // A number that is not finite must not hide the others of its bucket.
        if (y < series.y(lowest) || Number.isNaN(series.y(lowest))) lowest = index;
        if (y > series.y(highest) || Number.isNaN(series.y(highest))) highest = index;
      }
      keep(Math.min(lowest, highest));
      if (lowest !== highest) keep(Math.max(lowest, highest));
    }
    keep(length - 1);
  }
  points.length = count;
}
