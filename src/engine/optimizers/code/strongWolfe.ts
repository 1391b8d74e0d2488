/**
 * A line search for the strong Wolfe conditions (Nocedal & Wright 2006, algorithms 3.5 and 3.6): first a bracket that must hold a good
 * step, then cubic interpolation inside it. Every choice is made as PyTorch's L-BFGS makes it, so that the paths agree.
 */
import type { Waiting } from '../../eventually';

/** The loss and its slope along the direction at one length. */
export interface Trial {
  readonly length: number;
  readonly loss: number;
  /** Derivative of the loss by the length. */
  readonly slope: number;
  readonly gradient: Float64Array;
}

export interface Search {
  /** Evaluates the loss at a length along the direction. */
  readonly at: (length: number) => Waiting<Trial>;
  /** Length 0. */
  readonly start: Trial;
  /** The first length to try. */
  readonly first: number;
  /** Largest absolute component of the direction. */
  readonly reach: number;
  /** Brackets that move no weight by more than this are small enough. */
  readonly toleranceChange: number;
  readonly mostEvaluations: number;
}

const sufficientDecrease = 1e-4;
const curvature = 0.9;

/** Where the cubic through two trials is least, between the bounds; their middle where it has no least point. */
function cubicMinimum(a: Trial, b: Trial, bounds = [Math.min(a.length, b.length), Math.max(a.length, b.length)]): number {
  const d1 = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.length - b.length);
  const square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (bounds[0] + bounds[1]) / 2;
  const d2 = Math.sqrt(square);
  const [near, far] = a.length <= b.length ? [a, b] : [b, a];
  const least = far.length - (far.length - near.length) * ((far.slope + d2 - d1) / (far.slope - near.slope + 2 * d2));
  return Math.min(Math.max(least, bounds[0]), bounds[1]);
}

/** The best trial, and how often the loss was evaluated. */
interface Found {
  readonly best: Trial;
  readonly evaluations: number;
}

export function* strongWolfe(search: Search): Waiting<Found> {
  const { at, start, mostEvaluations } = search;
  const tooHigh = (trial: Trial): boolean => trial.loss > start.loss + sufficientDecrease * trial.length * start.slope;
  const flatEnough = (trial: Trial): boolean => Math.abs(trial.slope) <= -curvature * start.slope;
  let trial = yield* at(search.first);
  let evaluations = 1;
  let before = start;
  let bracket: [Trial, Trial] | null = null;
  let rounds = 0;
  for (; rounds < mostEvaluations; rounds++) {
    if (tooHigh(trial) || (rounds > 1 && trial.loss >= before.loss)) bracket = [before, trial];
    else if (flatEnough(trial)) return { best: trial, evaluations };
    else if (trial.slope >= 0) bracket = [before, trial];
    if (bracket !== null) break;
    const furthest = [trial.length + 0.01 * (trial.length - before.length), trial.length * 10];
    const next = cubicMinimum(before, trial, furthest);
    before = trial;
    trial = yield* at(next);
    evaluations++;
  }
  const zoomed = yield* zoom(search, bracket ?? [start, trial], rounds, { tooHigh, flatEnough });
  return { best: zoomed.best, evaluations: evaluations + zoomed.evaluations };
}

/** Narrows a bracket that holds a good step. @param rounds evaluations already made in finding it */
function* zoom(
  { at, reach, toleranceChange, mostEvaluations }: Search,
  bracket: [Trial, Trial],
  rounds: number,
  { tooHigh, flatEnough }: { readonly tooHigh: (trial: Trial) => boolean; readonly flatEnough: (trial: Trial) => boolean },
): Waiting<Found> {
  let evaluations = 0;
  let low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
  let slow = false;
  for (let done = false; !done && rounds + evaluations < mostEvaluations;) {
    const [least, most] = bracket.map(({ length }) => length).sort((a, b) => a - b);
    if (Math.abs(bracket[1].length - bracket[0].length) * reach < toleranceChange) break;
    let length = cubicMinimum(bracket[0], bracket[1]);
    const margin = 0.1 * (most - least);
    // Close to an end twice, or beyond it: go a tenth of the bracket inwards.
    if (Math.min(most - length, length - least) < margin) {
      const inwards: boolean = slow || length >= most || length <= least;
      if (inwards) length = Math.abs(length - most) < Math.abs(length - least) ? most - margin : least + margin;
      slow = !inwards;
    } else {
      slow = false;
    }
    const trial = yield* at(length);
    evaluations++;
    if (tooHigh(trial) || trial.loss >= bracket[low].loss) {
      bracket[1 - low] = trial;
      low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
      continue;
    }
    if (flatEnough(trial)) done = true;
    else if (trial.slope * (bracket[1 - low].length - bracket[low].length) >= 0) bracket[1 - low] = bracket[low];
    bracket[low] = trial;
  }
  return { best: bracket[low], evaluations };
}
