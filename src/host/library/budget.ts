/** Which runs make way when there are too many of them or they take too much room. Knows nothing of the editor. */
import type { RunId } from '../../shared/protocol';

export interface Budget {
  /** Records that are kept, at most. */
  readonly count: number;
  /** Bytes that they take together, at most. */
  readonly bytes: number;
}

/** What is to be known of a run to say whether it stays. */
export interface Kept {
  readonly run: RunId;
  /** A person's own name for it: such a run goes only where all without one have gone. */
  readonly name: string | null;
  readonly began: number;
  readonly bytes: number;
}

/** @param spared those that stay whatever happens: under way, shown, pinned @returns those that go, in that order */
export function makingWay(runs: readonly Kept[], budget: Budget, spared: ReadonlySet<RunId>): RunId[] {
  let [count, bytes] = [runs.length, runs.reduce((sum, run) => sum + run.bytes, 0)];
  const going: RunId[] = [];
  const order = runs
    .filter(({ run }) => !spared.has(run))
    .sort((a, b) => Number(a.name !== null) - Number(b.name !== null) || a.began - b.began);
  for (const run of order) {
    if (count <= budget.count && bytes <= budget.bytes) break;
    going.push(run.run);
    count--;
    bytes -= run.bytes;
  }
  return going;
}
