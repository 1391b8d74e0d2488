import { exponential } from '../../backends/cpu/exponential';
import { softmaxRow } from '../../backends/cpu/lossRow';
import * as shader from '../../backends/webgpu/functions';
import type { LossText, RowText } from '../../backends/webgpu/lossRow';
import type { Floats } from '../../backends/backend';
import type { Loss } from './definition';

/** The largest output into `largest`, so that no exponential of an output less it overflows. */
const findLargest = (row: RowText): string => `var largest = -3e38f;
${row.each((j) => `largest = max(largest, ${row.output(j)});`)}
${row.largest('largest')}`;

/**
 * The loss is log(u + v) + m − y with the largest output m, u = Σ e^(y − m) over the other classes and v = e^(y − m) of the wanted one, whose
 * gradient is −u/(u + v): neither cancels where that class is almost certain, when v is 1. In the curvature, p·(d − Σp·d), directions d are
 * taken from that of the largest output, for the same reason.
 */
const shaderRow: LossText = {
  value: (row) => softmax(row, () => ''),
  gradient: (row) => `${softmax(row, (j) => `${row.error(j)} = power;`)}
let factor = ${row.weight} / (others + own);
${row.each((j) => `${row.error(j)} = select(factor * ${row.error(j)}, -factor * others, ${j} == ${row.label});`)}`,
  curvature: (row) => `${findLargest(row)}
var base = -3e38f;
${row.each((j) => `if (${row.output(j)} == largest) { base = max(base, ${row.direction(j)}); }`)}
${row.largest('base')}
var total = 0.0f;
var mean = 0.0f;
${row.each(
  (j) => `let power = exponential(${row.output(j)} - largest);
total += power;
mean += power * (${row.direction(j)} - base);`,
  'total',
  'mean',
)}
${row.sum('total')}
${row.sum('mean')}
mean /= total;
let factor = ${row.weight} / total;
${row.each((j) => `${row.product(j)} = factor * exponential(${row.output(j)} - largest) * ((${row.direction(j)} - base) - mean);`)}`,
  helpers: [shader.exponential, shader.logOnePlus],
};

/** @param and what else is done with each `power`, e^(y − m) */
const softmax = (row: RowText, and: (j: string) => string): string => `${findLargest(row)}
var others = 0.0f;
var own = 0.0f;
var chosen = 0.0f;
${row.each(
  (j) => `let power = exponential(${row.output(j)} - largest);
if (${j} == ${row.label}) {
  own = power;
  chosen = ${row.output(j)};
} else {
  others += power;
}
${and(j)}`,
  'others',
)}
${row.sum('others')}
${row.sum('own')}
${row.sum('chosen')}
let loss = logOnePlus(others + (own - 1.0f)) + (largest - chosen);`;

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

  wgsl: shaderRow,
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
