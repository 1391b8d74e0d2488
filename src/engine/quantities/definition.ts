/**
 * What a quantity is: a number (or a few) measured from one layer at one step, with its unit, its scale and what it needs. One file
 * in this folder is one quantity. Whatever computes a run provides each need once, however many ask for it: the CPU from its arrays,
 * a GPU from sums that it makes itself, so that no weights have to be read back.
 */
import type { Statistics } from '../backends/backend';

/** What a quantity may ask for, of one layer at one step. */
export interface LayerSources {
  /** Norms and the mean rate, which the update computes on its way. */
  readonly statistics: { readonly [Name in keyof Statistics]: number };
  /** Of the effective rates of its weights: at the shares 0.05, 0.25, 0.5, 0.75, 0.95 (`rateQuantiles.ts`). */
  readonly rateQuantiles: readonly number[];
}

export type Need = keyof LayerSources;

/** A measurement of one layer. */
export interface Quantity<Id extends string = string, Needs extends Need = Need, Value = unknown> {
  /** Its field in a record's `step` event. */
  readonly id: Id;
  /** What a chart's axis says. */
  readonly title: string;
  /** `1` where it has none. */
  readonly unit: string;
  readonly scope: 'layer';
  /** The axis on which it is read. */
  readonly scale: 'linear' | 'log';
  readonly needs: readonly Needs[];
  readonly every: 'step';
  /** What measuring it costs, for a person who must choose. */
  readonly cost: string;
  compute(sources: Pick<LayerSources, Needs>): Value;
}

/** Declares a quantity; `compute` receives exactly what `needs` names. */
export const defineQuantity = <const Id extends string, const Needs extends Need, Value>(
  quantity: Quantity<Id, Needs, Value>,
): Quantity<Id, Needs, Value> => quantity;
