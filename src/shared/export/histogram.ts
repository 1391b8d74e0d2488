/**
 * A histogram as TensorBoard keeps one: buckets of equal width from the least number to the greatest, each with its two edges and how many numbers
 * are in it (tensorboard/plugins/histogram/summary_v2.py, `histogram_pb`). Numbers that are not finite are in no bucket.
 */

const BUCKETS = 30;

/** @returns [left edge, right edge, count] of each bucket, one after the other; none where there are no numbers */
export function histogram(numbers: readonly number[]): Float64Array {
  const finite = numbers.filter(Number.isFinite);
  if (finite.length === 0) return new Float64Array();
  let [least, greatest] = [Infinity, -Infinity];
  for (const number of finite) {
    if (number < least) least = number;
    if (number > greatest) greatest = number;
  }
  const width = (greatest - least) / BUCKETS;
  // all the same, or too near or too far apart to be divided: all are in the last bucket
  const divided = width > 0 && width < Infinity;
  const edge = (k: number): number => (k === BUCKETS ? greatest : divided ? least + k * width : least);
  const bucketOf = (number: number): number => (divided ? Math.min(BUCKETS - 1, Math.floor((number - least) / width)) : BUCKETS - 1);
  const buckets = new Float64Array(3 * BUCKETS);
  for (let k = 0; k < BUCKETS; k++) buckets.set([edge(k), edge(k + 1)], 3 * k);
  for (const number of finite) buckets[3 * bucketOf(number) + 2]++;
  return buckets;
}
