/** The evaluation with the lowest held-out loss: where one would have stopped. */
import type { EvaluationEvent } from '../../engine/run/record';

/** The earliest of them; undefined where nothing was held out. A loss that is not a number is never the lowest. */
export function lowestHeldOut(evaluations: readonly EvaluationEvent[]): EvaluationEvent | undefined {
  let lowest: EvaluationEvent | undefined;
  for (const event of evaluations) if (event.heldOutLoss !== null && event.heldOutLoss < (lowest?.heldOutLoss ?? Infinity)) lowest = event;
  return lowest;
}
