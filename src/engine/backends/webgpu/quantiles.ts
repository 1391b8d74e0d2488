/**
 * Quantiles of the effective rates of every layer, exact, without sorting: radix selection. A float32's bits, with the sign turned round,
 * are in the order of the numbers; a histogram of their upper 8 bits tells in which of 256 ranges each wanted rank lies, a histogram of
 * the next 8 bits within those ranges narrows them, and after four rounds the numbers at the ranks are known to the last bit. All layers
 * go at once; counts are integers, so that the order of threads makes no difference. As `quantiles.ts` on the CPU, -0 is below 0, and a
 * NaN anywhere makes all quantiles of its layer NaN. How a round counts is another matter on hardware than in software
 * (`countTogether.ts`, `countApart.ts`).
 */
import { betweenRanks } from '../../quantiles';
import type { Adapter, Dispatch, Place } from './definition';
import { apartTile, apartWords, roundsApart } from './countApart';
import { roundsTogether, togetherTile, togetherWords } from './countTogether';
import { stateWords } from './radix';
import type { Table } from './tiles';

/** Numbers of a tile. */
export const quantilesTile = (kind: Adapter['kind']): number => (kind === 'software' ? apartTile : togetherTile);

/** Words that the histograms take, and what is known of the layers between rounds. @param ranks of a layer */
export const histogramWords = (table: Table, ranks: number, kind: Adapter['kind']): number =>
  kind === 'software' ? apartWords(table, ranks) : togetherWords(table, ranks);
export const roundWords = (table: Table, ranks: number): number => table.layers * stateWords(ranks);

/** Words of a layer's result: the number at each rank, and how many NaN there are. */
export const quantilesWords = (ranks: number): number => ranks + 1;

/** The ranks between which the quantiles at some shares of n numbers lie, two a share, ascending. */
export const ranksFor = (shares: readonly number[], n: number): number[] =>
  shares
    .flatMap((share) => {
      const below = Math.floor(share * (n - 1));
      return [below, Math.min(below + 1, n - 1)];
    })
    .sort((a, b) => a - b);

export interface QuantilesPlaces {
  readonly table: Place;
  readonly rates: Place;
  /** `ranks` words a layer: the wanted ranks, ascending. */
  readonly ranks: Place;
  /** All 0 before the first time. */
  readonly histograms: Place;
  readonly state: Place;
  /** Of each layer `quantilesWords`, `step` words apart from `at` on. */
  readonly result: Place;
}

/** How many ranks of a layer are wanted, and where in the result they go. */
export interface RanksWanted {
  readonly ranks: number;
  readonly step: number;
  readonly at: number;
}

export const quantilesDispatches = (
  table: Table,
  places: QuantilesPlaces,
  wanted: RanksWanted,
  kind: Adapter['kind'],
): readonly Dispatch[] => (kind === 'software' ? roundsApart : roundsTogether)(table, places, wanted);

/** The quantiles of a layer from the numbers at `ranksFor`, and the number of NaN behind them. @param n numbers of the layer */
export function quantilesFrom(words: Float32Array, shares: readonly number[], n: number): number[] {
  if (words[2 * shares.length] > 0) return shares.map(() => NaN);
  const ranks = ranksFor(shares, n);
  const at = new Map(ranks.map((rank, i) => [rank, words[i]]));
  return shares.map((share) => betweenRanks((rank) => at.get(rank) ?? NaN, share * (n - 1), n));
}
