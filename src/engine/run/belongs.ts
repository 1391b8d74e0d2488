/** Whether a checkpoint is of the run that is to go on from it: the same specification, rules, changes and data. What is not the same is named. */
import { filesOf, originOf } from './changes';
import { CheckpointError, type CheckpointHeader } from './checkpoint';
import { differences, showDifferences } from './compare';
import { dataFingerprint } from './fingerprint';
import type { Prepared } from './prepare';

/** @throws CheckpointError where the checkpoint is of another run than the prepared one, with what is different and what to do */
export function checkBelongs(header: CheckpointHeader, prepared: Prepared): void {
  checkOrigin(header, prepared);
  if (differences(prepared.changes, header.changes).length > 0)
    throw new CheckpointError('This checkpoint belongs to a run that was changed otherwise on its way. Start the run anew.');
}

/** The same, whatever was changed on the way. */
export function checkOrigin(header: CheckpointHeader, prepared: Prepared): void {
  const origin = originOf(prepared);
  const { backend } = origin.spec; // any goes on from another's checkpoint
  const other = differences(origin.spec, { ...header.spec, backend });
  if (other.length > 0)
    throw new CheckpointError(
      `This checkpoint belongs to a run with another specification: ${showDifferences(other, 'in the checkpoint')}. Start the run anew.`,
    );
  const files = filesOf(origin);
  for (const [file, text] of Object.entries(header.rules))
    if (files[file] !== text)
      throw new CheckpointError(`This checkpoint belongs to a run with another text of ${file}. Start the run anew.`);
  const data = dataFingerprint(prepared);
  if (header.data !== data)
    throw new CheckpointError(
      `The data have changed since this checkpoint: they were ${header.data}, and are ${data} now. Put them back, or start the run anew.`,
    );
}
