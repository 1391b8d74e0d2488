/**
 * Missing features: each gets the mean of that feature over the training samples, as scikit-learn's SimpleImputer does. For a category that
 * is the share of each of its names. A feature that no training sample has becomes 0.
 */
import type { Dataset } from './dataset';

/** Fills in what is NaN, in place. @param train the samples whose mean counts */
export function fillMissing({ x, inputs, samples }: Dataset, train: Uint32Array): void {
  if (x instanceof Uint8Array || !x.some(Number.isNaN)) return;
  const sum = new Float64Array(inputs);
  const count = new Float64Array(inputs);
  for (const sample of train)
    for (let i = 0, at = sample * inputs; i < inputs; i++, at++) {
      if (Number.isNaN(x[at])) continue;
      sum[i] += x[at];
      count[i]++;
    }
  for (let sample = 0; sample < samples; sample++)
    for (let i = 0, at = sample * inputs; i < inputs; i++, at++) if (Number.isNaN(x[at])) x[at] = count[i] > 0 ? sum[i] / count[i] : 0;
}
