/**
 * Ranges and ticks of an axis: the range follows the data with a small margin, the ticks stay at round numbers, so that labels do
 * not jump while a run streams.
 */
import type { Range, Scale } from './viewport';

export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

const MARGIN = 0.06;
/** Of its size, the least that a linear axis spans: below it, ticks could not be told apart in double precision. */
const LEAST_SPREAD = 1e-9;
/** An axis never shows more ticks than this. */
const MOST = 6;

/** Multiples of `step` from `min` to `max`, each rounded to the number that one would write. */
function multiples(min: number, max: number, step: number): number[] {
  const ticks: number[] = [];
  for (let k = Math.ceil(min / step - 1e-9); k * step <= max + step * 1e-9; k++) ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}

/** Ticks at multiples of 1, 2, 2.5 or 5 times a power of ten, at most `most`. @param whole only whole numbers (steps) */
export function linearTicks(min: number, max: number, most = MOST, whole = false): number[] {
  if (!(max > min)) return [min];
  for (let exponent = Math.floor(Math.log10((max - min) / most)); ; exponent++) {
    for (const factor of [1, 2, 2.5, 5]) {
      const step = factor * 10 ** exponent;
      if (whole && step % 1 !== 0) continue;
      if ((max - min) / step > most) continue;
      const ticks = multiples(min, max, step);
      if (ticks.length <= most) return ticks;
    }
  }
}

/** Below this share of all steps a run's curves would be lost at the left edge of an axis that spans them all. */
const LEAST_SHARE = 0.1;

/**
 * The last step that an axis spans: all of a run's steps, or, early in a long run, the next 1, 2 or 5 times a power of ten that leaves
 * the curves at least half of the width.
 */
export function horizon(total: number, done: number): number {
  if (done >= LEAST_SHARE * total) return total;
  const least = Math.max(done, 50);
  const decade = 10 ** Math.floor(Math.log10(least));
  const round = [1, 2, 5, 10].map((factor) => factor * decade).find((step) => step > least) ?? 10 * decade;
  return Math.min(total, round);
}

/** Ticks of the steps: whole numbers, and the last step itself, which no other may crowd. */
export function stepTicks(from: number, to: number, most: number): number[] {
  if (!(to > from)) return [from];
  const ticks = linearTicks(from, to, most, true);
  const spacing = ticks.length > 1 ? ticks[1] - ticks[0] : 0;
  return [...ticks.filter((tick) => to - tick >= spacing), to];
}

/** The ends moved out to a grid of some thirtieth of what they span: an axis does not move with every number that comes. */
function outward(low: number, high: number): [number, number] {
  const grid = 2 ** Math.floor(Math.log2((high - low) / 24));
  return [Math.floor(low / grid) * grid, Math.ceil(high / grid) * grid];
}

/** How a linear axis may differ from its data. */
export interface LinearOptions {
  /** The most ticks. */
  readonly most?: number;
  /** Where the quantity cannot go beyond: they cut the margin off (a share ends at 1). */
  readonly bounds?: readonly [lowest: number, highest: number];
  /** The least that the axis spans. */
  readonly leastSpread?: number;
}

/** A linear axis that holds `min` to `max`. */
export function linearAxis(min: number, max: number, { most = MOST, bounds, leastSpread = 0 }: LinearOptions = {}): Axis {
  if (!(max >= min)) return { min: 0, max: 1, ticks: linearTicks(0, 1, most) };
  const [lowest, highest] = bounds ?? [-Infinity, Infinity];
  const size = Math.max(Math.abs(min), Math.abs(max));
  const spread = max > min ? Math.max(max - min, LEAST_SPREAD * size) : size || 1;
  const lacking = Math.max(0, leastSpread - (max - min)) / 2;
  const wide = outward(min - MARGIN * spread - lacking, max + MARGIN * spread + lacking);
  const [low, high] = [Math.max(lowest, wide[0]), Math.min(highest, wide[1])];
  return { min: low, max: high, ticks: linearTicks(low, high, most) };
}

/** The mantissas that a decade is divided by, from dense to sparse. */
const DIVISIONS = [[1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8], [1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]] as const;
/** Beyond these decimal exponents numbers are written with a power of ten. */
const [SMALLEST_PLAIN, LARGEST_PLAIN] = [-3, 6];
/** The least that a logarithmic axis spans, in decades: closer values would look as if they differed much. */
const LEAST_DECADES = 0.3;

/** A logarithmic axis that holds `min` to `max`, both above 0. */
export function logarithmicAxis(min: number, max: number, most = MOST): Axis {
  if (!(min > 0 && max >= min && max < Infinity)) return { min: 0.1, max: 10, ticks: [0.1, 1, 10] };
  let [low, high] = [Math.log10(min), Math.log10(max)];
  const lacking = Math.max(0, LEAST_DECADES - (high - low)) / 2;
  const margin = MARGIN * Math.max(LEAST_DECADES, high - low) + lacking;
  [low, high] = outward(low - margin, high + margin);
  return { min: 10 ** low, max: 10 ** high, ticks: logarithmicTicks(low, high, most) };
}

/** An axis that spans exactly `range`. On a logarithmic one closer than a few parts ticks are as on a linear one. */
export function axisOf({ min, max }: Range, scale: Scale, most = MOST): Axis {
  const ticks = scale === 'logarithmic' ? logarithmicTicks(Math.log10(min), Math.log10(max), most) : [];
  return { min, max, ticks: ticks.length > 1 ? ticks : linearTicks(min, max, most) };
}

/** @param low, high decimal exponents */
function logarithmicTicks(low: number, high: number, most: number): number[] {
  // Where labels need powers of ten, only whole decades are labelled, if there are two.
  const decades = Math.floor(high) - Math.ceil(low) > 0 && (low < SMALLEST_PLAIN || high > LARGEST_PLAIN);
  for (const mantissas of decades ? [[1]] : DIVISIONS) {
    const ticks: number[] = [];
    for (let exponent = Math.floor(low); exponent <= high; exponent++)
      for (const mantissa of mantissas) {
        const at = exponent + Math.log10(mantissa);
        if (at >= low && at <= high) ticks.push(Number(`${mantissa}e${exponent}`));
      }
    if (ticks.length <= most) return ticks;
  }
  const every = Math.ceil((high - low) / Math.max(1, most - 1));
  return multiples(low, high, every).map((exponent) => Number(`1e${exponent}`));
}
