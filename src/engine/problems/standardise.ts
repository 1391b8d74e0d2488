/**
 * Standardising: each feature is shifted to mean 0 and scaled to standard deviation 1 over the training samples (the population's, 1/n, as
 * scikit-learn's StandardScaler has it), and the samples held out by the same numbers, so that nothing about them reaches the training.
 * A feature that never changes becomes 0 everywhere. Targets stay as they are. Sums are float64; features that are float32 or float64 are
 * overwritten, so that there is no second copy of them.
 */
import type { Dataset } from './dataset';

/** The same data with standardised features, in place unless they are bytes. @param train the samples whose mean and deviation count */
export function standardise(data: Dataset, train: Uint32Array): Dataset {
  const { inputs, samples, scale } = data;
  const x = data.x instanceof Uint8Array ? Float32Array.from(data.x) : data.x;
  // The mean first, then the squared distances from it, so that a large mean costs no digits. By rows, as they lie in memory.
  const mean = new Float64Array(inputs);
  const largest = new Float64Array(inputs);
  for (const sample of train)
    for (let i = 0, at = sample * inputs; i < inputs; i++, at++) {
      mean[i] += (x[at] * scale) / train.length;
      largest[i] = Math.max(largest[i], Math.abs(x[at] * scale));
    }
  const squares = new Float64Array(inputs);
  for (const sample of train)
    for (let i = 0, at = sample * inputs; i < inputs; i++, at++) squares[i] += (x[at] * scale - mean[i]) ** 2 / train.length;
  // Where all differences are rounding and not data, the feature is constant.
  const factor = squares.map((square, i) => (Math.sqrt(square) <= 1e-14 * largest[i] ? 0 : 1 / Math.sqrt(square)));
  for (let sample = 0; sample < samples; sample++)
    for (let i = 0, at = sample * inputs; i < inputs; i++, at++) x[at] = (x[at] * scale - mean[i]) * factor[i];
  return { ...data, x, scale: 1 };
}
