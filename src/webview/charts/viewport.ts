/**
 * The arithmetic of zooming and moving along an axis. On a logarithmic axis it is done with the logarithms, so that what is under the pointer
 * stays there. Steps are whole numbers, and their window stays within the run.
 */

export interface Range {
  readonly min: number;
  readonly max: number;
}

export type Scale = 'linear' | 'logarithmic';

/** The fewest steps that a window spans. */
export const LEAST_STEPS = 4;
/** Of the size of its numbers, the least that a window of values spans: below it double precision has no ticks to tell apart. */
const LEAST_VALUES = 1e-9;

const toAxis = (value: number, scale: Scale): number => (scale === 'logarithmic' ? Math.log10(value) : value);
const fromAxis = (place: number, scale: Scale): number => (scale === 'logarithmic' ? 10 ** place : place);

/** Does `change` to the ends of a range where they lie on its axis. */
function onAxis({ min, max }: Range, scale: Scale, change: (low: number, high: number) => [number, number]): Range {
  const [low, high] = change(toAxis(min, scale), toAxis(max, scale));
  return { min: fromAxis(low, scale), max: fromAxis(high, scale) };
}

/**
 * Values, zoomed. @param about stays where it is. @param factor below 1: closer
 * @returns the range as it was where double precision ends
 */
export function zoomValues(range: Range, about: number, factor: number, scale: Scale): Range {
  const centre = toAxis(about, scale);
  const zoomed = onAxis(range, scale, (low, high) => [centre + (low - centre) * factor, centre + (high - centre) * factor]);
  const size = Math.max(Math.abs(zoomed.min), Math.abs(zoomed.max));
  const possible = Number.isFinite(size) && zoomed.max - zoomed.min > LEAST_VALUES * size && (scale === 'linear' || zoomed.min > 0);
  return possible ? zoomed : range;
}

/** Values, moved by a share of what the axis spans. */
export function moveValues(range: Range, share: number, scale: Scale): Range {
  const moved = onAxis(range, scale, (low, high) => [low + share * (high - low), high + share * (high - low)]);
  return Number.isFinite(moved.min) && Number.isFinite(moved.max) && moved.max > moved.min ? moved : range;
}

/** `range` with its own width, moved so that it lies in `whole`; all of it where it is wider. */
export function within({ min, max }: Range, whole: Range): Range {
  const width = max - min;
  if (width >= whole.max - whole.min) return whole;
  const start = Math.min(Math.max(min, whole.min), whole.max - width);
  return { min: start, max: start + width };
}

/** Steps, zoomed about one of them, whole numbers within the run. */
export function zoomSteps(range: Range, about: number, factor: number, whole: Range): Range {
  const centre = Math.min(Math.max(about, range.min), range.max);
  let [min, max] = [centre + (range.min - centre) * factor, centre + (range.max - centre) * factor];
  [min, max] = factor < 1 ? [Math.ceil(min), Math.floor(max)] : [Math.floor(min), Math.ceil(max)];
  return within(atLeast(min, max, centre), whole);
}

/** Steps, moved by a share of what the axis spans, by one at least. */
export function moveSteps(range: Range, share: number, whole: Range): Range {
  const distance = share * (range.max - range.min);
  const by = Math.sign(distance) * Math.max(1, Math.round(Math.abs(distance)));
  return within({ min: range.min + by, max: range.max + by }, whole);
}

/** The steps between two that were pointed at, in either order. */
export function selectSteps(one: number, other: number, whole: Range): Range {
  const [min, max] = [Math.floor(Math.min(one, other)), Math.ceil(Math.max(one, other))];
  return within(atLeast(min, max, (min + max) / 2), whole);
}

/** A window that follows a run: moved on, with its width, where the newest step has left it. */
export function follow(range: Range, newest: number): Range {
  return newest <= range.max ? range : { min: newest - (range.max - range.min), max: newest };
}

/** Not fewer than `LEAST_STEPS`. */
function atLeast(min: number, max: number, centre: number): Range {
  if (max - min >= LEAST_STEPS) return { min, max };
  const start = Math.round(centre - LEAST_STEPS / 2);
  return { min: start, max: start + LEAST_STEPS };
}
