/** What a block of samples is told: the words of `Info`, and behind them which rows of the data set the samples are. */
import { infoWords, layerAlignment } from './definition';

/** Of one block; as `infoText` says. */
export interface BlockInfo {
  readonly rows: number;
  readonly add: boolean;
  readonly first: number;
  readonly training: boolean;
  readonly step: number;
  readonly joins: boolean;
  readonly batch: number;
}

/** Words from the start of `info` to the first row number. */
export const rowsAt = layerAlignment;

/** @param words of `rowsAt` and one a sample, of which the first `infoWords` are written */
export function writeInfo(words: Uint32Array, { rows, add, first, training, step, joins, batch }: BlockInfo): void {
  words.set([rows, Number(add), 0, first, Number(training), step, Number(joins), batch].slice(0, infoWords));
  new Float32Array(words.buffer, words.byteOffset, infoWords)[2] = 1 / batch;
}
