/**
 * At which values contour lines are drawn, and how values become shades. A function whose values are spread evenly has levels at round equal
 * distances; one that climbs over many powers of ten above its lowest value (Rosenbrock's does) has them at 1, 2 and 5 times powers of ten above
 * that, and one that rises and falls far at its edges (a monkey saddle) above and below the middle: equal distances would crowd all lines into the
 * corners.
 */
import { linearTicks } from './axis';

/** How the values of a picture are told apart. */
export interface Levels {
  /** Ascending. */
  readonly levels: readonly number[];
  /** Where a value lies between the lowest and the highest shown, 0 … 1, evenly by level. */
  shade(value: number): number;
}

/** How far the highest value may lie above the median one, in units of the median above the lowest, for even levels. */
const MOST_UNEVEN = 8;
/** How far the extremes may lie apart, in units of the distance between the quartiles, for even levels. */
const MOST_TAILED = 4;
/** Shares of the values that lie outside what is shaded: a pole must not take all shades. */
const OUTSIDE = 0.005;
const MANTISSAS = [[1, 2, 5], [1, 3], [1]] as const;

/** @param values of a grid @param count about how many levels @param floor the lowest value, where it is known better than by the grid */
export function levelsOf(values: ArrayLike<number>, count = 14, floor?: number): Levels {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  if (sorted.length === 0) return { levels: [], shade: () => 0 };
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  const [lowest, highest] = [at(0), at(1)];
  const low = floor !== undefined && floor <= lowest && lowest - floor < 0.05 * (at(0.5) - floor) ? floor : lowest;
  const uneven = (highest - low) / (at(0.5) - low);
  if (uneven > MOST_UNEVEN && lowest >= low) return powers(low, at(OUTSIDE) - low, at(1 - OUTSIDE) - low, count);
  const [from, to] = [at(OUTSIDE), at(1 - OUTSIDE)];
  if (to - from > MOST_TAILED * (at(0.75) - at(0.25)))
    return bothWays(sorted, at(0.25) <= 0 && at(0.75) >= 0 ? 0 : at(0.5), from, to, count);
  const levels = linearTicks(from, to, count).filter((level) => level > lowest && level < highest);
  return { levels, shade: (value) => limited((value - from) / (to - from)) };
}

/** Levels above `low` at round numbers of each power of ten. @param from, to distances above it */
function powers(low: number, from: number, to: number, count: number): Levels {
  const least = Math.max(from, to * 1e-6, Number.MIN_VALUE);
  const [first, last] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(to))];
  const all = (mantissas: readonly number[]): number[] => {
    const found: number[] = [];
    for (let exponent = first; exponent <= last; exponent++)
      for (const mantissa of mantissas) found.push(Number(`${mantissa}e${exponent}`));
    return found.filter((distance) => distance >= least && distance <= to);
  };
  const fitting = MANTISSAS.map(all).find((found) => found.length <= count) ?? all([1]);
  const [bottom, span] = [Math.log10(least), Math.log10(to / least)];
  return {
    levels: [...new Set(fitting.map((distance) => rounded(low + distance, distance)))],
    shade: (value) => (value - low <= least ? 0 : limited((Math.log10(value - low) - bottom) / span)),
  };
}

/** A level to the digits that its distance from the lowest value tells. */
function rounded(level: number, distance: number): number {
  const step = 10 ** (Math.floor(Math.log10(distance)) - 1);
  return Number((Math.round(level / step) * step).toPrecision(12));
}

/** Levels at round distances of each power of ten on both sides of a middle. @param from, to values that are shaded */
function bothWays(sorted: Float64Array, middle: number, from: number, to: number, count: number): Levels {
  const distances = sorted.map((value) => Math.abs(value - middle)).sort();
  const share = (part: number): number => distances[Math.round(part * (distances.length - 1))];
  const most = Math.max(to - middle, middle - from);
  const above = powers(0, Math.max(share(0.15), most * 1e-6), most, Math.max(2, Math.floor(count / 2))).levels;
  const round = Number(middle.toPrecision(2));
  const levels = [...above.map((distance) => round - distance).reverse(), round, ...above.map((distance) => round + distance)];
  // the inverse hyperbolic sine: even near the middle, by powers far from it
  const unit = share(0.4) || most;
  const bent = (value: number): number => Math.asinh((value - round) / unit);
  return {
    levels: levels.map((level) => Number(level.toPrecision(12))).filter((level) => level > sorted[0] && level < sorted[sorted.length - 1]),
    shade: (value) => limited((bent(value) - bent(from)) / (bent(to) - bent(from))),
  };
}

const limited = (share: number): number => (Number.isNaN(share) ? 0 : Math.max(0, Math.min(1, share)));
