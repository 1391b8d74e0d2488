/**
 * Which of two runs came out better: by the lowest loss on held-out data, or, where nothing was held out, by the last loss on the data they were
 * trained on. Losses of other data, or another loss, do not compare.
 */
import type { Run } from '../run';
import { lowestHeldOut } from './lowest';
import { evaluated, type Measured } from './measured';

export type LossField = 'heldOutLoss' | 'trainLoss';

export interface Better {
  readonly field: LossField;
  /** Of both runs, with its step. */
  readonly losses: readonly [NonNullable<Measured>, NonNullable<Measured>];
  /** The run with the lower one; undefined where both are the same. */
  readonly side: 0 | 1 | undefined;
}

/** Null where one of them was not evaluated yet; `incomparable` where their losses are of other things. */
export function betterRun(one: Run, other: Run): Better | 'incomparable' | null {
  if (one.start && other.start && measuredOn(one) !== measuredOn(other)) return 'incomparable';
  const runs = [one, other] as const;
  const held = runs.map(({ evaluations }) => evaluated(lowestHeldOut(evaluations), 'heldOutLoss'));
  const field = held.every((each) => each !== null) ? 'heldOutLoss' : 'trainLoss';
  const [first, second] = field === 'heldOutLoss' ? held : runs.map(({ evaluations }) => evaluated(evaluations.at(-1), 'trainLoss'));
  if (!first || !second) return null;
  const side = first[0] < second[0] ? 0 : second[0] < first[0] ? 1 : undefined;
  return { field, losses: [first, second], side };
}

/** What a loss is of: the function, or the data and the kind of loss. */
function measuredOn({ start }: Run): string {
  const { problem } = start!.spec;
  return JSON.stringify('function' in problem ? problem.function : [problem.data, problem.network.loss]);
}
