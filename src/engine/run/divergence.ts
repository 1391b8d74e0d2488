/**
 * When a run counts as diverged: its loss is not finite, or has risen above its start by a million times the start's size (or by a million,
 * where the start is smaller than 1). No learning rate that could still recover climbs so far; stopping there keeps the step for inspection.
 */
import { showCount } from '../problems/files';

/** Judges the losses of one run. */
export class Divergence {
  private limit = Infinity;
  private from: number | null = null;

  /** @param ofFunction the loss is the value of a function, and is called so */
  constructor(private readonly ofFunction: boolean) {}

  /** The loss before the first step; null where none was told. */
  get start(): number | null {
    return this.from;
  }

  startedAt(loss: number | null): void {
    this.from = loss;
    this.limit = loss !== null && Number.isFinite(loss) ? loss + RISE * Math.max(Math.abs(loss), 1) : Infinity;
  }

  /** @returns what went wrong at this step, in a sentence with its numbers; null where nothing did */
  judge(step: number, loss: number): string | null {
    const what = this.ofFunction ? 'value' : 'loss';
    if (!Number.isFinite(loss)) return `The ${what} is ${loss} at step ${showCount(step)}: the run diverged.`;
    if (loss <= this.limit) return null;
    return `The ${what} rose from ${show(this.from)} to ${show(loss)} at step ${showCount(step)}: the run diverged.`;
  }
}

const RISE = 1e6;

/** `0.2`, `1.06e6`: three digits, as short as they are. */
const show = (value: number | null): string => {
  if (value === null) return '?';
  const [mantissa, exponent] = value.toExponential(2).split('e');
  return Number(exponent) < 6 ? String(Number(value.toPrecision(3))) : `${Number(mantissa)}e${Number(exponent)}`;
};
