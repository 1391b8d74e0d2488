/**
 * What data and weights are, in a few characters: their size and a checksum. A checkpoint keeps them, so that a run that goes on finds
 * out when its files have changed, instead of becoming another run without a word.
 */
import type { Floats } from '../backends/backend';
import type { Dataset } from '../problems/dataset';
import { Checksum } from './checksum';
import type { Prepared } from './prepare';

/** Data do not change once they are loaded, and are looked at once. */
const known = new WeakMap<Dataset, string>();

/** Of a run's samples as they are trained on, standardised where they are; empty for a function. */
export function dataFingerprint({ problem }: Prepared): string {
  if (problem.kind === 'function') return '';
  const { data } = problem;
  const told = known.get(data) ?? fingerprintOf(data);
  known.set(data, told);
  return told;
}

function fingerprintOf({ x, scale, inputs, y }: Dataset): string {
  const sum = new Checksum().add(x).add(Float64Array.of(scale, inputs));
  if (y.kind === 'targets') sum.add(y.values);
  else sum.add(y.labels).addText(y.names.join('\n'));
  return show(sum);
}

/** Of weights, layer after layer. */
export const weightsFingerprint = (weights: readonly Floats[]): string =>
  show(weights.reduce((sum, layer) => sum.add(layer), new Checksum()));

const show = (sum: Checksum): string => `${sum.bytes} bytes, checksum ${sum.value.toString(16).padStart(8, '0')}`;
