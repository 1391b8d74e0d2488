/** Verdicts over steps, as stretches of the axis: each measurement stands for the steps that are nearer to it than to any other. */
import type { Verdict } from '../../engine/run/record';

/** A measurement's verdict. */
export interface Judged {
  readonly step: number;
  readonly verdict: Verdict;
}

/** Measurements next to one another with the same verdict. */
export interface Stretch {
  readonly verdict: Verdict;
  /** In steps, from half way to the one before to half way to the one after. */
  readonly from: number;
  readonly to: number;
  /** How many there are. */
  readonly count: number;
}

/** @param judged in order of steps @param end the last step that the axis shows of the run */
export function stretches(judged: readonly Judged[], end: number): Stretch[] {
  const found: { verdict: Verdict; from: number; to: number; count: number }[] = [];
  judged.forEach(({ step, verdict }, i) => {
    const before = judged[i - 1];
    const after = judged[i + 1];
    const from = before ? (before.step + step) / 2 : step;
    const spread = before ? (step - before.step) / 2 : end - step;
    const to = after ? (step + after.step) / 2 : Math.max(step, Math.min(end, step + spread));
    const last = found.at(-1);
    if (last?.verdict === verdict) [last.to, last.count] = [to, last.count + 1];
    else found.push({ verdict, from, to, count: 1 });
  });
  return found;
}

/** Index of the measurement nearest to a step; −1 where there is none. */
export function nearest(judged: readonly Judged[], step: number): number {
  let [low, high] = [0, judged.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (judged[middle].step <= step) low = middle;
    else high = middle;
  }
  if (high < 0) return -1;
  return step - judged[low].step <= judged[high].step - step ? low : high;
}
