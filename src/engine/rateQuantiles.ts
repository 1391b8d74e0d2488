/** How the effective rates of one layer are spread: the quantiles that a record tells. Whatever computes a run gives them, a GPU by counting on its own. */
import type { Floats } from './backends/backend';
import { trackedQuantiles } from './quantileBrackets';
import { quantiles } from './quantiles';

/** The shares at which the distribution of the rates is read. */
export const RATE_SHARES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** @param rate of each weight; one number where the rule gives all weights of the layer the same @returns one number a share */
export function rateQuantiles(rate: Floats | number): readonly number[] {
  if (typeof rate === 'number') return RATE_SHARES.map(() => rate);
  return rate instanceof Float32Array ? trackedQuantiles(rate, RATE_SHARES) : quantiles(rate, RATE_SHARES);
}
