/**
 * The sharpness above which a rule is unstable on a quadratic, against the sharpness that the rule feels: as numbers, and in words that a person
 * takes in at once.
 */
import type { CurvatureEvent } from '../../engine/run/record';
import { column } from '../../shared/frame';
import { number } from '../format';
import type { Run } from '../run';

/** What the limit means, for a tooltip. */
export const LIMIT_MEANS = 'The sharpness above which the rule is unstable on a quadratic.';

/** Between these shares of the limit a run is at the edge of stability, where gradient descent with a large rate stays (Cohen 2021). */
const EDGE = [0.9, 1.1] as const;

/** The preconditioned sharpness as a share of the limit; NaN where one of them is unknown. */
export const shareOfLimit = ({ preconditionedSharpness, stabilityLimit }: CurvatureEvent): number =>
  stabilityLimit === null ? NaN : preconditionedSharpness / stabilityLimit;

/** The limit in the unit of λ max, so that both share an axis: λ max is above it exactly where the preconditioned sharpness is above its limit. */
export function scaledLimit({ lambdaMax, preconditionedSharpness, stabilityLimit }: CurvatureEvent): number {
  if (stabilityLimit === null || !(preconditionedSharpness > 0 && lambdaMax > 0)) return NaN;
  return (lambdaMax * stabilityLimit) / preconditionedSharpness;
}

/** Whether the rule gives all weights about the same rate, so that the two sharpnesses are one. */
export const isScaled = ({ preconditionedSharpness, lambdaMax }: CurvatureEvent): boolean =>
  Math.abs(preconditionedSharpness - lambdaMax) > 1e-3 * Math.abs(lambdaMax);

/** How close two rates must be, one to the other, for a number between them to be told with two digits, and with three. */
const [CLOSE, VERY_CLOSE] = [1.01, 1.001];

/**
 * `38/lr`: the limit as a multiple of the inverse learning rate, as papers write it, where that is a round number; else `the limit`. Of a long run
 * some steps are left out: then the rate lies between those of its neighbours, and so does the multiple.
 */
export function limitInWords(run: Run, { step, stabilityLimit }: CurvatureEvent): string {
  if (stabilityLimit === null) return 'the limit';
  const multiples = ratesAbout(run, step).map((rate) => stabilityLimit * rate);
  const [low, high] = [Math.min(...multiples) * (1 - 1e-9), Math.max(...multiples) * (1 + 1e-9)];
  if (!(high < CLOSE * low)) return 'the limit';
  for (const digits of high < VERY_CLOSE * low ? [1, 2, 3] : [1, 2]) {
    const factor = Number(((low + high) / 2).toPrecision(digits));
    if (factor >= low && factor <= high) return `${factor}/lr`;
  }
  return 'the limit';
}

/** The learning rate of a step, or those of the steps before and after, where it is left out itself; that of the specification before the first. */
function ratesAbout({ history, start }: Run, step: number): readonly number[] {
  if (!history || history.rows === 0) return [Number(start?.spec.optimizer.lr)];
  const row = Math.max(0, history.rowOf(step));
  const next = history.at(row, column.step) < step ? Math.min(row + 1, history.rows - 1) : row;
  return [history.at(row, column.lr), history.at(next, column.lr)];
}

/** What comes of a share of the limit. */
export type Stability = 'unknown' | 'unlimited' | 'stable' | 'edge' | 'unstable';

export function stabilityOf(event: CurvatureEvent): Stability {
  if (event.stabilityLimit === null) return 'unlimited';
  const share = shareOfLimit(event);
  if (Number.isNaN(share)) return 'unknown';
  return share > EDGE[1] ? 'unstable' : share < EDGE[0] ? 'stable' : 'edge';
}

/** The words before and after the share: `0.8` `of the limit: stable`. */
export function stabilityInWords(event: CurvatureEvent): readonly [share: string, words: string] {
  const share = shareOfLimit(event);
  switch (stabilityOf(event)) {
    case 'unlimited':
      return ['', 'This rule states no limit of stability.'];
    case 'unknown':
      return [
        '',
        event.step === 0
          ? 'Known from the first step on: before it no weight has a rate.'
          : 'Not known here: a rate is not a finite number.',
      ];
    case 'stable':
      return share > 0 ? [number(share, 2), ' of the limit: stable'] : ['', 'No direction curves up: nothing is unstable.'];
    case 'edge':
      return [number(share, 2), ' of the limit: at the edge of stability'];
    case 'unstable':
      return [number(share, 2), ' times the limit: unstable on a quadratic'];
  }
}
