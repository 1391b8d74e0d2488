import { exponential } from '../../backends/cpu/exponential';
import { softmaxRow } from '../../backends/cpu/lossRow';
import type { Floats } from '../../backends/backend';
import type { Loss } from './definition';

/**
 * Softmax cross-entropy of logits y, as `torch.nn.CrossEntropyLoss`: a sample's loss is log Σ e^y − y[class], with the largest logit
 * taken out first, so that nothing overflows. Gradient p − onehot(class), curvature diag(p) − p·pᵀ, with p = softmax(y).
 */
export const crossEntropy: Loss = {
  name: 'crossEntropy',
  title: 'Cross-entropy',
  noun: 'cross-entropy',
  doc: 'Softmax cross-entropy of logits against a class; the mean over samples.',
  written: ['torch.nn.CrossEntropyLoss', 'torch.nn.functional.cross_entropy'],
  against: 'class',
  threshold: 0.5,

  value({ values, count, columns, stride }, wanted) {
    let sum = 0;
    for (let row = 0; row < count; row++) {
      const at = row * stride;
      const largest = maximum(values, at, columns);
      sum += Math.log(exponentials(values, at, columns, largest)) + (largest - values[at + wanted[row]]);
    }
    return sum;
  },

  gradient({ values, count, columns, stride }, wanted, weight, gradient) {
    let sum = 0;
    for (let row = 0; row < count; row++) {
      const at = row * stride;
      const end = at + columns;
      const largest = maximum(values, at, columns);
      let total = 0;
      for (let j = at; j < end; j++) {
        const exponential = Math.exp(values[j] - largest);
        gradient[j] = exponential;
        total += exponential;
      }
      const factor = weight / total;
      for (let j = at; j < end; j++) gradient[j] *= factor;
      const label = at + wanted[row];
      gradient[label] = weight * (Math.exp(values[label] - largest) / total - 1);
      sum += Math.log(total) + (largest - values[label]);
    }
    return sum;
  },

  curvature({ values, count, columns, stride }, _wanted, weight, direction, out) {
    for (let row = 0; row < count; row++) {
      const at = row * stride;
      const largest = maximum(values, at, columns);
      const total = exponentials(values, at, columns, largest);
      let mean = 0;
      for (let j = at; j < at + columns; j++) mean += (Math.exp(values[j] - largest) / total) * direction[j];
      for (let j = at; j < at + columns; j++) out[j] = weight * (Math.exp(values[j] - largest) / total) * (direction[j] - mean);
    }
  },

  drawn({ values, count, columns, stride }, random, gradient) {
    for (let row = 0; row < count; row++) {
      const at = row * stride;
      const largest = maximum(values, at, columns);
      const total = exponentials(values, at, columns, largest);
      const drawn = random.uniform();
      let below = 0;
      let label = -1;
      for (let j = 0; j < columns; j++) {
        const share = Math.exp(values[at + j] - largest) / total;
        gradient[at + j] = share;
        below += share;
        // Rounding may leave the sum a little below 1: the last class takes what is left.
        if (label < 0 && (drawn < below || j === columns - 1)) label = j;
      }
      gradient[at + label] -= 1;
    }
  },

  row: softmaxRow(exponential),
};

function maximum(values: Floats, at: number, columns: number): number {
  let largest = values[at];
  for (let j = at + 1; j < at + columns; j++) largest = Math.max(largest, values[j]);
  return largest;
}

/** Σ e^(y − largest): at least 1, at most the number of columns. */
function exponentials(values: Floats, at: number, columns: number, largest: number): number {
  let total = 0;
  for (let j = at; j < at + columns; j++) total += Math.exp(values[j] - largest);
  return total;
}
