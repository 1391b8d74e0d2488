/**
 * Which layer learns slowest: the one whose weights move least for their size. One step's Δw/w is noisy, so layers are ranked by its mean over the
 * last measured steps (of its logarithm: a layer that stood still once is not the slowest for ever).
 */
import { column } from '../../shared/frame';
import type { History } from '../../shared/history';
import { seriesOf } from '../charts/series';

/** Measured steps that a rank is of. */
export const RANKED_STEPS = 50;

/** ‖Δw‖ / ‖w‖ of a row of the history; infinite where the weights are all 0. */
export const updateRatio = (history: History, row: number, layer: number): number =>
  history.at(row, column.updateNorm(layer)) / history.at(row, column.weightNorm(layer));

/**
 * The geometric mean of Δw/w of each layer over the rows up to `row` at which it moved; 0 where it stood still at all of them (a learning rate
 * of 0, a layer that is frozen), NaN where none is known.
 * @param into one a layer, to be filled
 */
export function meanRatios(history: History, row: number, into: Float64Array): void {
  const first = Math.max(0, row - RANKED_STEPS + 1);
  for (let layer = 0; layer < into.length; layer++) {
    let [sum, count, still] = [0, 0, 0];
    for (let at = first; at <= row; at++) {
      const ratio = updateRatio(history, at, layer);
      if (ratio === 0) still++;
      if (!(ratio > 0 && ratio < Infinity)) continue;
      sum += Math.log(ratio);
      count++;
    }
    into[layer] = count > 0 ? Math.exp(sum / count) : still > 0 ? 0 : NaN;
  }
}

/** Is it learning, however slowly? Not where it stands still or nothing is known of it. */
export const moves = (ratio: number): boolean => ratio > 0;

/** Layers from the slowest to the fastest; those that do not move, or of which nothing is known, come last, in their own order. */
export const slowestFirst = (ratios: Float64Array): number[] =>
  Array.from(ratios.keys()).sort((a, b) => {
    const [left, right] = [ratios[a], ratios[b]];
    if (!moves(left) || !moves(right)) return Number(moves(right)) - Number(moves(left)) || a - b;
    return left - right || a - b;
  });

/** ‖Δw‖ / ‖w‖ over steps. */
export const ratioSeries = seriesOf(updateRatio);
