/** Ways from one number to another, used wherever a learning rate goes from here to there. */

/** How far a way has gone at a share `x` of its length: 0 at 0, 1 at 1; what is left at x is what is gone at 1 − x. */
const ways = {
  linear: (x: number): number => x,
  // (1 − cos πx)/2, without the cancellation near 0
  cosine: (x: number): number => Math.sin((Math.PI / 2) * x) ** 2,
} as const;

export type Way = keyof typeof ways;

/** What a setting that chooses a way offers. */
export const wayChoices: Readonly<Record<Way, string>> = { linear: 'along a straight line', cosine: 'along half a cosine' };

/** From `from` at x = 0 to `to` at x = 1, as exact near one end as near the other; beyond them it stays there. */
export function between(from: number, to: number, x: number, way: Way = 'linear'): number {
  if (!(x > 0)) return from;
  if (x >= 1) return to;
  return x < 0.5 ? from + (to - from) * ways[way](x) : to + (from - to) * ways[way](1 - x);
}

/** The straight or curved way through some points. @param points [x, value] with x ascending; before the first and after the last it stays there */
export function through(points: readonly (readonly [number, number])[], x: number, way: Way = 'linear'): number {
  const next = points.findIndex(([at]) => x < at);
  if (next < 0) return points[points.length - 1][1];
  if (next === 0) return points[0][1];
  const [[start, from], [end, to]] = [points[next - 1], points[next]];
  return between(from, to, (x - start) / (end - start), way);
}
