/**
 * A line search for the strong Wolfe conditions (Nocedal & Wright 2006, algorithms 3.5 and 3.6) with Hager and Zhang's condition where
 * losses no longer tell (2006, equation 23): the length is doubled until a bracket holds a good one, then the bracket is narrowed by
 * cubics, parabolas or halving. Every choice is made as Optax's `zoom_linesearch` makes it, so that the paths agree.
 */
import type { Waiting } from '../../eventually';
import type { Trial } from './strongWolfe';

export interface ZoomSearch {
  /** Evaluates the loss at a length along the direction. */
  readonly at: (length: number) => Waiting<Trial>;
  /** Length 0. */
  readonly start: Trial;
  readonly mostTrials: number;
}

/** The first length, and what each further one is multiplied by until there is a bracket. */
const first = 1;
const growth = 2;
const sufficientDecrease = 1e-4;
const curvature = 0.9;
/** Losses this close to the first, relative to it, are compared by their slopes. */
const nearness = 1e-6;
/** A bracket this narrow will not meet the condition on the slope: any length that lowers the loss does. */
const narrowest = 1e-5;

/** Two trials between which a good one lies, of which `low` has the lower loss, and an earlier third for the cubic. */
interface Bracket {
  readonly low: Trial;
  readonly high: Trial;
  readonly third: Trial;
}

/** Violations count from 0; a loss that is no number violates without bound. */
const violation = (by: number): number => (Number.isNaN(by) ? Infinity : Math.max(by, 0));

/** Where the cubic through a (with its slope), b and c is least; NaN where it is not. */
function cubicMinimum(a: Trial, b: Trial, c: Trial): number {
  const [db, dc] = [b.length - a.length, c.length - a.length];
  const [rb, rc] = [b.loss - a.loss - a.slope * db, c.loss - a.loss - a.slope * dc];
  const scale = (db * dc) ** 2 * (db - dc);
  const cubic = (dc ** 2 * rb - db ** 2 * rc) / scale;
  const square = (db ** 3 * rc - dc ** 3 * rb) / scale;
  return a.length + (Math.sqrt(square * square - 3 * cubic * a.slope) - square) / (3 * cubic);
}

/** Where the parabola through a (with its slope) and b is least. */
function parabolaMinimum(a: Trial, b: Trial): number {
  const db = b.length - a.length;
  return a.length - (a.slope * db ** 2) / (2 * (b.loss - a.loss - a.slope * db));
}

/** The next length to try in a bracket. */
function between({ low, high, third }: Bracket): number {
  const [left, right] = [Math.min(low.length, high.length), Math.max(low.length, high.length)];
  const inside = (length: number, share: number): boolean =>
    length > left + share * (right - left) && length < right - share * (right - left);
  const cubic = cubicMinimum(low, high, third);
  if (inside(cubic, 0.2)) return cubic;
  const parabola = parabolaMinimum(low, high);
  return inside(parabola, 0.1) ? parabola : (low.length + high.length) / 2;
}

/** @returns the trial to take: a good one, or else one that lowers the loss enough, or else the last */
export function* zoomSearch({ at, start, mostTrials }: ZoomSearch): Waiting<Trial> {
  const tooHigh = (trial: Trial): number => {
    const byLoss = trial.loss - start.loss - sufficientDecrease * trial.length * start.slope;
    const bySlope = trial.slope - (2 * sufficientDecrease - 1) * start.slope;
    const near = trial.loss - start.loss - nearness * Math.abs(start.loss);
    return violation(Math.min(Math.max(bySlope, near), byLoss));
  };
  const tooSteep = (trial: Trial): number => violation(Math.abs(trial.slope) - curvature * Math.abs(start.slope));

  let safe = start;
  let trial = start;
  let bracket: Bracket | null = null;
  for (let tried = 1; ; tried++) {
    const before = trial;
    trial = yield* at(bracket ? between(bracket) : tried === 1 ? first : growth * before.length);
    const height = tooHigh(trial);
    if (height === 0 && tooSteep(trial) === 0) return trial;
    let tooNarrow = false;
    if (bracket === null) {
      if (height === 0) safe = trial;
      if (height > 0 || (trial.loss >= before.loss && tried > 1)) bracket = { low: before, high: trial, third: before };
      else if (trial.slope >= 0) bracket = { low: trial, high: before, third: trial };
    } else {
      const { low, high }: Bracket = bracket;
      if (height === 0 && trial.loss < safe.loss) safe = trial;
      tooNarrow = Math.abs(high.length - low.length) <= narrowest && safe.length > 0;
      if (height > 0 || trial.loss >= low.loss) bracket = { low, high: trial, third: high };
      else if (trial.slope * (high.length - low.length) >= 0) bracket = { low: trial, high: low, third: high };
      else bracket = { low: trial, high, third: low };
    }
    if (tried >= mostTrials || tooNarrow) return safe.length > 0 || height === Infinity ? safe : trial;
  }
}
