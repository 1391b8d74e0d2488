/**
 * Standardising: each feature is shifted to mean 0 and scaled to standard deviation 1 over the training samples (the population's, 1/n, as
 * scikit-learn's StandardScaler has it), and the samples held out by the same numbers, so that nothing about them reaches the training.
 * A feature that never changes becomes 0 everywhere. Targets stay as they are.
 */
import type { Dataset } from './dataset';

/** The same data with standardised features. @param train the samples whose mean and deviation count */
export function standardise(data: Dataset, train: Uint32Array): Dataset {
  const { inputs, samples, scale } = data;
  const x = Float64Array.from(data.x, (value) => value * scale);
  for (let feature = 0; feature < inputs; feature++) {
    const at = (sample: number): number => sample * inputs + feature;
    // Two passes: the mean first, then the squared distances from it, so that a large mean costs no digits.
    let mean = 0;
    let largest = 0;
    for (const sample of train) {
      mean += x[at(sample)] / train.length;
      largest = Math.max(largest, Math.abs(x[at(sample)]));
    }
    let squares = 0;
    for (const sample of train) squares += (x[at(sample)] - mean) ** 2 / train.length;
    const deviation = Math.sqrt(squares);
    // Below this the differences are rounding, not data.
    const constant = deviation <= 1e-14 * largest;
    for (let sample = 0; sample < samples; sample++) x[at(sample)] = constant ? 0 : (x[at(sample)] - mean) / deviation;
  }
  return { ...data, x, scale: 1 };
}
